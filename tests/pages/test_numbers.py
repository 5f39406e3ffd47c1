"""Numbers and times as a person says them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from labeling.pages import numbers

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (999, "999"), (39272, "39\u202f272"), (1234567, "1\u202f234\u202f567")]
)
def test_thousands_are_set_apart_by_a_thin_space(value: int, said: str) -> None:
    assert numbers.count(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (7.5, "7.5"), (9999, "9\u202f999"), (12500, "12.5\u00a0k"), (40000, "40\u00a0k"), (1.2e6, "1.2\u00a0M")],
)
def test_an_axis_says_it_short(value: float, said: str) -> None:
    assert numbers.short(value) == said


@pytest.mark.parametrize(
    ("share", "scale", "said"),
    [(0.96, 1, "96\u00a0%"), (0.0476, 0.01, "4.8\u00a0%"), (0.05, 0.01, "5\u00a0%"), (1, 1, "100\u00a0%")],
)
def test_a_share_has_one_more_digit_only_where_it_matters(share: float, scale: float, said: str) -> None:
    assert numbers.percent(share, scale) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (4.12, "4.1\u00a0s"),
        (42, "42\u00a0s"),
        (1200, "20\u00a0min"),
        (24600, "6\u00a0h 50\u00a0min"),
        (7200, "2\u00a0h"),
    ],
)
def test_a_length_of_time_is_said_in_its_own_unit(value: float, said: str) -> None:
    assert numbers.seconds(value) == said


def test_the_decimal_mark_is_the_readers() -> None:
    with translation.override("de"):
        assert numbers.seconds(4.12) == "4,1\u00a0s"
        assert numbers.count(39272) == "39\u202f272"


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(0), "today 14:30"),
        (timedelta(days=1), "yesterday 14:30"),
        (timedelta(days=7), "18 Nov 14:30"),
        (timedelta(days=400), "21 Oct 2025 14:30"),
    ],
)
def test_a_moment_is_said_as_a_person_says_it(ago: timedelta, said: str) -> None:
    assert numbers.when(NOW - ago, NOW) == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(0, "today"), (1, "tomorrow"), (3, "about Saturday 28 November"), (60, "about Sunday 24 January 2027")],
)
def test_a_day_ahead_is_said_as_roughly_as_it_is_known(ahead: int, said: str) -> None:
    assert numbers.day(NOW + timedelta(days=ahead), NOW) == said
