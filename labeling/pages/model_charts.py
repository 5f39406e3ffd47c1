"""Charts of what a job's models have learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from labeling.flow.overview_models import Version
from labeling.pages.charts import TENTH, Chart, Shape, Table, Word, ceiling, line
from labeling.pages.numbers import count, percent, short

BAND = 100  # per cent of the plot's height


@dataclass(frozen=True)
class Step:
    """After `labels` labels by people a model was right on `accuracy` of those that it had not seen."""

    labels: int
    accuracy: float


def accuracy(versions: Sequence[Version]) -> Chart | None:
    """How often the model was right, out of fold, against the labels that it learned from; None before two of them."""
    steps = [Step(v.row.trained_on, v.accuracy) for v in reversed(versions) if v.accuracy is not None]
    return accuracy_chart(steps) if len(steps) > 1 else None


def accuracy_chart(steps: Sequence[Step]) -> Chart:
    """One point a model, oldest first, at least one. The axis begins at a round tenth below the worst."""
    floor = max(0.0, int(10 * min(one.accuracy for one in steps) - 1e-9) / 10)
    widest = ceiling(max(one.labels for one in steps), steps=2)
    grid = [floor + (1 - floor) * part / 2 for part in range(3)]
    at = [(100 * one.labels / widest, _height(one.accuracy, floor)) for one in steps]
    last = steps[-1]
    said = _(
        "Having learned from %(labels)s labels the model was right on %(share)s of those that it had not seen."
    ) % {
        "labels": count(last.labels),
        "share": percent(last.accuracy, TENTH),
    }
    heights = [_height(value, floor) for value in grid]
    rules: list[Shape] = [line([(0, y), (100, y)], "gridline") for y in heights]
    words = [Word(0, _height(value, floor), percent(value), "yt") for value in grid]
    words += [Word(x, y, "", "dotmark machine") for x, y in at]
    words += [Word(100 * part, BAND, short(widest * part), "xt") for part in (0.0, 0.5, 1.0)]
    return Chart(
        key="accuracy",
        title=_("How well the model has learned"),
        caption=said + " " + _("These labels are harder than most: people are asked where it is unsure."),
        spoken=said,
        legend=(("ln", _("right, on labels it had not seen")),),
        shapes=(*rules, line(at, "line")),
        words=tuple(words),
        table=Table(
            (_("Labels by people"), _("Right, not seen before")),
            tuple((count(one.labels), percent(one.accuracy, TENTH)) for one in steps),
        ),
        axis_name=_("labels by people"),
    )


def _height(share: float, floor: float) -> float:
    return BAND * (1 - share) / (1 - floor) if floor < 1 else 0.0
