"""Several workers send the same labels back at once, as after a frozen one has woken up: each goes back once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from labeling.flow import alarm
from labeling.jobs.clock import database_now
from labeling.jobs.dialect import write
from labeling.jobs.models import AuditEvent, DataObject, Label, StandingAudit, Tally
from tests.factories import staff
from tests.flow.looping import certified_job

WORKERS = 4


@pytest.mark.django_db(transaction=True)
def test_labels_that_several_workers_send_back_go_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm, "BATCH", 7)
    job, _ = certified_job(staff(workers=1))
    drawn = StandingAudit.objects.get().drawn
    StandingAudit.objects.update(alarm_at=database_now())
    barrier = Barrier(WORKERS)

    def one(_: int) -> tuple[int, bool]:
        (row,) = alarm.raised(job)
        barrier.wait()
        taken = alarm.send_back(job, row)
        with write():
            return taken, alarm.settle(job, row, now=database_now())

    outcomes = at_once(one)
    row = StandingAudit.objects.get()
    assert sum(taken for taken, _ in outcomes) == row.sent_back == 90
    assert [settled for _, settled in outcomes].count(True) == 1
    assert row.answers_back == 90 - drawn == DataObject.objects.filter(job=job, state="pending").count()
    assert Tally.objects.get(job=job).by_machine == 0
    assert not Label.objects.filter(job=job, current=True, by="machine").exists()
    assert AuditEvent.objects.filter(what="alarm-settled").count() == 1


def at_once(work: Callable[[int], Any]) -> list[Any]:
    def with_its_connection(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(with_its_connection, range(WORKERS)))
