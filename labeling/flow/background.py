"""Celery's entry points: load by id, call one function. Messages are hints; the database says what must be done.

`dispatch` does whatever a job still owes, as often as it is called; `sweep` finds what a lost hint missed.
"""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task

from labeling.flow import consolidation, export_requests, leasing, loop, media_preparing
from labeling.flow.later import hint, hint_media
from labeling.jobs.clock import database_now
from labeling.jobs.dialect import write
from labeling.jobs.models import LabelingJob, Outbox
from labeling.jobs.states import JobState
from labeling.jobs.turns import turn

log = logging.getLogger(__name__)


@shared_task(name="labeling.flow.background.dispatch")
def dispatch(job_id: int) -> None:
    """Do what `job_id` owes, unless somebody does it already, or the job is gone."""
    if not LabelingJob.objects.filter(pk=job_id).exists():
        return
    with turn(job_id) as mine:
        if mine:
            work_off(job_id)


def work_off(job_id: int) -> None:
    """Answers into labels, then the loop as far as it goes, until nothing is owed. The caller has the job's turn."""
    while True:
        while consolidation.consolidate_waiting(job_id, now=database_now()):
            pass
        export_requests.export_waiting(job_id, now=database_now())
        loop.advance(job_id, now=database_now())
        if not _owed(job_id):
            return


def _owed(job_id: int) -> bool:
    """Whether more has come in; the kinds that only say "look at this job" are done by having looked."""
    with write():
        Outbox.objects.filter(job_id=job_id, kind__in=("state", "objects")).delete()
    return Outbox.objects.filter(job_id=job_id).exclude(kind="again").exists()  # those wait for the sweep


@shared_task(name="labeling.flow.background.prepare_media")
def prepare_media() -> None:
    """Videos made ready for the editor, as long as there is one and room for it."""
    media_preparing.prepare_waiting()


@shared_task(name="labeling.flow.background.sweep")
def sweep() -> None:
    """Every 20 s, and at start: expired leases back to the queue, and a look at every job that may owe something."""
    while leasing.expire(now=database_now()) >= 500:
        pass
    waiting: Any = Outbox.objects.values_list("job_id", flat=True).distinct()
    running: Any = LabelingJob.objects.filter(state=JobState.RUNNING).values_list("pk", flat=True)
    for job_id in sorted(set(waiting) | set(running)):
        hint(job_id)
    if media_preparing.anything_to_do(database_now()):
        hint_media()
