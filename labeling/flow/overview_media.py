"""How far a job's videos are made ready, as its lead sees it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Avg, Count, Q

from labeling.jobs.models import LabelingJob, Media
from labeling.jobs.questions import type_of


@dataclass(frozen=True)
class Videos:
    """waiting: not ready yet, of `total`; `percent` of the work on all. without: shown by single frames, and why."""

    total: int = 0
    waiting: int = 0
    percent: int = 100
    without: int = 0
    why: str = ""

    @property
    def ready(self) -> int:
        return self.total - self.waiting


def videos(job: LabelingJob) -> Videos:
    """Of each file once, however many data objects it has. Nothing is looked up where a job has no videos."""
    if type_of(job).media != "video":
        return Videos()
    rows = Media.objects.filter(kind="video", pk__in=job.objects_of.filter(media__isnull=False).values("media"))
    found = rows.aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=Q(state=Media.State.WAITING)),
        without=Count("pk", filter=Q(state=Media.State.FAILED)),
        in_work=Avg("progress", filter=Q(state=Media.State.WAITING)),
    )
    total, waiting = found["total"], found["waiting"]
    done = 100 * (total - waiting) + (found["in_work"] or 0) * waiting
    first = rows.filter(state=Media.State.FAILED).order_by("pk").first()
    return Videos(total, waiting, int(done / total) if total else 100, found["without"], first.trouble if first else "")
