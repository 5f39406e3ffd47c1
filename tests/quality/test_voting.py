from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labeling.quality.votes import vote_table
from labeling.quality.voting import agreement_with_others, best, majority, vote_shares
from tests.quality.crowds import crowd


def test_shares_add_up_and_are_even_where_nobody_voted() -> None:
    shares = vote_shares(vote_table([[("a", 0), ("b", 0), ("c", 1)], []], 2))
    assert shares.tolist() == [[2 / 3, 1 / 3], [0.5, 0.5]]


def test_the_majority_wins_whatever_its_workers_are_trusted() -> None:
    table = vote_table([[("a", 1), ("b", 1), ("c", 0)]], 2)
    assert majority(table, np.array([0.1, 0.1, 9.0])).tolist() == [1]


def test_a_tie_goes_to_the_worker_who_agrees_with_others_elsewhere() -> None:
    others = [[("good", 0), ("x", 0), ("bad", 1)], [("good", 1), ("y", 1), ("bad", 0)]]
    table = vote_table([[("good", 1), ("bad", 0)], [("good", 0), ("bad", 1)], *others], 2)
    assert majority(table).tolist()[:2] == [1, 0]


def test_workers_who_agree_more_are_trusted_more() -> None:
    votes, _ = crowd([0.95, 0.9, 0.9, 0.9, 0.4])
    trust = agreement_with_others(vote_table(votes, 3))
    assert trust[4] == trust.min()
    assert trust[4] < 0.6 < trust[0]


@given(st.permutations([("ana", 0), ("ben", 1), ("cem", 2)]), st.permutations([0, 1, 2]))
def test_an_open_tie_depends_neither_on_arrival_nor_on_class_order(
    votes: list[tuple[str, int]], renamed: list[int]
) -> None:
    backers: list[list[str]] = [[], [], []]
    for worker, answer in votes:
        backers[renamed[answer]].append(worker)
    winner = backers[best([1.0, 1.0, 1.0], backers)]
    assert winner == backers[best([1.0, 1.0, 1.0], backers)]
    assert winner == _winner_of_plain_order()


def _winner_of_plain_order() -> list[str]:
    backers = [["ana"], ["ben"], ["cem"]]
    return backers[best([1.0, 1.0, 1.0], backers)]


def test_over_many_ties_no_class_is_preferred() -> None:
    first = sum(best([0.5, 0.5], [[f"left {i}"], [f"right {i}"]]) == 0 for i in range(400))
    assert 150 < first < 250
