"""One background worker at a time for a job, by a row that runs out."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models import Q

from labeling.jobs.clock import database_now
from labeling.jobs.dialect import write
from labeling.jobs.models import Turn

log = logging.getLogger(__name__)

LASTS = timedelta(seconds=30)
RENEW_EVERY = 8.0  # seconds


@contextmanager
def turn(job_id: int) -> Iterator[bool]:
    """True inside the block when the turn is ours; False when somebody else works on the job right now.

    A thread renews it, so a training of minutes keeps it, and a killed process loses it within 30 s. A frozen one may
    wake up to find it gone: what it writes then must still be right, so the loop's steps compare before they set.
    """
    token = secrets.token_hex(8)
    if not _take(job_id, token):
        yield False
        return
    done = threading.Event()
    renewer = threading.Thread(target=_keep, args=(job_id, token, done), daemon=True)
    renewer.start()
    try:
        yield True
    finally:
        done.set()
        renewer.join()
        with write():
            Turn.objects.filter(job_id=job_id, token=token).update(token="", until=None)


def _take(job_id: int, token: str) -> bool:
    now = database_now()
    with write():
        Turn.objects.get_or_create(job_id=job_id)
        free = Turn.objects.filter(Q(until__isnull=True) | Q(until__lte=now), job_id=job_id)
        return bool(free.update(token=token, until=now + LASTS))


def _keep(job_id: int, token: str, done: threading.Event) -> None:
    while not done.wait(RENEW_EVERY):
        try:
            with write():
                Turn.objects.filter(job_id=job_id, token=token).update(until=database_now() + LASTS)
        except DatabaseError as error:  # one missed beat is nothing; the next connection may be a good one
            log.warning("the turn of job %s was not renewed (%s)", job_id, error)
            connection.close()
    connection.close()  # this thread's own
