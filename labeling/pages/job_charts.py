"""A job's records as the charts take them."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.flow.overview import Forecast, Promise
from labeling.pages.charts import Chart, LearningPoint, ThresholdPoint, learning_chart, threshold_chart


def threshold(promise: Promise) -> Chart | None:
    """How far the machine may go, from the newest certificate's evidence; None while there is none."""
    row = promise.certificate
    if row is None or not row.curve:
        return None
    curve = sorted(row.curve, key=lambda point: float(point["share"]))
    points = [ThresholdPoint(point["share"], point["estimate"], point["upper"]) for point in curve]
    reached = [at for at, point in zip(points, curve, strict=True) if point["objects"] == row.covers]
    return threshold_chart(points, promise=row.promise, chosen=reached[0] if promise.holds and reached else None)


def learning(forecasts: Sequence[Forecast]) -> Chart | None:
    """What each round's answers were expected to let the machine take; None before the first."""
    return learning_chart([LearningPoint(f.answers, f.machine) for f in forecasts]) if forecasts else None
