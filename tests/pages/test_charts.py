"""Where the lines, bars and words of a chart stand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.pages.charts import (
    Chart,
    Day,
    LearningPoint,
    ThresholdPoint,
    below,
    ceiling,
    days_chart,
    dot,
    learning_chart,
    threshold_chart,
)

CURVE = [ThresholdPoint(0.1, 0.0, 0.04), ThresholdPoint(0.5, 0.03, 0.045), ThresholdPoint(0.9, 0.1, 0.16)]
shares = st.floats(0, 1)


def points(chart: Chart, kind: str) -> list[tuple[float, float]]:
    shape = next(shape for shape in chart.shapes if shape.kind == kind)
    return [tuple(map(float, pair.split(","))) for pair in shape.points.split()]  # type: ignore[misc]


def words(chart: Chart, kind: str) -> list[str]:
    return [word.text for word in chart.words if word.kind == kind]


@given(st.floats(0, 1e9), st.integers(1, 5))
def test_a_round_top_holds_the_value_and_its_grid_is_of_whole_numbers(value: float, steps: int) -> None:
    top = ceiling(value, steps)
    assert top >= value * (1 - 1e-9)
    assert (top / steps).is_integer()


@pytest.mark.parametrize(("value", "steps", "top"), [(0, 2, 2), (3, 2, 4), (17, 4, 20), (2032, 2, 4000), (5, 1, 5)])
def test_a_round_top_is_the_next_one(value: float, steps: int, top: float) -> None:
    assert ceiling(value, steps) == top


def test_the_promise_stands_at_its_own_height_and_the_limit_touches_it_from_below() -> None:
    chart = threshold_chart(CURVE, promise=0.05, chosen=CURVE[1])
    (_, promise), *_ = points(chart, "line promise")
    mark = next(word for word in chart.words if word.kind == "dotmark")
    assert (mark.x, mark.y > promise) == (50.0, True)
    assert words(chart, "yt") == ["0\u00a0%", "5\u00a0%", "10\u00a0%"]
    assert "50\u00a0% now" in words(chart, "xt")


def test_a_line_that_leaves_the_plot_ends_at_its_edge() -> None:
    chart = threshold_chart(CURVE, promise=0.05, chosen=None)
    *_, (x, y) = points(chart, "line bound")
    assert y == 0
    assert 50 < x < 90


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-500, 100)), max_size=20).map(sorted))
def test_a_cut_line_never_leaves_the_plot(line: list[tuple[float, float]]) -> None:
    assert all(y >= 0 for _x, y in below(line))


def test_without_a_chosen_share_the_chart_says_that_there_is_none() -> None:
    chart = threshold_chart(CURVE, promise=0.05, chosen=None)
    assert "At no share" in chart.spoken
    assert not words(chart, "dotmark")


def test_the_table_holds_what_the_lines_show() -> None:
    chart = threshold_chart(CURVE, promise=0.05, chosen=CURVE[1])
    assert chart.table.rows[1] == ("50\u00a0%", "3\u00a0%", "4.5\u00a0%")
    assert len(chart.table.rows) == len(CURVE)


@pytest.mark.parametrize("n", [1, 2, 12])
def test_what_answers_have_brought_has_a_dot_a_round(n: int) -> None:
    chart = learning_chart([LearningPoint(100 * (i + 1), 30 * i) for i in range(n)])
    assert len(words(chart, "dotmark machine")) == n
    assert all(0 <= word.x <= 100 and 0 <= word.y <= 100 for word in chart.words)


def test_bars_stack_from_the_ground_without_gap_or_overlap() -> None:
    today = date(2026, 1, 5)
    chart = days_chart([Day(today - timedelta(days=1), 3, 5), Day(today, 0, 0)])
    people, machine = (shape.box for shape in chart.shapes if shape.tag == "rect")
    assert people[1] + people[3] == pytest.approx(100)
    assert machine[1] + machine[3] == pytest.approx(people[1])
    assert people[3] / machine[3] == pytest.approx(3 / 5)


def test_days_without_work_keep_their_place_and_need_no_bar() -> None:
    chart = days_chart([Day(date(2026, 1, n), 0) for n in range(1, 8)])
    assert not [shape for shape in chart.shapes if shape.tag == "rect"]
    assert words(chart, "xt") == ["1 Jan", "4 Jan", "today"]


def test_a_chart_of_ones_own_days_speaks_of_nobody_else() -> None:
    chart = days_chart([Day(date(2026, 1, 1), 4)], people_only=True)
    assert chart.legend == ()
    assert chart.table.head == ("Day", "Answers")


@given(shares, shares, shares, shares)
def test_a_range_dot_stays_on_its_bar(value: float, low: float, high: float, team: float) -> None:
    low, value, high = sorted((low, value, high))
    placed = dot(value, low, high, team=team)
    assert 0 <= placed.start <= 100
    assert 0 <= placed.at <= 100
    assert placed.low == (high < team)
