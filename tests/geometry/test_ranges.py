from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry import ranges as module
from labeling.geometry.ranges import agreed_range, iou_pairs

quick = settings(max_examples=80, deadline=None)
spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 40)).map(lambda one: (one[0], one[0] + one[1])), max_size=9
)


def array(rows: list[tuple[int, int]]) -> np.ndarray:
    return np.array(rows, dtype=np.intp).reshape(-1, 2)


def shared(a: tuple[int, int], b: tuple[int, int]) -> float:
    """By counting: the letters in both over those in either."""
    first, second = set(range(*a)), set(range(*b))
    return len(first & second) / len(first | second)


@quick
@given(spans, spans, st.sampled_from([1e-9, 0.05, 0.4, 0.5, 1.0]))
def test_the_pairs_are_those_that_counting_letters_finds(
    a: list[tuple[int, int]], b: list[tuple[int, int]], least: float
) -> None:
    first, second, likeness = iou_pairs(array(a), array(b), least)
    found = dict(zip(zip(first.tolist(), second.tolist(), strict=True), likeness.tolist(), strict=True))
    wanted = {(i, j): shared(x, y) for i, x in enumerate(a) for j, y in enumerate(b)}
    assert found == {pair: pytest.approx(value) for pair, value in wanted.items() if value >= least and value > 0}
    assert list(found) == sorted(found)


def test_what_does_not_fit_at_once_comes_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(1)
    a, b = (np.sort(generator.choice(400, (90, 2)), axis=1) + np.array([0, 1]) for _ in range(2))
    whole = iou_pairs(a, b, 0.1)
    monkeypatch.setattr(module, "MOST_AT_ONCE", 50)
    for one, other in zip(whole, iou_pairs(a, b, 0.1), strict=True):
        assert np.array_equal(one, other)


def test_scattered_spans_are_not_compared_with_all_others() -> None:
    starts = np.arange(20_000) * 50
    a = np.stack([starts, starts + 20], axis=1)
    began = time.process_time()
    first, _, likeness = iou_pairs(a, a + 3, 0.05)
    assert time.process_time() - began < 1.5
    assert len(first) == 20_000
    assert likeness == pytest.approx(17 / 23)


@quick
@given(spans.filter(len), st.data())
def test_one_range_from_several_is_a_range_whatever_their_order(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    weights = np.array(data.draw(st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=len(rows), max_size=len(rows))))
    start, end = agreed_range(array(rows), weights)
    assert start < end
    assert start in {one for one, _ in rows}
    assert end in {one for _, one in rows}
    order = data.draw(st.permutations(range(len(rows))))
    assert agreed_range(array([rows[place] for place in order]), weights[list(order)]) == (start, end)


@pytest.mark.parametrize(
    ("rows", "weights", "agreed"),
    [
        ([(3, 9), (3, 9), (0, 30)], [1, 1, 1], (3, 9)),
        ([(3, 9), (3, 12), (1, 9)], [1, 1, 1], (3, 9)),  # each end by itself
        ([(1, 9), (2, 10), (4, 14)], [1, 1, 1], (2, 10)),  # nobody agrees: the middle one
        ([(1, 9), (2, 10), (4, 14)], [1, 1, 9], (4, 14)),  # who weighs more than all others
        ([(5, 6), (5, 7), (0, 2), (1, 3), (1, 4)], [1, 1, 1, 1, 1], (1, 4)),  # median of the ends: 4
        ([(6, 9), (6, 8), (1, 5), (0, 5)], [1, 1, 1, 1], (0, 5)),  # ends that would cross
    ],
)
def test_ends_are_where_most_have_them_or_in_the_middle(
    rows: list[tuple[int, int]], weights: list[float], agreed: tuple[int, int]
) -> None:
    assert agreed_range(array(rows), np.array(weights, dtype=float)) == agreed
