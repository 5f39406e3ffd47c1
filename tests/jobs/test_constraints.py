"""What the database itself refuses, whatever the code above it does."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from labeling.jobs.models import Annotation, Assignment, DataObject, Label, LabelingJob, StandingAudit, Task, WorkDay
from tests.factories import MONDAY, Staff, answered, held, text_job
from tests.pages.test_job_pages import certificate


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return text_job(people, texts=2, workers=(2, 2))


def refused(write: Callable[[], Any]) -> bool:
    """Whether the database refuses it. What was there before stays."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def test_a_worker_has_one_place_of_a_task(job: LabelingJob, people: Staff) -> None:
    one, other = Assignment.objects.filter(task=Task.objects.first()).order_by("place")
    lease = {"state": "leased", "token": "x", "expires_at": MONDAY, "worker": people.workers[0]}
    assert not refused(lambda: Assignment.objects.filter(pk=one.pk).update(**lease))
    assert refused(lambda: Assignment.objects.filter(pk=other.pk).update(**lease))
    assert not refused(lambda: Assignment.objects.filter(pk=other.pk).update(**{**lease, "worker": people.workers[1]}))


@pytest.mark.parametrize(
    "row",
    [
        {"state": "leased", "worker": None, "token": "x", "expires_at": MONDAY},
        {"state": "leased", "token": "", "expires_at": MONDAY},
        {"state": "leased", "token": "x", "expires_at": None},
        {"state": "submitted", "worker": None},
        {"state": "open"},
        {"state": "lost"},
    ],
)
def test_a_place_is_held_by_somebody_exactly_while_it_is_leased_or_submitted(
    job: LabelingJob, people: Staff, row: dict[str, Any]
) -> None:
    place = Assignment.objects.order_by("pk")[:1].get()
    change = {"worker": people.workers[0], **row}
    assert refused(lambda: Assignment.objects.filter(pk=place.pk).update(**change))


def test_a_task_has_each_place_once(job: LabelingJob) -> None:
    task = Task.objects.earliest("pk")
    assert refused(lambda: Assignment.objects.create(job=job, task=task, place=1))
    assert not refused(lambda: Assignment.objects.create(job=job, task=task, place=2))


def test_an_object_is_asked_once_for_a_purpose(job: LabelingJob) -> None:
    row = DataObject.objects.earliest("pk")
    assert refused(lambda: Task.objects.create(job=job, data_object=row))
    assert not refused(lambda: Task.objects.create(job=job, data_object=row, purpose="review"))


@pytest.mark.parametrize("wanted", [0, 10])
def test_a_task_wants_one_to_nine_answers(job: LabelingJob, wanted: int) -> None:
    assert refused(lambda: Task.objects.update(wanted=wanted))
    assert not refused(lambda: Task.objects.update(wanted=9))


def test_a_place_has_one_answer_that_counts(job: LabelingJob, people: Staff) -> None:
    kept = answered(held(job, people.workers[0], MONDAY), people.workers[0], 0, MONDAY)
    again = Annotation.objects.get(pk=kept.pk)
    again.pk, again.key = None, uuid.uuid4()
    assert refused(again.save)
    again.standing = "surplus"
    assert not refused(again.save)


def test_a_key_is_used_once_by_a_worker(job: LabelingJob, people: Staff) -> None:
    kept = answered(held(job, people.workers[0], MONDAY), people.workers[0], 0, MONDAY)
    again = Annotation.objects.get(pk=kept.pk)
    again.pk, again.standing = None, "surplus"
    assert refused(again.save)


def test_an_answer_is_kept_in_the_row_or_in_a_file(job: LabelingJob, people: Staff) -> None:
    kept = answered(held(job, people.workers[0], MONDAY), people.workers[0], 0, MONDAY)
    rows = Annotation.objects.filter(pk=kept.pk)
    assert refused(lambda: rows.update(answer=None))
    assert refused(lambda: rows.update(answer_key="x"))
    assert not refused(lambda: rows.update(answer=None, answer_key="x"))


def test_an_object_has_one_current_label(job: LabelingJob) -> None:
    row = DataObject.objects.earliest("pk")
    label = {"job": job, "data_object": row, "answer": {}, "confidence": 1, "by": "people", "created_at": MONDAY}
    assert not refused(lambda: Label.objects.create(**label))
    assert refused(lambda: Label.objects.create(**label))
    assert not refused(lambda: Label.objects.create(**label, current=False))


@pytest.mark.parametrize(
    "change",
    [
        {"state": "asleep"},
        {"workers_min": 0},
        {"workers_max": 10},
        {"workers_min": 2, "workers_max": 1},
        {"target_error": 0},
        {"target_error": 1},
    ],
)
def test_a_jobs_rules_are_sound(job: LabelingJob, change: dict[str, Any]) -> None:
    assert refused(lambda: LabelingJob.objects.update(**change))


def test_a_name_is_a_jobs_own_in_its_organisation(job: LabelingJob, people: Staff) -> None:
    other = text_job(people, name="Other")
    assert refused(lambda: LabelingJob.objects.filter(pk=other.pk).update(name=job.name))


def test_a_failed_object_says_why(job: LabelingJob) -> None:
    assert refused(lambda: DataObject.objects.update(state="failed"))
    assert not refused(lambda: DataObject.objects.update(state="failed", failure_reason="gone"))


def test_a_position_is_one_objects(job: LabelingJob) -> None:
    assert refused(lambda: DataObject.objects.create(job=job, position=0, line="{}", name="x"))


def test_a_worker_has_one_row_a_day(job: LabelingJob, people: Staff) -> None:
    day = {"job": job, "worker": people.lead, "day": MONDAY.date()}
    assert not refused(lambda: WorkDay.objects.create(**day))
    assert refused(lambda: WorkDay.objects.create(**day))


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_what_is_checked_later_is_a_share(job: LabelingJob, share: float) -> None:
    assert refused(lambda: LabelingJob.objects.filter(pk=job.pk).update(audit_share=share))


@pytest.mark.parametrize(
    "counts",
    [
        {"drawn": 1, "answered": 2},
        {"drawn": 2, "answered": 1, "wrong": 2},
        {"sent_back": 1},
        {"answers_back": 1},
        {"settled_at": MONDAY},
    ],
)
def test_checks_nest_and_labels_go_back_only_on_an_alarm(job: LabelingJob, counts: dict[str, Any]) -> None:
    row = StandingAudit(certificate=certificate(job), **counts)
    assert refused(row.save)
    row.drawn, row.answered, row.wrong, row.alarm_at = 9, 9, 9, MONDAY
    assert not refused(row.save)
