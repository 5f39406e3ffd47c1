from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry.interpolation import boxes, ellipses, frames_between, lines, named_points, rings
from tests.geometry.interpolation_vectors import FILE, cases

quick = settings(max_examples=50, deadline=None)
place = st.integers(0, 6400).map(lambda value: value / 64)
angle = st.floats(-180, 180, exclude_min=True)
turned = st.tuples(place, place, place, place, angle).map(lambda one: np.array(one))
points = st.lists(st.tuples(place, place), min_size=3, max_size=9).map(lambda one: np.array(one))
part = st.floats(0, 1)
ENDS = np.array([0.0, 1.0])


def test_the_shared_vectors_are_what_is_computed_here() -> None:
    assert _numbers(json.loads(FILE.read_text(encoding="utf-8"))) == pytest.approx(_numbers(cases()), abs=1e-9)


def test_half_a_turn_is_clockwise_whichever_the_ends_are() -> None:
    for start, end, middle in ((0, 180, 90), (90, -90, 180), (180, 0, -90), (-90, 90, 0)):
        made = boxes(np.array([0, 0, 9, 9, start]), np.array([0, 0, 9, 9, end])).at(np.array([0.5]))
        assert made[0, 0, 4] == middle
    assert ellipses(np.array([0, 0, 9, 9, 0]), np.array([0, 0, 9, 9, 90])).at(np.array([0.5]))[0, 0, 4] == 45


def test_a_polygon_begun_one_vertex_later_stays_what_it_is() -> None:
    square = np.array([[0.0, 0], [40, 0], [40, 40], [0, 40]])
    made = rings(square, np.roll(square, -1, axis=0)).at(np.linspace(0, 1, 9))
    assert np.array_equal(made, np.broadcast_to(square, made.shape))


def test_a_point_that_only_one_key_frame_has_is_held() -> None:
    names, moving = named_points({"head": (1, 2), "foot": (3, 4)}, {"head": (5, 6), "hand": (0, 0)})
    assert names == ("head", "foot")
    assert moving.at(np.array([0.5])).tolist() == [[[3, 4], [3, 4]]]


def test_frames_become_parts_of_the_way() -> None:
    assert frames_between(10, 20, np.array([10, 15, 20])).tolist() == [0, 0.5, 1]
    assert frames_between(10, 10, np.array([10])).tolist() == [0]


@quick
@given(turned, turned)
def test_a_box_begins_and_ends_as_the_key_frames_have_it(a: np.ndarray, b: np.ndarray) -> None:
    start, end = boxes(a, b).at(ENDS)[:, 0]
    assert start == pytest.approx(a)
    assert end[:4] == pytest.approx(b[:4])
    assert abs((end[4] - b[4] + 180) % 360 - 180) < 1e-9


@quick
@given(turned, turned, part)
def test_a_box_on_the_way_back_is_where_it_was_but_for_half_turns(a: np.ndarray, b: np.ndarray, t: float) -> None:
    forth, back = boxes(a, b).at(np.array([t]))[0, 0], boxes(b, a).at(np.array([1 - t]))[0, 0]
    assert forth[:4] == pytest.approx(back[:4])
    if abs(abs(a[4] - b[4]) - 180) > 1e-6:
        assert abs((forth[4] - back[4] + 180) % 360 - 180) < 1e-6


@quick
@given(turned, turned, part)
def test_an_angle_never_goes_the_longer_way(a: np.ndarray, b: np.ndarray, t: float) -> None:
    made = boxes(a, b).at(np.array([t]))[0, 0, 4]
    assert -180 < made <= 180
    assert abs((made - a[4] + 180) % 360 - 180) <= 180 * t + 1e-6


@quick
@given(points, points, part)
def test_outlines_and_lines_stay_within_what_holds_both_ends(a: np.ndarray, b: np.ndarray, t: float) -> None:
    both = np.vstack([a, b])
    for moving in (rings(a, b), lines(a, b)):
        made = moving.at(np.array([t]))[0]
        assert len(made) == max(len(a), len(b))
        assert (made >= both.min(axis=0) - 1e-9).all()
        assert (made <= both.max(axis=0) + 1e-9).all()


@quick
@given(points, points)
def test_an_outlines_ends_hold_every_vertex_of_the_key_frames(a: np.ndarray, b: np.ndarray) -> None:
    for moving in (rings(a, b), lines(a, b)):
        start, end = moving.at(ENDS)
        assert {tuple(one) for one in a} <= {tuple(one) for one in start}
        assert {tuple(one) for one in b} <= {tuple(one) for one in end}


@quick
@given(points, st.integers(0, 8), part)
def test_an_outline_that_is_only_begun_elsewhere_does_not_move(a: np.ndarray, shift: int, t: float) -> None:
    assert rings(a, np.roll(a, shift, axis=0)).at(np.array([t]))[0] == pytest.approx(a)


def _numbers(raw: Any) -> dict[str, Any]:
    if isinstance(raw, dict | list):
        items = raw.items() if isinstance(raw, dict) else enumerate(raw)
        return {f"{key}/{at}": one for key, value in items for at, one in _numbers(value).items()}
    return {"": raw}
