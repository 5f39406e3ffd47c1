"""Work for later: a row in the caller's transaction, and a hint to Celery by name after it commits.

Hints may be lost; the sweep finds what they missed. One hint covers everything that a job's rows ask for within a
moment: a message for each answer would cost more than the answer.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from labeling.jobs.models import LabelingJob, Outbox

log = logging.getLogger(__name__)

DISPATCH = "labeling.flow.background.dispatch"
PREPARE = "labeling.flow.background.prepare_media"
GATHER = 0.5  # seconds in which further rows share one hint
AWAY = 10.0  # seconds without a further try while the broker doesn't answer: the sweep looks every 20

_due: dict[int, float] = {}  # job id -> when the hint on its way will be read (monotonic seconds)
_lock = threading.Lock()


def later(job: LabelingJob | int, kind: str, *, now: datetime, **body: Any) -> None:
    """Write down that `kind` must be done for `job`. Call inside the transaction that causes it."""
    job_id = job if isinstance(job, int) else job.pk
    Outbox.objects.create(job_id=job_id, kind=kind, body=body, created_at=now)
    transaction.on_commit(lambda: hint(job_id))


def hint(job_id: int) -> None:
    """Tell the background workers to look at `job_id` soon. Never raises: the sweep will look anyway."""
    now = time.monotonic()
    with _lock:
        if _due.get(job_id, 0.0) > now:
            return
        _due[job_id] = now + GATHER
    try:
        current_app.send_task(DISPATCH, args=[job_id], countdown=GATHER, retry=False)
    except (OperationalError, OSError) as error:
        with _lock:
            _due[job_id] = now + AWAY
        log.warning("no hint for job %s (%s); the sweep will find it", job_id, error)


def hint_media() -> None:
    """Tell a background worker that videos wait to be made ready. Never raises: the sweep will look anyway."""
    try:
        current_app.send_task(PREPARE, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("no hint for videos (%s); the sweep will find them", error)
