from __future__ import annotations

import time

import numpy as np
import pytest

from labeling.quality.dawid_skene import dawid_skene
from labeling.quality.votes import vote_table
from labeling.quality.voting import majority, vote_shares
from tests.quality.crowds import crowd


def test_matrices_and_posteriors_are_probabilities() -> None:
    votes, _ = crowd([0.9, 0.7, 0.6, 0.4])
    learned = dawid_skene(vote_table(votes, 3))
    assert learned.confusion.sum(axis=2) == pytest.approx(np.ones((4, 3)))
    assert learned.posterior.sum(axis=1) == pytest.approx(np.ones(200))
    assert learned.shares.sum() == pytest.approx(1)


def test_a_worker_who_swaps_two_classes_is_understood() -> None:
    """One in five always says the other class: a coin would call them worthless, a matrix reads them."""
    votes, truth = crowd([0.85, 0.85, 0.85, 0.85, 0.02], n_objects=500, n_classes=2, per_object=4)
    table = vote_table(votes, 2)
    learned = dawid_skene(table)
    assert np.diag(learned.confusion[4]).max() < 0.15
    own = (learned.posterior.argmax(axis=1) == truth).mean()
    assert own > (majority(table, np.zeros(5)) == truth).mean() + 0.05


def test_class_shares_stay_the_votes() -> None:
    votes, _ = crowd([0.9, 0.7, 0.6, 0.4], n_objects=400)
    table = vote_table(votes, 3)
    assert dawid_skene(table).shares == pytest.approx(vote_shares(table).mean(axis=0), abs=0.01)


def test_a_worker_with_one_answer_is_like_the_others() -> None:
    votes, _ = crowd([0.9, 0.9, 0.9])
    learned = dawid_skene(vote_table([*votes, [("z new", 0), ("w0", 1), ("w1", 1)]], 3))
    assert np.abs(learned.confusion[3] - learned.pooled).max() < 0.25


def test_known_answers_are_certain() -> None:
    votes = [[("a", 0), ("b", 0)], [("a", 1), ("b", 1)]]
    learned = dawid_skene(vote_table(votes, 2), known=np.array([1, -1]))
    assert learned.posterior[0].tolist() == [0, 1]


def test_twenty_thousand_votes_take_about_a_second_at_most() -> None:
    votes, _ = crowd([0.8] * 60, n_objects=6_667, n_classes=4)
    table = vote_table(votes, 4)
    started = time.process_time()
    dawid_skene(table)
    assert time.process_time() - started < 1.5
