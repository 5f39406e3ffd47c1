"""What a job costs people in seconds: spent, still to come, and by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labeling.flow.ways import defaults
from labeling.jobs.models import Iteration, LabelingJob, Tally
from labeling.learners.ways import Prices


@dataclass(frozen=True)
class PeoplesTime:
    """Seconds of people's time. `expected`: when the job is done, as things stand; `by_hand`: if each object were
    answered in full by as many people as the job asks. prices: of one object, `learned` from the
    job's own answers once it has a model, assumed before that."""

    spent: float
    expected: float
    by_hand: float
    prices: Prices
    learned: bool

    @property
    def saved(self) -> float:
        """Share of the seconds by hand; below 0 when it takes longer."""
        return 1 - self.expected / self.by_hand if self.by_hand else 0.0


def peoples_time(job: LabelingJob, tally: Tally, current: Iteration | None) -> PeoplesTime:
    """From counters and what the newest round wrote down; nothing is counted here. A forecast, never evidence."""
    detail: Mapping[str, Any] = current.detail if current else {}
    costs = detail.get("ways")
    prices = Prices(**costs["prices"]) if costs else defaults(job)
    objects, opinions = tally.total - tally.failed, job.workers_min
    each = prices.full * opinions
    asked = costs["glanced"] + costs["full"] if costs else 0
    mean = costs["seconds"] / asked if costs and asked else each
    machine = detail.get("forecast", {}).get("machine", 0) if not tally.by_machine else 0
    left = max(0, tally.waiting - machine) * (mean if job.glance else each)
    return PeoplesTime(tally.seconds, tally.seconds + left, max(0, objects) * each, prices, bool(costs))
