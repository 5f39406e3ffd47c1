"""The numbers that dashboards show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labeling.flow import overview
from labeling.flow.background import work_off
from labeling.flow.overview_people import ENOUGH, agreement, likeness, own_agreement
from labeling.jobs.access import access_own_answers
from labeling.jobs.clock import database_now
from labeling.jobs.models import Certificate, DataObject, LabelingJob, ModelVersion, Tally, WorkDay
from tests.factories import MONDAY, Staff, answered, draft_job, held, staff, text_job


@pytest.fixture
def people(db: None) -> Staff:
    return staff("Crossings", workers=3)


def granted(job: LabelingJob, *, stage: int = 1, state: str = "granted", risk: float = 0.025) -> Certificate:
    version = ModelVersion.objects.create(job=job, number=stage, training_digest="0" * 64, created_at=MONDAY)
    return Certificate.objects.create(
        job=job, model_version=version, stage=stage, state=state, promise=0.05, risk=risk, order_digest="0" * 64,
        audited=10, wrong=0, covers=100, created_at=MONDAY, decided_at=MONDAY,
    )  # fmt: skip


def test_checked_objects_are_not_counted_twice(people: Staff) -> None:
    job = draft_job(people)
    Tally.objects.filter(job=job).update(total=100, by_people=40, by_machine=30, audited=5, failed=10)
    job.tally.refresh_from_db()
    now = overview.progress(job)
    assert (now.people, now.checked, now.machine, now.failed, now.waiting) == (35, 5, 30, 10, 20)
    assert now.done == 70
    assert now.share == 0.7


def test_a_job_without_objects_is_not_divided_by(people: Staff) -> None:
    now = overview.progress(draft_job(people))
    assert (now.share, now.pace, now.waiting) == (0.0, None, 0)


def test_the_promise_of_a_job_without_one_is_off(people: Staff) -> None:
    assert overview.promise(draft_job(people)).state == "off"


def test_before_any_decision_the_promise_waits(people: Staff) -> None:
    assert overview.promise(draft_job(people, target_error=0.05)).state == "waiting"


def test_a_later_refusal_takes_nothing_from_what_was_granted(people: Staff) -> None:
    job = draft_job(people, target_error=0.05)
    row = granted(job)
    granted(job, stage=2, state="refused")
    held_ = overview.promise(job)
    assert (held_.holds, held_.certificate, held_.sure) == (True, row, 0.975)


def test_a_revoked_promise_is_never_said_to_hold(people: Staff) -> None:
    job = draft_job(people, target_error=0.05)
    granted(job, state="revoked")
    assert not overview.promise(job).holds


def test_every_day_has_its_place_and_machine_labels_stand_on_the_day_of_their_certificate(people: Staff) -> None:
    job = draft_job(people)
    granted(job)
    today = MONDAY.date() + timedelta(days=2)
    for worker in people.workers[:2]:
        WorkDay.objects.create(job=job, worker=worker, day=today, answers=3, seconds=6)
    days = overview.days_of_work(job, today=today, days=4)
    assert [day.day for day in days] == [today - timedelta(days=n) for n in (3, 2, 1, 0)]
    assert [(day.answers, day.machine) for day in days] == [(0, 0), (0, 90), (0, 0), (6, 0)]


def test_failures_are_counted_by_reason_with_their_first_line(people: Staff) -> None:
    job = text_job(people, texts=5, handed_out=False)
    DataObject.objects.filter(job=job, position__in=[1, 3]).update(state="failed", failure_reason="gone")
    DataObject.objects.filter(job=job, position=4).update(state="failed", failure_reason="odd")
    assert [(f.reason, f.objects, f.first_line) for f in overview.failures(job)] == [("gone", 2, 2), ("odd", 1, 5)]


def test_workers_stand_by_what_they_did(people: Staff) -> None:
    job = draft_job(people)
    for worker, answers in zip(people.workers, (2, 9, 4), strict=True):
        WorkDay.objects.create(job=job, worker=worker, day=MONDAY.date(), answers=answers, seconds=answers * 3)
    rows = overview.workers(job)
    assert [row.answers for row in rows] == [9, 4, 2]
    assert rows[0].pace == 3
    assert len(overview.workers(job, limit=2)) == 2


def test_ones_own_work_is_ones_own(people: Staff) -> None:
    job = draft_job(people)
    for worker in people.workers:
        WorkDay.objects.create(job=job, worker=worker, day=MONDAY.date(), answers=5, seconds=10)
    assert overview.own_work(people.workers[0], since=MONDAY.date()) == {job.pk: overview.Share(5, 10)}
    assert overview.own_work(people.workers[0], since=MONDAY.date() + timedelta(days=1)) == {}


def test_when_it_will_be_finished_is_only_said_when_that_can_be_said(people: Staff) -> None:
    job = text_job(people, texts=20, handed_out=False)
    assert overview.finished_about(job, now=MONDAY) is None
    WorkDay.objects.create(job=job, worker=people.workers[0], day=MONDAY.date(), answers=5, seconds=10)
    assert overview.finished_about(job, now=MONDAY) == MONDAY + timedelta(days=4)


def test_the_range_of_a_share_is_wilsons() -> None:
    found = likeness([1.0] * 9 + [0.0])
    assert (round(found.low, 3), round(found.high, 3)) == (
        0.596,
        0.982,
    )  # Brown, Cai and DasGupta 2001 give the formula
    assert likeness([1.0]).low > 0


def test_agreement_counts_only_objects_that_several_people_answered(people: Staff) -> None:
    alone = text_job(people, name="Alone", texts=2)
    for _ in range(2):
        answered(held(alone, people.workers[0], database_now()), people.workers[0], 0, database_now())
    work_off(alone.pk)
    assert agreement(alone) == (None, {})


def test_who_differs_from_the_others_agrees_less(people: Staff) -> None:
    job = text_job(people, texts=8, workers=(3, 3))
    for worker, category in zip(people.workers, (0, 0, 1), strict=True):
        for _ in range(8):
            answered(held(job, worker, database_now()), worker, category, database_now())
    work_off(job.pk)
    team, by_worker = agreement(job)
    assert team is not None
    assert team.n == 24
    assert by_worker[people.workers[0].pk].mean == 1
    assert by_worker[people.workers[2].pk].mean == 0


def test_ones_own_agreement_is_only_said_on_enough_answers(people: Staff) -> None:
    worker = people.workers[0]
    job = text_job(people, texts=ENOUGH + 1, workers=(2, 2))
    for who in people.workers[:2]:
        for _ in range(ENOUGH - 1):
            answered(held(job, who, database_now()), who, 0, database_now())
    work_off(job.pk)
    assert own_agreement(access_own_answers(worker)) is None
    for who in people.workers[:2]:
        for _ in range(2):
            answered(held(job, who, database_now()), who, 0, database_now())
    work_off(job.pk)
    found = own_agreement(access_own_answers(worker))
    assert found is not None
    assert (found.mean, found.n) == (1.0, ENOUGH + 1)
