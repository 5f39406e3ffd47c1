"""Failed data objects, tried again: their files are read anew from the folder that the job was made from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from django.db.models import F

from labeling.errors import Conflict, Problem
from labeling.flow.audit_trail import note
from labeling.flow.later import later
from labeling.flow.media_rows import FetchedMedia, MediaTaker
from labeling.formats.references import Reference, classify, open_under
from labeling.jobs.dialect import write
from labeling.jobs.models import DataObject, LabelingJob, Tally
from labeling.jobs.questions import type_of
from labeling.jobs.states import JobState, ObjectState
from labeling.workforce.models import User

BATCH: Final = 200


def retry_failed(job: LabelingJob, *, by: User, now: datetime) -> int:
    """Read every failed object's file again; how many can be labeled now. The others keep a new reason.

    Raises Conflict when the job has no folder to read from (its files came by upload).
    """
    if not job.root:
        raise Conflict(
            "The files of this job were uploaded, so there is no folder to read them from again.",
            where="root",
            todo="Upload the mended files as new objects.",
        )
    taker, mended, last = MediaTaker(type_of(job).media), 0, -1
    rows = DataObject.objects.filter(job=job, state=ObjectState.FAILED).order_by("position")
    while batch := list(rows.filter(position__gt=last)[:BATCH]):
        mended += _retry(job, taker, batch)
        last = batch[-1].position
    with write():
        note("objects-retried", by=by, now=now, job=job, mended=mended)
        if mended and job.state == JobState.COMPLETED:
            LabelingJob.objects.filter(pk=job.pk, state=JobState.COMPLETED).update(
                state=JobState.RUNNING, ended_at=None
            )
        later(job, "objects", now=now)
    return mended


def _retry(job: LabelingJob, taker: MediaTaker, batch: list[DataObject]) -> int:
    def opener(reference: Reference) -> BinaryIO:
        return open_under(Path(job.root), reference)

    wanted = [(row.name, _reference(row)) for row in batch]
    fetched = taker.fetch(wanted, opener)
    good = 0
    with write():
        for row, media in zip(batch, fetched, strict=True):
            again = DataObject.objects.filter(pk=row.pk, state=ObjectState.FAILED)
            if isinstance(media, FetchedMedia):
                good += again.update(
                    state=ObjectState.PENDING, failure_reason="", media=media.row, retries=F("retries") + 1
                )
            elif isinstance(media, Problem):
                again.update(failure_reason=f"ClientError: {media.what}", retries=F("retries") + 1)
        Tally.objects.filter(job=job).update(failed=F("failed") - good)
    return good


def _reference(row: DataObject) -> Reference | None:
    text = row.content.get("source-ref")
    return classify(text) if isinstance(text, str) else None  # its line was taken, so it can be classified
