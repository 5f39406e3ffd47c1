"""Scores alone hint at drift: seen when it is large, hardly ever seen where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, vstack

from labeling.learners.drift import DISTANCE, HIGHEST, raised, shift_of
from labeling.learners.rounds import Learned, learn


def scored(before: np.ndarray, later: np.ndarray) -> Learned:
    """A model that gave these scores; it learned from none of them."""
    score = np.concatenate([before, later]).astype(np.float64)
    none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Learned(
        trained=True, picks=none, proba=np.zeros((len(score), 2), dtype=np.float32),
        predicted=np.zeros(len(score), dtype=np.int64), confidence=score, score=score,
        readable=np.ones(len(score), dtype=np.bool_), oof_index=none, oof_proba=np.zeros((0, 2)), oof_predicted=none,
        oof_score=nothing,
    )  # fmt: skip


def words(chance: np.random.Generator, truth: np.ndarray, *, hardness: float) -> csr_matrix:
    """(n, 60) counts of words: 20 of each class, 20 of none; `hardness` of an object's words are of none."""
    rows = np.zeros((len(truth), 60))
    for row, category in enumerate(truth):
        common = chance.random(8) < hardness
        chosen = np.where(common, chance.integers(40, 60, 8), 20 * category + chance.integers(0, 20, 8))
        np.add.at(rows[row], chosen, 1.0)
    return csr_matrix(rows)


def taught(seed: int, *, later: float) -> Learned:
    """1,200 objects, of which the last 400 came later and are `later` hard; 120 random and 80 doubtful taught it."""
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, 2, 1200)
    features = vstack([words(chance, truth[:800], hardness=0.7), words(chance, truth[800:], hardness=later)]).tocsr()
    labels = np.full(1200, -1, dtype=np.int64)
    labels[chance.choice(800, 120, replace=False)] = 0
    labels[labels == 0] = truth[labels == 0]
    closed = np.zeros(1200, dtype=np.bool_)
    closed[800:] = True
    first, _ = learn(features, labels, closed, classes=2, ask=80, seed=seed)
    labels[first.picks] = truth[first.picks]
    learned, _ = learn(features, labels, closed, classes=2, ask=1, seed=seed)
    return learned


def test_the_distance_is_the_largest_difference_of_cumulative_shares() -> None:
    before, later = np.full(100, 0.9), np.concatenate([np.full(70, 0.9), np.full(30, 0.2)])
    shift = shift_of(scored(before, later), 100)
    assert shift.distance == pytest.approx(0.3)
    assert (shift.before, shift.later, shift.hint) == (100, 100, True)


def test_where_nothing_changed_a_hint_is_rare_in_small_and_large_jobs() -> None:
    chance, hints = np.random.default_rng(7), 0
    for before, later in [(40, 20), (300, 60), (2000, 500), (20000, 5000)]:
        hints += sum(
            shift_of(scored(chance.beta(5, 1, before), chance.beta(5, 1, later)), before).hint for _ in range(500)
        )
    assert hints <= 8, "expected: at most 1 in 1,000 of 2,000"


def test_where_nothing_changed_what_the_queries_took_is_no_hint() -> None:
    """Without the doubtful objects that taught the model, or with them scored by it, the two sides would differ."""
    assert not any(shift_of(taught(seed, later=0.7), 800).hint for seed in range(20))


def test_harder_objects_are_a_hint() -> None:
    assert all(shift_of(taught(seed, later=0.95), 800).hint for seed in range(5))


def test_a_small_shift_is_no_hint_however_many_objects_show_it() -> None:
    chance = np.random.default_rng(1)
    before, later = chance.random(50_000), chance.random(50_000) * 0.95
    shift = shift_of(scored(before, later), 50_000)
    assert 0.04 < shift.distance < DISTANCE == shift.limit
    assert not shift.hint


@pytest.mark.parametrize(("before", "later"), [(19, 100), (100, 19), (0, 100), (100, 0)])
def test_of_few_objects_nothing_is_said(before: int, later: int) -> None:
    assert not shift_of(scored(np.ones(before), np.zeros(later)), before).hint


def test_objects_that_can_not_be_read_do_not_count() -> None:
    learned = scored(np.ones(100), np.zeros(100))
    learned.readable[100:] = False
    assert shift_of(learned, 100).later == 0


@pytest.mark.parametrize(("share", "more"), [(0.01, 0.05), (0.05, HIGHEST), (0.3, 0.3), (0.0, 0.0), (1.0, 1.0)])
def test_the_share_of_checks_is_raised_within_bounds_and_never_lowered(share: float, more: float) -> None:
    assert raised(share) == pytest.approx(more)
