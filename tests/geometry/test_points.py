from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry.near import touching
from labeling.geometry.points import alike, sigma_of_image, skeletons_alike
from labeling.geometry.robust import robust_mean

quick = settings(max_examples=60, deadline=None)
point = st.tuples(st.floats(0, 100), st.floats(0, 100))
points = st.lists(point, min_size=1, max_size=6).map(lambda one: np.array(one))


@quick
@given(points, points)
def test_likeness_of_points_is_symmetric_and_no_pair_is_lost(a: np.ndarray, b: np.ndarray) -> None:
    i, j, score = alike(a, b, 5.0, 0.05)
    full = np.exp(-((a[:, None] - b[None]) ** 2).sum(axis=2) / 50)
    assert score == pytest.approx(full[i, j])
    assert set(zip(*np.nonzero(full >= 0.0501), strict=True)) <= set(zip(i, j, strict=True))
    assert ((score > 0) & (score <= 1)).all()


def test_sigma_is_a_hundredth_of_the_diagonal_and_at_least_two_pixels() -> None:
    assert sigma_of_image(640, 480) == 8
    assert sigma_of_image(60, 40) == 2
    assert alike(np.array([[0.0, 0.0]]), np.array([[8.0, 0.0]]), 8, 0.1)[2][0] == pytest.approx(np.exp(-0.5))


@quick
@given(st.data())
def test_likeness_of_skeletons_is_symmetric_in_bounds_and_whole_for_equals(data: st.DataObject) -> None:
    def some(count: int) -> tuple[np.ndarray, np.ndarray]:
        places = np.array(data.draw(st.lists(point, min_size=count * 3, max_size=count * 3))).reshape(count, 3, 2)
        placed = np.array(data.draw(st.lists(st.booleans(), min_size=count * 3, max_size=count * 3))).reshape(count, 3)
        placed[:, 0] = True
        return places, placed

    a, b = some(2), some(3)
    forth, back = skeletons_alike(*a, *b, 1e-3), skeletons_alike(*b, *a, 1e-3)
    assert ((forth[2] > 0) & (forth[2] <= 1)).all()
    assert dict(zip(zip(*forth[:2], strict=True), forth[2], strict=True)) == pytest.approx(
        dict(zip(zip(*back[1::-1], strict=True), back[2], strict=True)), abs=1e-12
    )
    own = skeletons_alike(*a, *a, 1e-3)
    assert own[2][own[0] == own[1]].tolist() == [1.0, 1.0]


def test_a_point_that_only_one_has_placed_counts_as_missed() -> None:
    places = np.array([[[0, 0], [20, 20]]], dtype=float)
    both, one = np.array([[True, True]]), np.array([[True, False]])
    assert skeletons_alike(places, both, places, one, 0.1)[2].tolist() == [0.5]


@quick
@given(points, points)
def test_boxes_that_meet_are_found_and_no_others(a: np.ndarray, b: np.ndarray) -> None:
    first, second = (np.concatenate([one, one + 10], axis=1) for one in (a, b))
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    assert list(zip(*touching(first, second), strict=True)) == list(
        zip(*np.nonzero((low <= high).all(axis=2)), strict=True)
    )


def test_one_far_away_barely_moves_the_mean_and_equals_are_their_mean() -> None:
    values = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 1.0], [100.0, 100.0]])
    assert np.abs(robust_mean(values, np.ones(4), 2.0)).max() < 5
    assert robust_mean(values[[1, 1, 1]], np.array([1.0, 2.0, 3.0]), 2.0).tolist() == [1.0, 0.0]
