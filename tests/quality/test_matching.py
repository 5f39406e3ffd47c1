from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.quality import matching
from labeling.quality.matching import match

worths = st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=4), min_size=1, max_size=4).filter(
    lambda rows: len({len(row) for row in rows}) == 1
)


def _pairs(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    left, right = np.nonzero(matrix > 0)
    return left, right, matrix[left, right]


def _dearest(matrix: np.ndarray) -> float:
    square = np.zeros((max(matrix.shape),) * 2)
    square[: matrix.shape[0], : matrix.shape[1]] = matrix
    return max(sum(square[i, j] for i, j in enumerate(order)) for order in permutations(range(len(square))))


@settings(deadline=None)
@given(worths)
def test_the_matching_is_one_to_one_and_the_dearest(rows: list[list[float]]) -> None:
    left, right, worth = _pairs(np.array(rows))
    chosen = match(left, right, worth)
    assert len(set(left[chosen])) == len(set(right[chosen])) == len(chosen)
    assert abs(worth[chosen].sum() - _dearest(np.array(rows))) < 1e-9


def test_groups_solved_apart_give_what_one_problem_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    matrix = np.kron(np.eye(30), rng.uniform(0.1, 1, (3, 3)))
    left, right, worth = _pairs(matrix)
    apart = match(left, right, worth)
    assert len(apart) == 90
    monkeypatch.setattr(matching, "SMALL", 10**9)
    assert worth[match(left, right, worth)].sum() == worth[apart].sum()


def test_a_huge_entangled_group_is_matched_greedily_and_still_one_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "DENSE", 10)
    rng = np.random.default_rng(6)
    left, right, worth = _pairs(rng.uniform(0.1, 1, (20, 20)))
    chosen = match(left, right, worth)
    assert len(chosen) == len(set(left[chosen])) == len(set(right[chosen])) == 20
    assert int(worth.argmax()) in chosen


def test_nothing_matches_nothing() -> None:
    assert len(match(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))) == 0
