"""Background work: hints may be lost, repeated or late; the database says what must be done, and one worker does it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from kombu.exceptions import OperationalError

from labeling.flow import background, later
from labeling.flow.export import Wishes
from labeling.flow.export_requests import request_export
from labeling.jobs.clock import database_now
from labeling.jobs.models import Assignment, DataObject, Export, Label, LabelingJob, Outbox, Task, Turn
from labeling.jobs.turns import turn
from tests.factories import Staff, answered, held, staff, text_job


@pytest.fixture(autouse=True)
def _no_hint_on_its_way() -> None:
    later._due.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Messages that went to the broker; none arrives."""
    messages: list[Any] = []

    def send(name: str, args: list[int] | None = None, **options: Any) -> None:
        messages.append((name, *(args or [])))

    monkeypatch.setattr(later.current_app, "send_task", send)
    return messages


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


def answer_one(job: LabelingJob, people: Staff) -> None:
    now = database_now()
    answered(held(job, people.workers[0], now), people.workers[0], 0, now)


def test_an_answer_leaves_a_row_and_one_hint_after_the_commit(
    people: Staff, sent: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    job = text_job(people, texts=3)
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer_one(job, people)
        answer_one(job, people)
        assert sent == []
    assert sent == [(later.DISPATCH, job.pk)], "answers of one moment share a hint"
    assert Outbox.objects.filter(job=job, kind="answered").count() == 2


def test_an_answer_is_taken_although_the_broker_is_gone(
    people: Staff, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    tries: list[str] = []

    def gone(name: str, **_: Any) -> None:
        tries.append(name)
        raise OperationalError("no broker")

    job = text_job(people, texts=2)
    monkeypatch.setattr(later.current_app, "send_task", gone)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            answer_one(job, people)
    assert len(tries) == 1, "each answer would wait for the broker"
    background.dispatch(job.pk)
    assert Label.objects.count() == 2


def test_the_sweep_finds_jobs_whose_hints_were_lost(people: Staff, sent: list[Any]) -> None:
    job = text_job(people, texts=1)
    answer_one(job, people)
    sent.clear()
    later._due.clear()
    background.sweep()
    assert (later.DISPATCH, job.pk) in sent


def test_the_sweep_looks_at_running_jobs_and_at_rows_of_the_others(people: Staff, sent: list[Any]) -> None:
    idle, stopped = text_job(people, name="Idle"), text_job(people, name="Stopped")
    LabelingJob.objects.filter(pk=stopped.pk).update(state="stopped")
    quiet = text_job(people, name="Quiet")
    LabelingJob.objects.filter(pk=quiet.pk).update(state="stopped")
    Outbox.objects.all().delete()
    request_export(stopped, wishes=Wishes(), by=people.lead, now=database_now())
    sent.clear()
    background.sweep()
    assert {job for _, job in sent} == {idle.pk, stopped.pk}


def test_the_sweep_returns_every_lease_that_has_run_out(people: Staff, sent: list[Any]) -> None:
    job = text_job(people, texts=4)
    for _ in range(3):
        held(job, people.workers[0], database_now())
    Assignment.objects.filter(state="leased").update(expires_at=database_now() - timedelta(seconds=1))
    held(job, people.workers[1], database_now())
    background.sweep()
    states = list(Assignment.objects.values_list("state", flat=True))
    assert sorted(states) == ["leased", "open", "open", "open"]


def test_dispatching_again_and_again_does_everything_once(people: Staff) -> None:
    job = text_job(people, texts=2, handed_out=False)
    for _ in range(3):
        background.dispatch(job.pk)
    assert Task.objects.count() == 2
    answer_one(job, people)
    for _ in range(3):
        background.dispatch(job.pk)
    assert Label.objects.count() == 1
    assert not Outbox.objects.exists()


def test_a_hint_for_a_job_that_is_gone_harms_nobody(people: Staff) -> None:
    job = text_job(people, texts=1)
    pk = job.pk
    Task.objects.all().delete()
    job.delete()
    background.dispatch(pk)


def test_rows_of_a_paused_job_are_worked_off(people: Staff) -> None:
    job = text_job(people, texts=2)
    answer_one(job, people)
    LabelingJob.objects.filter(pk=job.pk).update(state="paused")
    background.dispatch(job.pk)
    assert Label.objects.count() == 1
    assert not Outbox.objects.exists()


def test_an_export_is_written_once_however_often_it_is_looked_at(people: Staff) -> None:
    job = text_job(people, texts=2)
    request_export(job, wishes=Wishes(), by=people.lead, now=database_now())
    same = request_export(job, wishes=Wishes(), by=people.lead, now=database_now())
    assert Export.objects.count() == 1
    for _ in range(2):
        background.dispatch(job.pk)
    same.refresh_from_db()
    assert (same.state, same.lines) == ("ready", 2)


def test_an_object_that_breaks_its_job_does_not_stop_the_others(people: Staff) -> None:
    broken, sound = text_job(people, name="Broken", texts=1), text_job(people, name="Sound", texts=1)
    DataObject.objects.filter(job=broken).update(line="no JSON")
    for job in (broken, sound):
        now = database_now()
        lease = held(job, people.workers[0], now)
        if job is sound:
            answered(lease, people.workers[0], 0, now)
    background.dispatch(sound.pk)
    assert Label.objects.filter(job=sound).count() == 1


def test_a_turn_is_one_holders_at_a_time(people: Staff) -> None:
    job = text_job(people, texts=1)
    with turn(job.pk) as mine:
        assert mine
        with turn(job.pk) as theirs:
            assert not theirs
    with turn(job.pk) as again:
        assert again


def test_while_another_has_the_turn_nothing_is_done_and_nothing_lost(people: Staff) -> None:
    job = text_job(people, texts=1)
    answer_one(job, people)
    with turn(job.pk):
        background.dispatch(job.pk)
        assert not Label.objects.exists()
    background.dispatch(job.pk)
    assert Label.objects.count() == 1


def test_a_killed_holders_turn_runs_out(people: Staff) -> None:
    job = text_job(people, texts=1)
    Turn.objects.update_or_create(job=job, defaults={"token": "dead", "until": database_now() + timedelta(seconds=30)})
    with turn(job.pk) as mine:
        assert not mine
    Turn.objects.filter(job=job).update(until=database_now() - timedelta(milliseconds=1))
    with turn(job.pk) as mine:
        assert mine


def test_a_frozen_holder_does_not_give_back_the_turn_of_who_came_after(people: Staff) -> None:
    job = text_job(people, texts=1)
    with turn(job.pk):
        Turn.objects.filter(job=job).update(token="another", until=database_now() + timedelta(seconds=30))
    assert Turn.objects.get(job=job).token == "another"


def test_a_turn_ends_when_its_work_breaks(people: Staff) -> None:
    job = text_job(people, texts=1)
    with pytest.raises(RuntimeError), turn(job.pk):
        raise RuntimeError
    with turn(job.pk) as mine:
        assert mine


@pytest.fixture
def racing(transactional_db: None) -> LabelingJob:
    return text_job(staff(), texts=1)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_turn_at_once_one_gets_it(racing: LabelingJob) -> None:
    start, asked = threading.Barrier(8), threading.Barrier(8)

    def want(_: int) -> bool:
        try:
            start.wait()
            with turn(racing.pk) as mine:
                asked.wait()
                return mine
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(want, range(8))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_long_piece_of_work_keeps_its_turn(racing: LabelingJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labeling.jobs.turns.RENEW_EVERY", 0.02)
    monkeypatch.setattr("labeling.jobs.turns.LASTS", timedelta(seconds=5))
    renewed = threading.Event()
    with turn(racing.pk) as mine:
        assert mine
        first = Turn.objects.get().until
        for _ in range(500):
            if renewed.wait(0.02) or Turn.objects.get().until != first:
                break
        assert Turn.objects.get().until > first  # type: ignore[operator]
    assert Turn.objects.get().token == ""
