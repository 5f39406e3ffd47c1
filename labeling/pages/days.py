"""Days of work as the charts take them."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.flow.overview import DayOfWork
from labeling.pages.charts import Day


def own(days: Sequence[DayOfWork]) -> list[Day]:
    return [Day(d.day, d.answers) for d in days]


def all_of(days: Sequence[DayOfWork]) -> list[Day]:
    return [Day(d.day, d.answers, d.machine) for d in days]
