"""What SQLite and PostgreSQL may do differently: how to claim, how to write alone, and (clock.py) what time it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from labeling.jobs.states import AssignmentState

Row = TypeVar("Row", bound=Model)

_one_writer = threading.RLock()


@contextmanager
def write() -> Iterator[None]:
    """A transaction that writes. On SQLite one at a time in this process.

    SQLite's busy wait sleeps and is unfair: eight clients waited up to 1.5 s for each other without the lock, 0.1 s
    with it.
    """
    if connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    with _one_writer, transaction.atomic():
        yield


# One statement: whoever runs it gets the row or doesn't. A worker never meets a task that they hold, answered or
# skipped before; the unique (task, worker) catches their own double click.
CLAIM = """
UPDATE jobs_assignment
   SET state = %(leased)s, worker_id = %(worker)s, token = %(token)s, leased_at = %(now)s, expires_at = %(until)s
 WHERE id = (
    SELECT a.id
      FROM jobs_assignment a
     WHERE a.job_id = %(job)s
       AND a.at_a_glance = %(glance)s
       AND a.state = 'open'
       {part}
       AND NOT EXISTS (SELECT 1 FROM jobs_assignment b WHERE b.task_id = a.task_id AND b.worker_id = %(worker)s)
       AND NOT EXISTS (SELECT 1 FROM jobs_decline d WHERE d.task_id = a.task_id AND d.worker_id = %(worker)s)
     ORDER BY a.urgency DESC, a.rank, a.id
     LIMIT 1
     {lock}
 )
RETURNING id, urgency, rank
"""


# What lies before a worker's last claim they have mostly done, and walking over it costs more with every answer (2 ms a
# claim at the start, 18 ms after 15,000 answers of three an object). So: what is more urgent, what follows, everything.
PARTS = ("AND a.urgency > %(urgency)s", "AND a.urgency = %(urgency)s AND a.rank >= %(rank)s", "")
Cursor = tuple[int, float]  # urgency, rank


def claim_next(
    *, job: int, worker: int, token: str, now: datetime, until: datetime, after: Cursor | None = None
) -> tuple[int, Cursor] | None:
    """Lease the first open assignment of `job` that `worker` may have: its id and place in the order; None without one.

    `after`: where their last one stood; only a hint, by which nothing is missed.
    """
    lock = "FOR UPDATE OF a SKIP LOCKED" if connection.vendor == "postgresql" else ""
    names: dict[str, Any] = {
        "leased": AssignmentState.LEASED.value,
        "job": job,
        "worker": worker,
        "token": token,
        "now": _moment(now),
        "until": _moment(until),
        "glance": False,
    }
    if after is not None:
        names |= {"urgency": after[0], "rank": after[1]}
    with connection.cursor() as cursor:
        for part in PARTS if after is not None else PARTS[-1:]:
            cursor.execute(CLAIM.format(lock=lock, part=part), names)
            row = cursor.fetchone()
            if row is not None:
                return int(row[0]), (int(row[1]), float(row[2]))
    return None


# As CLAIM, for many at once. Of a task's open places one is meant, another for each worker, so that two at once seldom
# want the same. MATERIALIZED: PostgreSQL may otherwise run the inner query again for each row, and lease too many.
CLAIM_PAGE = """
WITH chosen AS MATERIALIZED (
    SELECT a.id
      FROM jobs_assignment a
     WHERE a.job_id = %(job)s
       AND a.at_a_glance = %(glance)s
       AND a.state = 'open'
       AND NOT EXISTS (SELECT 1 FROM jobs_assignment b WHERE b.task_id = a.task_id AND b.worker_id = %(worker)s)
       AND NOT EXISTS (SELECT 1 FROM jobs_decline d WHERE d.task_id = a.task_id AND d.worker_id = %(worker)s)
       AND NOT EXISTS (SELECT 1 FROM jobs_assignment c
                        WHERE c.task_id = a.task_id AND c.state = 'open'
                          AND (c.place + %(worker)s) %% 9 < (a.place + %(worker)s) %% 9)
     ORDER BY a.urgency DESC, a.rank, a.id
     LIMIT %(count)s
     {lock}
)
UPDATE jobs_assignment
   SET state = %(leased)s, worker_id = %(worker)s, token = %(token)s, leased_at = %(now)s, expires_at = %(until)s,
       page_id = %(page)s
 WHERE id IN (SELECT id FROM chosen)
RETURNING id, urgency, rank
"""


def claim_page(
    *, job: int, worker: int, page: int, count: int, token: str, now: datetime, until: datetime
) -> list[int]:
    """Lease up to `count` open places of the grid, one a task, for one page: their ids, in their order."""
    lock = "FOR UPDATE OF a SKIP LOCKED" if connection.vendor == "postgresql" else ""
    names: dict[str, Any] = {
        "leased": AssignmentState.LEASED.value,
        "job": job,
        "worker": worker,
        "page": page,
        "count": count,
        "token": token,
        "now": _moment(now),
        "until": _moment(until),
        "glance": True,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_PAGE.format(lock=lock), names)
        rows = cursor.fetchall()
    return [int(pk) for pk, _, _ in sorted(rows, key=lambda row: (-row[1], row[2], row[0]))]


def lock_row(rows: QuerySet[Row], *, named: bool = True) -> QuerySet[Row]:
    """`SELECT ... FOR UPDATE` where the database has it; on SQLite the transaction holds everything already.

    named: whoever writes a row that names one of these waits too. Who locks tasks and places takes the tasks first, in
    the order of their ids, or two of them wait for each other.
    """
    return rows.select_for_update(no_key=not named) if connection.vendor == "postgresql" else rows


def _moment(value: datetime) -> object:
    """As the database's own driver stores a time (SQLite has text)."""
    return connection.ops.adapt_datetimefield_value(value)
