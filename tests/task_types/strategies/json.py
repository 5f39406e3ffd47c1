"""Arbitrary JSON, and valid JSON with one place made arbitrary."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, 0, 1, 2**63]),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["box", "\ud800", "00000000-0000-0000-0000-000000000001\n"]),
)
KEYS = st.one_of(st.text(max_size=4), st.sampled_from(["category", "instances", "id", "geometry", "left", "origin"]))


def arbitrary() -> st.SearchStrategy[Any]:
    return st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
    )


@st.composite
def damaged(draw: st.DrawFn, valid: Any) -> Any:
    """`valid` with one value replaced, removed or added somewhere."""
    whole = {"root": copy.deepcopy(valid)}
    holders: list[Any] = []
    waiting: list[Any] = [whole]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list) and one:
            holders.append(one)
            waiting.extend(one.values() if isinstance(one, dict) else one)
    holder = draw(st.sampled_from(holders))
    key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    how = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
    if how == "remove" and holder is not whole:
        del holder[key]
    elif how == "add" and isinstance(holder, dict) and holder is not whole:
        holder[draw(KEYS)] = draw(SCALARS)
    else:
        holder[key] = draw(SCALARS | arbitrary())
    return whole["root"]
