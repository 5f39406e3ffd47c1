from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry.rings import filled_up, fitted_ring, line_between, ring_between

quick = settings(max_examples=60, deadline=None)
place = st.integers(0, 99 * 64).map(lambda value: value / 64)  # shapely divides by squares of steps
ring = st.lists(st.tuples(place, place), min_size=3, max_size=7).map(lambda one: np.array(one))


@quick
@given(ring, st.integers(0, 9))
def test_added_points_move_no_outline(points: np.ndarray, more: int) -> None:
    made = filled_up(points, len(points) + more, closed=True)
    assert len(made) == len(points) + more
    far = shapely.distance(shapely.points(made), shapely.LinearRing(points))
    assert far.max() < 1e-9
    assert {tuple(one) for one in points} <= {tuple(one) for one in made}


@quick
@given(ring, st.integers(0, 6), st.booleans())
def test_the_same_ring_begun_elsewhere_or_run_backwards_does_not_move(
    points: np.ndarray, shift: int, backwards: bool
) -> None:
    other = np.roll(points, shift, axis=0)
    other = other[::-1] if backwards else other
    assert fitted_ring(points, other) == pytest.approx(points)
    assert ring_between(points, other, 0.3) == pytest.approx(points)


@quick
@given(ring, ring)
def test_at_both_ends_of_an_interval_the_outlines_are_the_key_frames(a: np.ndarray, b: np.ndarray) -> None:
    for t, frame in ((0.0, a), (1.0, b)):
        made = ring_between(a, b, t)
        assert {tuple(np.round(one, 6)) for one in frame} <= {tuple(np.round(one, 6)) for one in made}


def test_of_two_ways_that_fit_alike_the_ring_keeps_its_own() -> None:
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=float)
    dots = np.zeros((4, 2))
    assert fitted_ring(dots, square).tolist() == square.tolist()


def test_a_line_drawn_backwards_moves_by_its_nearer_ends() -> None:
    a, b = np.array([(0.0, 0.0), (10.0, 0.0)]), np.array([(10.0, 4.0), (0.0, 4.0)])
    assert line_between(a, b, 0.5).tolist() == [[0, 2], [10, 2]]
