from __future__ import annotations

import numpy as np
import pytest

from labeling.quality.one_coin import one_coin
from labeling.quality.votes import vote_table
from labeling.quality.voting import majority
from tests.quality.crowds import crowd

TEAM = [0.95, 0.9, 0.85, 0.5, 0.4, 0.4]


def test_accuracies_are_found_without_being_told() -> None:
    votes, _ = crowd(TEAM, n_objects=600)
    found = one_coin(vote_table(votes, 3)).accuracy
    assert found == pytest.approx(np.array(TEAM), abs=0.12)


def test_it_beats_the_vote_where_workers_differ() -> None:
    votes, truth = crowd(TEAM, n_objects=600)
    table = vote_table(votes, 3)
    own = (one_coin(table).posterior.argmax(axis=1) == truth).mean()
    assert own > (majority(table, np.zeros(len(TEAM))) == truth).mean() + 0.04


def test_confidence_is_about_how_often_it_is_right() -> None:
    votes, truth = crowd([0.9, 0.8, 0.8, 0.7, 0.7, 0.6], n_objects=2000)
    posterior = one_coin(vote_table(votes, 3)).posterior
    right = posterior.argmax(axis=1) == truth
    assert posterior.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.03)


def test_known_answers_stay_and_teach() -> None:
    votes = [[("a", 0), ("b", 1)]] * 12
    learned = one_coin(vote_table(votes, 2), known=np.array([1] * 10 + [-1, -1]))
    assert learned.posterior[:10, 1].tolist() == [1.0] * 10
    assert learned.posterior[10:, 1].min() > 0.95
    assert learned.accuracy[0] < 0.35 < 0.85 < learned.accuracy[1]


def test_without_a_vote_there_is_only_what_is_believed_of_people() -> None:
    learned = one_coin(vote_table([[], []], 3))
    assert learned.posterior == pytest.approx(np.full((2, 3), 1 / 3))
    assert learned.pooled == pytest.approx(0.85)
