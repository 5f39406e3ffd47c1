"""An alarm whose worker is killed after every write: nothing is lost, and no label goes back twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from labeling.flow import alarm, auto_label, consolidation, evidence, learning, leasing, loop, routing
from labeling.flow.background import work_off
from labeling.jobs import dialect
from labeling.jobs.clock import database_now
from labeling.jobs.models import (
    AuditEvent,
    Certificate,
    DataObject,
    Iteration,
    Label,
    LabelingJob,
    StandingAudit,
    Tally,
)
from tests.factories import Staff, answered, staff
from tests.flow.looping import certified_job, in_this_process


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


class Killed(BaseException):
    """As a kill -9 would: nothing catches it."""


@contextmanager
def killed_after(writes: int, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Dies right after the transaction number `writes` has been committed."""
    numbers = itertools.count(1)

    @contextmanager
    def write() -> Iterator[None]:
        with dialect.write():
            yield
        if next(numbers) == writes:
            raise Killed

    with patch.context() as patched:
        for module in (alarm, loop, evidence, auto_label, learning, routing, consolidation):
            patched.setattr(module, "write", write)
        patched.setattr(alarm, "BATCH", 10)
        yield


def traces(job: LabelingJob) -> Any:
    rows = StandingAudit.objects.filter(certificate__job=job).values_list("answered", "sent_back", "settled_at")
    return list(rows), Iteration.objects.filter(job=job).values_list("number", "phase").order_by("-number").first()


def what_is_left(job: LabelingJob) -> Any:
    """Everything that must not depend on crashes."""
    labels = Label.objects.filter(job=job).order_by("data_object__position", "pk").select_related("data_object")
    rows = StandingAudit.objects.filter(certificate__job=job).order_by("pk")
    return (
        [(label.data_object.position, label.by, label.current, label.answer) for label in labels],
        [(row.drawn, row.answered, row.wrong, row.sent_back, row.answers_back, bool(row.settled_at)) for row in rows],
        list(Certificate.objects.filter(job=job).order_by("stage").values_list("state", "order_digest")),
        list(DataObject.objects.filter(job=job).order_by("position").values_list("state", "drawn_for")),
        list(Iteration.objects.filter(job=job).order_by("number").values_list("number", "phase")),
    )


def test_a_kill_after_every_write_of_an_alarm_sends_no_label_back_twice(
    crew: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = []
    for name, killing in (("Calm", False), ("Killed", True)):
        job, truth = certified_job(crew, name=name)
        (worker,) = crew.workers
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            answered(lease, worker, 1 - truth[lease.task.data_object.position], database_now())
        kills, writes = 0, 1
        while killing:
            before = traces(job)
            try:
                with killed_after(writes, monkeypatch):
                    work_off(job.pk)
                break
            except Killed:
                kills += 1
                writes = 1 if traces(job) != before else writes + 1
        monkeypatch.setattr(alarm, "BATCH", 10)
        work_off(job.pk)
        assert kills > 6 or not killing
        assert AuditEvent.objects.filter(job=job, what="alarm-settled").count() == 1
        current = Label.objects.filter(job=job, current=True)
        tally = Tally.objects.get(job=job)
        assert (tally.by_machine, tally.by_people) == (0, current.filter(by="people").count())
        outcomes.append(what_is_left(job))
    assert outcomes[0] == outcomes[1]
    (row,) = outcomes[0][1]
    assert row[3] > 20, "it took several batches"
