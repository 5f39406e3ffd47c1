from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry import filling
from labeling.geometry.filling import filled
from labeling.geometry.masks import Window, shared
from tests.geometry import slow_masks
from tests.geometry.masks import WITH_RINGS, ids

some = settings(max_examples=80, deadline=None)
halves = st.integers(-6, 30).map(lambda n: n / 2)
coordinates = st.one_of(halves, st.floats(-3, 15))
rings = st.lists(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=7), max_size=3)


def arrays(given_: Any) -> list[np.ndarray]:
    return [np.array(ring, dtype=float) for ring in given_]


@pytest.mark.parametrize("one", WITH_RINGS, ids=ids)
def test_the_shared_vectors_hold(one: dict[str, Any]) -> None:
    size = (one["size"][0], one["size"][1])
    mask = filled(arrays(one["rings"]), size)
    assert mask.counts == one["counts"]
    assert (mask.bounds, mask.area) == (Window(*one["bounds"]), one["area"])


@pytest.mark.parametrize("one", WITH_RINGS, ids=ids)
def test_the_shared_vectors_are_what_the_slow_way_gives(one: dict[str, Any]) -> None:
    rows = slow_masks.filled(one["rings"], *one["size"])
    assert slow_masks.counts_of(slow_masks.runs_of(rows)) == one["counts"]


@some
@given(given_=rings, size=st.tuples(st.integers(1, 12), st.integers(1, 14)))
def test_any_rings_fill_as_the_slow_way_fills_them(given_: Any, size: tuple[int, int]) -> None:
    rows = slow_masks.filled(given_, *size)
    assert filled(arrays(given_), size).counts == slow_masks.counts_of(slow_masks.runs_of(rows))


@some
@given(
    a=st.tuples(halves, halves), b=st.tuples(halves, halves), c=st.tuples(halves, halves), d=st.tuples(halves, halves)
)
def test_neighbours_share_no_pixel_and_leave_none_out(a: Any, b: Any, c: Any, d: Any) -> None:
    size = (12, 14)
    left, right = filled(arrays([[a, b, c]]), size), filled(arrays([[a, c, d]]), size)
    whole = filled(arrays([[a, b, c, d]]), size)
    assert left.area + right.area - 2 * shared(left, right) == whole.area  # both sides of a-c, by even-odd


def test_a_long_outline_is_filled_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    ring = np.stack([100 + 90 * np.cos(turn), 80 + 70 * np.sin(turn)], axis=1)
    whole = filled([ring], (160, 200))
    monkeypatch.setattr(filling, "CROSSINGS", 7)
    assert filled([ring], (160, 200)) == whole
    assert whole.area == pytest.approx(np.pi * 90 * 70, rel=0.01)
