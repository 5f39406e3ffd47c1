"""Which of the objects that go to people are looked at in the grid, by what an object costs people in this job.

The lead permits it (`glance`). What a promise rests on is never among them: calibration, audits, blind checks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np

from labeling.jobs.files import store
from labeling.jobs.models import Annotation, GlancePage, LabelingJob
from labeling.jobs.questions import type_of
from labeling.learners import decisions
from labeling.learners.rounds import Ints, Learned
from labeling.learners.ways import Prices, Seen, default_prices, expected_seconds, learn_prices
from labeling.quality.audit import Promise
from labeling.quality.guess import Evidence, chances_right

ANSWERS = 1000  # the last ones, by which a job's prices are learned
PAGES = 50


def prices_of(job: LabelingJob) -> Prices:
    """What a full answer and a look at one object cost here: defaults, moved by the job's own answers.

    How many wrong labels people overlook in a grid is not measured yet: nobody answers such an object twice.
    """
    full = Annotation.objects.filter(job=job, page__isnull=True, proposals_shown=False, superseded=False)
    pages = GlancePage.objects.filter(job=job, submitted_at__isnull=False).order_by("-pk")[:PAGES]
    seen = Seen(
        full=list(full.order_by("-pk").values_list("active_seconds", flat=True)[:ANSWERS]),
        glance=[
            seconds / (accepted + marked)
            for seconds, accepted, marked in pages.values_list("active_seconds", "accepted", "marked")
            for _ in range(accepted + marked)
        ],
    )
    return learn_prices(seen, defaults(job))


def defaults(job: LabelingJob) -> Prices:
    kind = type_of(job)
    return default_prices(kind.media, classes=job.categories.count(), shapes=bool(kind.tools))


def choose(
    job: LabelingJob, learned: Learned, places: Ints, evidence: Evidence, *, prices: Prices, promise: Promise
) -> tuple[Ints, dict[str, Any]]:
    """Of `places` that go to people those that are looked at in the grid, and what that is expected to cost.

    As JSON: `prices`; objects `glanced` and asked in `full`; `seconds` so, and `by_hand` if all were asked in full.
    """
    mask = np.zeros(len(places), dtype=np.bool_)
    if job.glance and len(places):
        mask = decisions.glance_mask(learned, places, evidence, prices=prices, promise=promise)
    right = chances_right(learned.score[places], evidence)
    opinions = job.workers_min
    costs = {
        "prices": asdict(prices),
        "glanced": int(mask.sum()),
        "full": int((~mask).sum()),
        "seconds": expected_seconds(right, mask, prices) * opinions,
        "by_hand": len(places) * prices.full * opinions,
    }
    return places[mask], costs


def keep_ids(ids: Sequence[int]) -> str:
    """Many data object ids as a file in storage; returns its key."""
    buffer = BytesIO()
    np.save(buffer, np.array(ids, dtype=np.int64))
    return store().put(buffer.getvalue())


def kept_ids(key: str) -> Collection[int]:
    with store().open(key) as stream:
        return frozenset(np.load(BytesIO(stream.read())).tolist())
