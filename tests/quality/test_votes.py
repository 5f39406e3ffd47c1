from __future__ import annotations

import numpy as np

from labeling.quality.votes import vote_table


def test_a_table_does_not_depend_on_the_order_of_arrival() -> None:
    one = vote_table([[("b", 1), ("a", 0)], [("a", 1)]], 2)
    other = vote_table([[("a", 0), ("b", 1)], [("a", 1)]], 2)
    assert one.names == other.names == ("a", "b")
    assert (one.workers == other.workers).all()
    assert (one.answers == other.answers).all()


def test_counts_hold_every_vote_and_objects_without_any() -> None:
    table = vote_table([[("a", 2), ("b", 2), ("c", 0)], []], 3)
    assert table.counts().tolist() == [[1, 0, 2], [0, 0, 0]]
    assert table.answers_per_worker().tolist() == [1, 1, 1]


def test_a_job_without_votes_is_an_empty_table() -> None:
    table = vote_table([], 4)
    assert (table.n_workers, table.n_objects, len(table.objects)) == (0, 0, 0)
    assert table.counts().shape == (0, 4)
    assert table.counts().dtype == np.float64
