from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry.robust import robust_mean, robust_means, shares

quick = settings(max_examples=60, deadline=None)


def test_where_all_err_alike_nobody_fades_however_far_apart_they_lie() -> None:
    even = np.array([[0.0, 0.0], [30.0, 0.0], [14.0, 20.0]])
    assert robust_mean(even, np.ones(3), 1.0) == pytest.approx(even.mean(axis=0), abs=2)
    pair = np.array([[0.0, 0.0], [30.0, 0.0]])
    assert robust_mean(pair, np.ones(2), 1.0).tolist() == [15.0, 0.0]


def test_one_careless_worker_of_three_hardly_moves_the_mean() -> None:
    values = np.array([[0.0, 0.0], [1.0, 0.0], [50.0, 40.0]])
    assert np.hypot(*(robust_mean(values, np.ones(3), 2.0) - [0.5, 0.0])) < 3


def test_within_reach_the_mean_is_the_plain_weighted_one() -> None:
    assert shares(np.array([0.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]), 5.0).tolist() == [0.25, 0.25, 0.5]


@quick
@given(st.integers(0, 999), st.integers(1, 5))
def test_many_means_at_once_are_each_points_own_and_blind_to_order(seed: int, workers: int) -> None:
    generator = np.random.default_rng(seed)
    values, weights = generator.normal(0, 9, (workers, 4, 2)), generator.uniform(0.1, 3, workers)
    together = robust_means(values, weights, 2.0)
    for place in range(4):
        assert together[place] == pytest.approx(robust_mean(values[:, place], weights, 2.0))
    assert together == pytest.approx(robust_means(values[::-1], weights[::-1], 2.0))
    assert (values.min(axis=0) <= together).all()
    assert (together <= values.max(axis=0)).all()
