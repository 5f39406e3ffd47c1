from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry.boxes import area, corners, iou, overlaps, robust_mean, robust_means, weighted_median

whole = settings(max_examples=60, deadline=None)
sides = st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(0.01, 60), st.floats(0.01, 60))


def boxes(least: int = 1, most: int = 8) -> st.SearchStrategy[np.ndarray]:
    return st.lists(sides, min_size=least, max_size=most).map(lambda rows: corners(np.array(rows).reshape(-1, 4)))


def test_half_a_box_over_another_is_a_third() -> None:
    assert iou(np.array([[0, 0, 10, 10]]), np.array([[5, 0, 15, 10]])) == pytest.approx(np.array([[1 / 3]]))


def test_boxes_that_only_touch_share_nothing() -> None:
    assert iou(np.array([[0.0, 0, 10, 10]]), np.array([[10.0, 0, 20, 10]])) == 0


def test_two_empty_boxes_score_zero() -> None:
    assert iou(np.array([[3.0, 3, 3, 3]]), np.array([[3.0, 3, 3, 3]])) == 0


def test_a_negative_side_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        corners(np.array([[0.0, 0, -1, 4]]))


@whole
@given(a=boxes(), b=boxes())
def test_iou_is_symmetric_and_within_bounds(a: np.ndarray, b: np.ndarray) -> None:
    scores = iou(a, b)
    assert scores.shape == (len(a), len(b))
    assert ((scores >= 0) & (scores <= 1)).all()
    assert (scores == iou(b, a).T).all()


@whole
@given(a=boxes())
def test_a_box_is_wholly_like_itself(a: np.ndarray) -> None:
    assert (np.diag(iou(a, a)) == 1).all()


@whole
@given(a=boxes(), scale=st.floats(0.1, 20), dx=st.floats(-50, 50))
def test_iou_does_not_depend_on_where_and_how_large(a: np.ndarray, scale: float, dx: float) -> None:
    assert iou(a * scale + dx, a[::-1] * scale + dx) == pytest.approx(iou(a, a[::-1]), abs=1e-6)


@whole
@given(a=boxes(0, 12), b=boxes(0, 12), least=st.floats(0.01, 0.9))
def test_overlaps_finds_the_pairs_of_the_full_matrix(a: np.ndarray, b: np.ndarray, least: float) -> None:
    left, right, score = overlaps(a, b, least)
    full = iou(a, b)
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == set(
        zip(*map(np.ndarray.tolist, np.nonzero(full >= least)), strict=True)
    )
    assert (score == full[left, right]).all()
    assert (np.diff(left * (len(b) + 1) + right) > 0).all()


def test_overlaps_of_thousands_of_boxes_need_no_full_matrix() -> None:
    rng = np.random.default_rng(3)
    a = corners(np.column_stack([rng.uniform(0, 9000, (6000, 2)), np.full((6000, 2), 12.0)]))
    started = time.process_time()
    left, right, _ = overlaps(a, a, 0.99)
    assert time.process_time() - started < 2
    assert (left == right).sum() == 6000


@whole
@given(a=boxes(), data=st.data())
def test_the_weighted_median_of_corners_is_a_box_between_its_boxes(a: np.ndarray, data: st.DataObject) -> None:
    weights = np.array(data.draw(st.lists(st.floats(0.1, 9), min_size=len(a), max_size=len(a))))
    middle = weighted_median(a, weights)
    assert ((middle >= a.min(axis=0)) & (middle <= a.max(axis=0))).all()
    assert (middle[2:] > middle[:2]).all()


def test_the_weighted_median_follows_more_than_half_of_the_weight() -> None:
    values = np.array([[1.0], [5.0], [9.0]])
    assert weighted_median(values, np.array([1.0, 1.0, 1.0])) == 5
    assert weighted_median(values, np.array([5.0, 1.0, 1.0])) == 1
    assert weighted_median(values[:2], np.array([1.0, 1.0])) == 3


@whole
@given(a=boxes(), data=st.data())
def test_the_robust_mean_is_a_box_between_its_boxes(a: np.ndarray, data: st.DataObject) -> None:
    weights = np.array(data.draw(st.lists(st.floats(0.1, 9), min_size=len(a), max_size=len(a))))
    mean = robust_mean(a, weights)
    assert ((mean >= a.min(axis=0)) & (mean <= a.max(axis=0))).all()
    assert area(mean[None, :])[0] > 0
    assert mean == pytest.approx(robust_mean(a[::-1], weights[::-1]))


def test_one_gross_error_hardly_moves_the_robust_mean() -> None:
    good = np.array([[10.0, 10, 50, 50], [11.0, 9, 51, 49], [9.0, 11, 49, 51]])
    gross = np.array([[10.0, 10, 95, 95]])
    moved = robust_mean(np.concatenate([good, gross]), np.ones(4))
    assert np.abs(moved - [10, 10, 50, 50]).max() < 2.5
    assert np.abs(np.concatenate([good, gross]).mean(axis=0) - [10, 10, 50, 50]).max() > 10


def test_means_of_many_frames_are_those_of_each_frame_by_those_who_show_it() -> None:
    generator = np.random.default_rng(3)
    low = generator.uniform(0, 40, (4, 12, 2))
    boxes = np.concatenate([low, low + generator.uniform(20, 60, (4, 12, 2))], axis=2)
    boxes[generator.random((4, 12)) < 0.3] = np.nan
    boxes[0] = np.where(np.isnan(boxes[0]), 5 + 10 * np.arange(4), boxes[0])
    weights = np.array([1.0, 2.0, 0.5, 4.0])
    made = robust_means(boxes, weights)
    for frame in range(12):
        there = ~np.isnan(boxes[:, frame, 0])
        assert made[frame] == pytest.approx(robust_mean(boxes[there, frame], weights[there]))
    assert (robust_means(np.repeat(boxes[:1], 3, axis=0), weights[:3]) == boxes[0]).all()
