"""Charts as data: where lines, bars and words stand, in per cent of the plot's box (y downwards).

The template draws lines as SVG that stretches with the box and words as HTML that never shrinks, and repeats the
numbers as a table. Nothing here knows of records or requests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from labeling.pages.numbers import count, percent, short

Point = tuple[float, float]
TENTH: Final = 0.01  # shares of wrong labels are shown to a tenth of a per cent


@dataclass(frozen=True)
class Shape:
    """One line (points), area (points, closed) or bar (box: x, y, width, height); `kind` is its CSS class."""

    tag: str  # polyline | polygon | rect
    kind: str
    points: str = ""
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Word:
    """A word of the axis or inside the plot; `kind` is its CSS class."""

    x: float
    y: float
    text: str
    kind: str


@dataclass(frozen=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """`key` is unique on the page; `title` the question, `caption` the answer; `spoken` what a screen reader says."""

    key: str
    title: str
    caption: str
    spoken: str
    legend: tuple[tuple[str, str], ...]  # (CSS class of the key, words)
    shapes: tuple[Shape, ...]
    words: tuple[Word, ...]
    table: Table
    axis_name: str = ""
    low: bool = False


@dataclass(frozen=True)
class ThresholdPoint:
    """If the machine labeled the `share` it is surest of: the best estimate and the upper limit of what is wrong."""

    share: float
    estimate: float
    upper: float


@dataclass(frozen=True)
class LearningPoint:
    """With `answers` by people the machine was expected to be able to take over `machine` objects."""

    answers: int
    machine: int


@dataclass(frozen=True)
class Day:
    day: date
    people: int
    machine: int = 0


@dataclass(frozen=True)
class Dot:
    """A range on a bar: dot, interval and the team's line, in per cent of the bar's width."""

    at: float
    start: float
    width: float
    team: float
    low: bool  # clearly below the team


def ceiling(value: float, steps: int = 1) -> float:
    """The next round number at or above `value` (at least `steps`) whose grid of so many steps is of whole numbers."""
    least = max(1.0, value / steps)
    power = 10.0 ** math.floor(math.log10(least))
    return steps * next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def _scale(top: float) -> Callable[[float], float]:
    return lambda value: 100 - 100 * value / top


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def line(points: Sequence[Point], kind: str) -> Shape:
    return Shape("polyline", kind, _points(points))


def below(points: Sequence[Point]) -> list[Point]:
    """The part of a line under the upper edge of the plot, cut where it first crosses the edge."""
    kept: list[Point] = []
    for x, y in points:
        if y < 0:
            if kept:
                before_x, before_y = kept[-1]
                kept.append((before_x + (x - before_x) * before_y / (before_y - y), 0.0))
            break
        kept.append((x, y))
    return kept


def _grid(
    top: float, steps: int, words: Callable[[float], str], *, scale: Callable[[float], float] | None = None
) -> tuple[list[Shape], list[Word]]:
    y = scale or _scale(top)
    values = [top * i / steps for i in range(steps + 1)]
    lines = [line([(0, y(value)), (100, y(value))], "gridline") for value in values]
    return lines, [Word(0, y(value), words(value), "yt") for value in values]


def threshold_chart(points: Sequence[ThresholdPoint], *, promise: float, chosen: ThresholdPoint | None) -> Chart:
    """Share wrong against share labeled by machine, with its upper limit and the promise.

    points: by rising share, all in [0, 1]; promise in (0, 1); chosen: where the machine stopped, or None.
    """
    top = 2.4 * promise  # what lies above is no answer to the question
    y = _scale(top)
    shapes, words = _grid(2 * promise, 2, lambda v: percent(v, TENTH), scale=y)
    shapes.append(Shape("polygon", "safe", _points([(0, y(promise)), (100, y(promise)), (100, 100), (0, 100)])))
    shapes.append(line(below([(100 * p.share, y(p.estimate)) for p in points]), "line"))
    shapes.append(line(below([(100 * p.share, y(p.upper)) for p in points]), "line bound"))
    shapes.append(line([(0, y(promise)), (100, y(promise))], "line promise"))
    marks = [0.0, 0.25, 0.5, 0.75, 1.0]
    if chosen is not None:
        shapes.append(line([(100 * chosen.share, 0), (100 * chosen.share, 100)], "line mark"))
        words.append(Word(100 * chosen.share, y(chosen.upper), "", "dotmark"))
        words.append(Word(100 * chosen.share, 100, _("%(share)s now") % {"share": percent(chosen.share)}, "xt"))
        marks = [m for m in marks if abs(m - chosen.share) > 0.17]
    words += [Word(100 * m, 100, percent(m), "xt") for m in marks]
    return Chart(
        key="threshold",
        title=_("How far the machine may go"),
        caption=_("The machine labels the objects it is surest of, until the upper limit would pass your promise."),
        spoken=_threshold_spoken(promise, chosen),
        legend=(
            ("ln bound", _("upper limit")),
            ("ln", _("best estimate")),
            ("ln promise-ln", _("promise, %(promise)s") % {"promise": percent(promise, TENTH)}),
        ),
        shapes=tuple(shapes),
        words=tuple(words),
        table=Table(
            (_("Labeled by machine"), _("Wrong, best estimate"), _("Wrong, at most")),
            tuple((percent(p.share), percent(p.estimate, TENTH), percent(p.upper, TENTH)) for p in points),
        ),
        axis_name=_("share of objects labeled by machine"),
    )


def _threshold_spoken(promise: float, chosen: ThresholdPoint | None) -> str:
    if chosen is None:
        return _("At no share labeled by machine is the upper limit under the promised %(promise)s") % {
            "promise": percent(promise)
        }
    return _(
        "At %(share)s labeled by machine the best estimate is %(estimate)s wrong and the upper limit %(upper)s, "
        "under the promised %(promise)s"
    ) % {
        "share": percent(chosen.share),
        "estimate": percent(chosen.estimate, TENTH),
        "upper": percent(chosen.upper, TENTH),
        "promise": percent(promise, TENTH),
    }


def learning_chart(points: Sequence[LearningPoint]) -> Chart:
    """Objects that the machine could take over against people's answers; one point a round, at least one of them."""
    widest = ceiling(max(p.answers for p in points), steps=2)
    top = ceiling(max(p.machine for p in points), steps=4)
    y = _scale(top)
    shapes, words = _grid(top, 4, short)
    at = [(100 * p.answers / widest, y(p.machine)) for p in points]
    last = points[-1]
    shapes.append(line(at, "line"))
    shapes.append(line([(at[-1][0], 0), (at[-1][0], 100)], "line mark"))
    words += [Word(x, height, "", "dotmark machine") for x, height in at]
    words.append(Word(*at[-1], count(last.machine), "note end strong"))
    marks = [part for part in (0.0, 0.5, 1.0) if abs(100 * part - at[-1][0]) > 14]
    words += [Word(100 * part, 100, short(widest * part), "xt") for part in marks]
    words.append(Word(at[-1][0], 100, _("%(n)s now") % {"n": count(last.answers)}, "xt"))
    said = _learning_said(last)
    return Chart(
        key="learning",
        title=_("What answers have brought"),
        caption=said,
        spoken=said,
        legend=(("ln", _("objects that the machine could take over")),),
        shapes=tuple(shapes),
        words=tuple(words),
        table=Table(
            (_("Answers by people"), _("Objects for the machine")),
            tuple((count(p.answers), count(p.machine)) for p in points),
        ),
        axis_name=_("answers by people"),
    )


def _learning_said(last: LearningPoint) -> str:
    if not last.machine:
        return _("With %(answers)s answers the machine could not take over anything yet. That is an estimate.") % {
            "answers": count(last.answers)
        }
    return _(
        "With %(answers)s answers the machine could take over about %(machine)s objects. "
        "That is an estimate; only a blind check decides."
    ) % {"answers": count(last.answers), "machine": count(last.machine)}


def days_chart(
    days: Sequence[Day], *, key: str = "days", title: str = "", caption: str = "", people_only: bool = False
) -> Chart:
    """Answers by people and labels by machine, stacked; one bar for each of `days` in order."""
    top = ceiling(max(d.people + d.machine for d in days), steps=2)
    y = _scale(top)
    shapes, words = _grid(top, 2, short)
    step = 100 / len(days)
    for i, d in enumerate(days):
        below = 0.0
        for kind, n in (("bar-p", d.people), ("bar-m", d.machine)):
            if n:
                shapes.append(
                    Shape(
                        "rect", kind, box=(i * step + step * 0.14, y(below + n), step * 0.72, y(below) - y(below + n))
                    )
                )
                below += n
    for i in sorted({0, len(days) // 2, len(days) - 1}):
        words.append(Word((i + 0.5) * step, 100, _day(days[i].day, last=i == len(days) - 1), "xt"))
    rows = [(date_format(d.day, "DATE_FORMAT"), count(d.people), count(d.machine)) for d in days]
    names = (_("Day"), _("Answers") if people_only else _("Answers by people"), _("Labels by machine"))
    shown = 2 if people_only else 3  # columns
    legend = () if people_only else (("key is-people", names[1]), ("key is-machine", names[2]))
    return Chart(
        key=key,
        title=title or _("Labels a day"),
        caption=caption,
        spoken=_("%(title)s over %(n)s days") % {"title": title or _("Labels a day"), "n": len(days)},
        legend=legend,
        shapes=tuple(shapes),
        words=tuple(words),
        table=Table(names[:shown], tuple(row[:shown] for row in rows)),
        low=True,
    )


def _day(day: date, *, last: bool) -> str:
    return _("today") if last else date_format(day, "j M")


def dot(value: float, low: float, high: float, *, team: float, floor: float = 0.5) -> Dot:
    """Place `value` with its interval on a bar from `floor` to 1 (all shares in [0, 1])."""

    def at(share: float) -> float:
        return round(100 * (min(max(share, floor), 1.0) - floor) / (1.0 - floor), 2)

    return Dot(at(value), at(low), max(1.0, round(at(high) - at(low), 2)), at(team), low=high < team)
