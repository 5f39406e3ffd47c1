"""What a lead may have tried again: objects that failed, and videos that there is no proxy of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from labeling.flow import intake
from labeling.flow.audit_trail import note
from labeling.flow.later import hint_media
from labeling.jobs.dialect import write
from labeling.jobs.models import LabelingJob, Media
from labeling.workforce.models import User


@dataclass(frozen=True)
class Retried:
    """How many came back: objects that are asked about again, and videos that are made ready once more."""

    objects: int
    videos: int


def retry(job: LabelingJob, *, by: User, now: datetime) -> Retried:
    """Offer failed objects once more, and have missing proxies made again. What fails again keeps its new reason."""
    return Retried(intake.retry_failed(job, by=by, now=now), retry_videos(job, by=by, now=now))


def retry_videos(job: LabelingJob, *, by: User, now: datetime) -> int:
    """Let the background make proxies that it could not make; how many. They are labeled meanwhile."""
    with write():
        rows = Media.objects.filter(kind="video", state=Media.State.FAILED)
        rows = rows.filter(pk__in=job.objects_of.filter(media__isnull=False).values("media"))
        begun = rows.update(state=Media.State.WAITING, trouble="", progress=0, attempts=0, claim="", claimed_until=None)
        if begun:
            note("videos-retried", by=by, now=now, job=job, videos=begun)
            transaction.on_commit(hint_media)
    return begun
