from __future__ import annotations

import numpy as np
import pytest

from labeling.quality.agreement import krippendorff_alpha, mean_agreement, pairwise_agreement
from labeling.quality.votes import vote_table
from tests.quality.crowds import crowd


def _rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_alpha_of_krippendorffs_own_example() -> None:
    """Two observers, ten units, two values: alpha = 0.095 (Krippendorff, Computing Krippendorff's alpha, 2011)."""
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    votes = [[("meg", a), ("owen", b)] for a, b in zip(first, second, strict=True)]
    assert krippendorff_alpha(vote_table(votes, 2), _rng()).value == pytest.approx(0.095, abs=5e-4)


def test_perfect_agreement_is_one_and_chance_about_zero() -> None:
    perfect, _ = crowd([1.0, 1.0, 1.0])
    chance, _ = crowd([1 / 3] * 4, n_objects=800)
    assert krippendorff_alpha(vote_table(perfect, 3), _rng()).value == 1
    estimate = krippendorff_alpha(vote_table(chance, 3), _rng())
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < 0 < estimate.high


def test_the_interval_holds_the_value_and_shrinks_with_objects() -> None:
    few = krippendorff_alpha(vote_table(crowd([0.8] * 4, n_objects=40)[0], 3), _rng())
    many = krippendorff_alpha(vote_table(crowd([0.8] * 4, n_objects=1000)[0], 3), _rng())
    for one in (few, many):
        assert one.low <= one.value <= one.high  # type: ignore[operator]
    assert many.high - many.low < (few.high - few.low) / 2  # type: ignore[operator]


def test_pairwise_agreement_counts_pairs_on_one_object() -> None:
    table = vote_table([[("a", 0), ("b", 0), ("c", 1)], [("a", 1), ("b", 1)], [("a", 0)]], 2)
    estimate = pairwise_agreement(table, _rng())
    assert estimate.value == pytest.approx((1 / 3 + 1) / 2)
    assert estimate.objects == 2


def test_without_two_votes_on_anything_nothing_is_known() -> None:
    table = vote_table([[("a", 0)], [("b", 1)], []], 2)
    assert not krippendorff_alpha(table, _rng()).known
    assert not pairwise_agreement(table, _rng()).known
    assert not mean_agreement([], _rng()).known


def test_a_single_class_in_all_votes_leaves_alpha_open() -> None:
    assert not krippendorff_alpha(vote_table([[("a", 0), ("b", 0)]] * 3, 2), _rng()).known
