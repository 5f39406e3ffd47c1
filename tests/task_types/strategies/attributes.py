"""Attributes of the data object, and values of any attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from labeling.task_types.attributes import Values, object_fields, parse_values
from labeling.task_types.base import Attribute, Question

OF_OBJECTS = (
    Attribute("blurred", "tick", scope="object"),
    Attribute("note", "text", scope="object"),
    Attribute("people", "number", scope="object", minimum=0, maximum=99),
    Attribute("weather/light", "choice", scope="object", choices=("clear", "fog", "雨"), required=True),
)


def object_attributes() -> st.SearchStrategy[tuple[Attribute, ...]]:
    """Few, any, or none of them; often without one that is required."""
    return st.lists(st.sampled_from(OF_OBJECTS), unique=True, max_size=3).map(tuple)


def object_values(q: Question) -> st.SearchStrategy[Values]:
    """Parsed values of the data object's attributes; required ones are there."""
    return values_of(object_fields(q))


@st.composite
def values_of(draw: st.DrawFn, fields: Sequence[Attribute]) -> Values:
    raw = {one.name: draw(_value(one)) for one in fields if one.required or draw(st.booleans())}
    return parse_values(raw, "", fields)


def _value(field: Attribute) -> st.SearchStrategy[Any]:
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "tick": st.booleans(),
        "number": st.floats(field.minimum or 0, field.maximum or 9),
        "choice": st.sampled_from(field.choices or ("",)),
        "text": st.text(st.characters(exclude_categories=["Cs"]), min_size=int(field.required), max_size=5),
    }
    return kinds[field.kind]
