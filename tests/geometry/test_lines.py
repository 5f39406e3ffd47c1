from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry.lines import alike, middle

quick = settings(max_examples=40, deadline=None)
place = st.tuples(st.floats(0, 640, width=32), st.floats(0, 480, width=32))
lines = (
    st.lists(place, min_size=2, max_size=6)
    .map(lambda one: np.array(one, dtype=float))
    .filter(lambda one: np.hypot(*np.diff(one, axis=0).T).sum() > 1)
)


def flat(y: float, length: float = 100.0) -> np.ndarray:
    return np.array([(0.0, y), (length, y)])


@quick
@given(st.lists(lines, min_size=1, max_size=4), st.lists(lines, min_size=1, max_size=4))
def test_likeness_is_symmetric_and_in_bounds(a: list[np.ndarray], b: list[np.ndarray]) -> None:
    forth, back = alike(a, b, 1e-6), alike(b, a, 1e-6)
    assert ((forth[2] > 0) & (forth[2] <= 1)).all()
    assert dict(zip(zip(*forth[:2], strict=True), forth[2], strict=True)) == pytest.approx(
        dict(zip(zip(*back[1::-1], strict=True), back[2], strict=True)), abs=1e-12
    )


@quick
@given(lines)
def test_a_line_is_itself_backwards_too(line: np.ndarray) -> None:
    for other in (line, line[::-1].copy()):
        assert alike([line], [other], 0.5)[2].tolist() == [1.0]


def test_likeness_falls_with_the_distance_in_tenths_of_the_length() -> None:
    scores = [alike([flat(0)], [flat(y)], 1e-6)[2].tolist() for y in (1, 5, 9, 10)]
    assert scores == [[pytest.approx(0.9)], [pytest.approx(0.5)], [pytest.approx(0.1)], []]


def test_half_of_a_line_is_not_the_line() -> None:
    (score,) = alike([flat(0)], [flat(0, 50)], 1e-6)[2]
    assert score < 0.25


def test_the_middle_of_jittered_lines_is_nearer_to_the_truth_than_they_are() -> None:
    generator = np.random.default_rng(4)
    truth = np.array([(20, 20), (200, 60), (240, 300), (500, 320)], dtype=float)
    drawn, merged = [], []
    for _ in range(20):
        hands = [truth + generator.normal(0, 4, truth.shape) for _ in range(5)]
        hands[2] = hands[2][::-1]
        drawn += [float(alike([truth], [one], 1e-6)[2][0]) for one in hands]
        merged.append(float(alike([truth], [middle(hands, np.ones(5))], 1e-6)[2][0]))
    assert np.mean(merged) > np.mean(drawn) + 0.01


def test_who_stops_half_way_pulls_nobody_back() -> None:
    made = middle([flat(0), flat(1), flat(0.5, 50)], np.ones(3))
    assert made[:, 0].max() > 90


def test_equal_lines_have_that_line_as_middle() -> None:
    line = np.array([(0, 0), (50, 40), (100, 0)], dtype=float)
    assert np.abs(middle([line, line[::-1], line], np.ones(3)) - line).max() < 1e-6
