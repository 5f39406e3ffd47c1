"""Answers -> one label: when it is made, of what, and that its counters say what the rows say."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum

from labeling.flow import background, consolidation, intake, leasing, routing
from labeling.flow.background import work_off
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import Annotation, DataObject, Label, LabelingJob, Outbox, Tally, Task, WorkDay
from labeling.workforce.models import Membership, User
from tests.factories import MONDAY, Staff, answered, held, staff, text_job


@pytest.fixture
def crew(db: None) -> Staff:
    return staff(workers=4)


def all_answer(job: LabelingJob, workers: list[User], category: int = 0) -> None:
    """Each of `workers` answers whatever is open to them."""
    for worker in workers:
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            answered(lease, worker, category, database_now())


def label_of(job: LabelingJob) -> Label:
    return Label.objects.get(job=job, current=True)


def counters_hold(job: LabelingJob) -> None:
    """Every counter is what the rows say."""
    tally = Tally.objects.get(job=job)
    states = Counter(DataObject.objects.filter(job=job).values_list("state", flat=True))
    answers = Annotation.objects.filter(job=job)
    assert tally.total == sum(states.values())
    assert tally.failed == states["failed"]
    assert tally.by_people + tally.by_machine == states["labeled"]
    assert tally.by_people == Label.objects.filter(job=job, current=True, by="people").count()
    assert tally.answers == answers.count()
    assert tally.seconds == pytest.approx(answers.aggregate(s=Sum("active_seconds"))["s"] or 0)
    days = Counter((row.worker_id, row.submitted_at.date()) for row in answers)
    assert {(row.worker_id, row.day): row.answers for row in WorkDay.objects.filter(job=job)} == days


def test_a_single_answer_becomes_the_label(crew: Staff) -> None:
    job = text_job(crew, texts=1)
    answered(held(job, crew.workers[0], MONDAY), crew.workers[0], 1, MONDAY)
    assert not Label.objects.exists()
    work_off(job.pk)
    label = label_of(job)
    assert (label.answer, label.votes, label.by) == ({"category": 1}, 1, "people")
    assert label.annotations == [Annotation.objects.get().pk]
    assert DataObject.objects.get().state == "labeled"
    assert Task.objects.get().state == "closed"
    counters_hold(job)


def test_a_label_waits_for_every_answer_that_was_wanted(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(3, 3))
    for worker, category in zip(crew.workers, (1, 0, 1), strict=False):
        assert not Label.objects.exists()
        answered(held(job, worker, MONDAY), worker, category, MONDAY)
        work_off(job.pk)
    label = label_of(job)
    assert (label.answer, label.votes) == ({"category": 1}, 3)
    assert 0.5 < label.confidence < 1
    counters_hold(job)


def test_with_a_range_one_more_is_asked_only_while_the_answers_leave_doubt(crew: Staff) -> None:
    job = text_job(crew, texts=2, workers=(2, 4))
    sure, doubtful = Task.objects.order_by("pk")
    for worker, category in zip(crew.workers[:2], (0, 1), strict=True):
        for _ in range(2):
            lease = held(job, worker, MONDAY)
            answered(lease, worker, 0 if lease.task_id == sure.pk else category, MONDAY)
    work_off(job.pk)
    sure.refresh_from_db()
    doubtful.refresh_from_db()
    assert (sure.wanted, doubtful.wanted) == (2, 3)
    assert (sure.state, doubtful.state) == ("closed", "open")
    third = held(job, crew.workers[2], MONDAY)
    assert third.task_id == doubtful.pk
    assert leasing.claim(job, worker=crew.workers[3], now=MONDAY) is None, "two more were asked at once"


def test_with_a_range_no_more_than_the_most_are_asked(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(2, 3), classes=("a", "b", "c"))
    for worker, category in zip(crew.workers, (0, 1, 2), strict=False):
        answered(held(job, worker, MONDAY), worker, category, MONDAY)
        work_off(job.pk)
    label = label_of(job)
    assert label.votes == 3
    assert Task.objects.get().wanted == 3
    job.refresh_from_db()
    assert job.state == "completed"
    counters_hold(job)


def test_the_job_is_complete_when_every_object_has_its_label(crew: Staff) -> None:
    job = text_job(crew, texts=5)
    all_answer(job, crew.workers[:1])
    work_off(job.pk)
    job.refresh_from_db()
    assert job.state == "completed"
    assert job.ended_at is not None
    assert not Outbox.objects.exists()
    counters_hold(job)


def test_more_answers_than_a_batch_are_all_taken(crew: Staff) -> None:
    job = text_job(crew, texts=consolidation.BATCH + 20)
    all_answer(job, crew.workers[:2])
    work_off(job.pk)
    assert Label.objects.filter(current=True).count() == consolidation.BATCH + 20
    counters_hold(job)


def test_answers_of_two_days_are_two_work_days(crew: Staff) -> None:
    job = text_job(crew, texts=2)
    for day in (MONDAY, MONDAY + timedelta(days=1)):
        answered(held(job, crew.workers[0], day), crew.workers[0], 0, day, active_seconds=3)
    work_off(job.pk)
    assert list(WorkDay.objects.order_by("day").values_list("answers", "seconds")) == [(1, 3), (1, 3)]


@pytest.mark.parametrize("broken", ["_count", "_settle", "write_label", "withdraw"])
def test_a_crash_in_the_middle_changes_nothing_and_the_next_look_does_all(
    crew: Staff, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    job = text_job(crew, texts=3)
    all_answer(job, crew.workers[:1])

    def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(consolidation, broken, crash)
        with pytest.raises(KeyboardInterrupt):
            work_off(job.pk)
    assert not Label.objects.exists()
    assert Tally.objects.get(job=job).answers == 0
    work_off(job.pk)
    assert Label.objects.filter(current=True).count() == 3
    counters_hold(job)


def test_two_looks_at_the_same_rows_count_an_answer_once(crew: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was frozen past its turn wakes up in the middle: another one has done the work by then."""
    job = text_job(crew, texts=2)
    all_answer(job, crew.workers[:1])
    original, woken = consolidation._verdicts, []

    def frozen(*arguments: Any, **named: Any) -> Any:
        outcome = original(*arguments, **named)
        if not woken:
            woken.append(1)
            work_off(job.pk)
        return outcome

    monkeypatch.setattr(consolidation, "_verdicts", frozen)
    work_off(job.pk)
    assert Label.objects.count() == 2
    counters_hold(job)


def test_a_surplus_answer_is_counted_as_work_but_is_no_vote(crew: Staff) -> None:
    job = text_job(crew, texts=1)
    stale = held(job, crew.workers[0], MONDAY)
    token = token_of(stale)
    leasing.expire(now=MONDAY + timedelta(hours=1))
    later = MONDAY + timedelta(hours=1)
    answered(held(job, crew.workers[1], later), crew.workers[1], 0, later)
    assert answered(stale, crew.workers[0], 1, later, token=token).standing == "surplus"
    work_off(job.pk)
    label = label_of(job)
    assert (label.answer, label.votes) == ({"category": 0}, 1)
    assert Tally.objects.get(job=job).answers == 2
    counters_hold(job)


def votes_of_a_crowd(job: LabelingJob, workers: list[User], order: list[int]) -> None:
    """Two workers who agree and one who errs often; `order`: who answers first."""
    leases = {}
    for number in order:
        worker = workers[number]
        while lease := leasing.claim(job, worker=worker, now=MONDAY):
            leases[number, lease.task_id] = lease
            place = DataObject.objects.get(pk=lease.task.data_object_id).position
            truth = place % 2
            answered(lease, worker, truth if number < 2 or place % 3 else 1 - truth, MONDAY)
            work_off(job.pk)


def test_after_the_last_answer_the_labels_do_not_depend_on_who_came_first(crew: Staff) -> None:
    outcomes = []
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        job = text_job(crew, name=f"Order {order}", texts=12, workers=(3, 3))
        votes_of_a_crowd(job, crew.workers, order)
        job.refresh_from_db()
        assert job.state == "completed"
        labels = Label.objects.filter(job=job, current=True).order_by("data_object__position")
        outcomes.append([(label.answer, round(label.confidence, 6)) for label in labels])
        counters_hold(job)
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert [answer["category"] for answer, _ in outcomes[0]] == [place % 2 for place in range(12)]


def test_consolidating_again_keeps_the_labels_before(crew: Staff) -> None:
    job = text_job(crew, texts=4, workers=(3, 3))
    votes_of_a_crowd(job, crew.workers, [0, 1, 2])
    before = Label.objects.filter(job=job).count()
    assert consolidation.consolidate_again(job, now=MONDAY) == 0, "nothing new was learned"
    assert Label.objects.filter(job=job).count() == before
    assert Label.objects.filter(job=job, current=True).count() == 4


def skip(job: LabelingJob, worker: User) -> None:
    lease = held(job, worker, database_now())
    leasing.decline(lease, worker=worker, token=token_of(lease), reason="unreadable", now=database_now())
    work_off(job.pk)


def test_an_object_that_everybody_skipped_has_failed_and_says_so(crew: Staff) -> None:
    job = text_job(crew, texts=1)
    for worker in crew.workers:
        assert DataObject.objects.get().state == "with_people"
        skip(job, worker)
    row = DataObject.objects.get()
    assert (row.state, row.failure_reason) == ("failed", consolidation.ALL_DECLINED)
    job.refresh_from_db()
    assert job.state == "completed"
    counters_hold(job)


def test_an_object_that_everybody_skipped_can_be_asked_once_more(crew: Staff) -> None:
    job = text_job(crew, texts=1)
    for worker in crew.workers:
        skip(job, worker)
    assert intake.retry_failed(job, by=crew.lead, now=MONDAY) == 1
    work_off(job.pk)
    job.refresh_from_db()
    assert job.state == "running"
    answered(held(job, crew.workers[0], database_now()), crew.workers[0], 1, database_now())
    work_off(job.pk)
    assert label_of(job).answer == {"category": 1}
    assert DataObject.objects.get().retries == 1
    counters_hold(job)


def test_who_has_left_the_team_is_not_waited_for(crew: Staff) -> None:
    job = text_job(crew, texts=1)
    skip(job, crew.workers[0])
    Membership.objects.filter(user=crew.workers[0]).delete()
    newcomer = User.objects.create_user("newcomer")
    Membership.objects.create(user=newcomer, team=crew.team, role="worker")
    for worker in crew.workers[1:]:
        skip(job, worker)
    assert DataObject.objects.get().state == "with_people", "the newcomer has not been asked"
    skip(job, newcomer)
    assert DataObject.objects.get().state == "failed"


def test_when_the_rest_of_the_team_skipped_the_answers_that_came_are_enough(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(2, 2))
    answered(held(job, crew.workers[0], database_now()), crew.workers[0], 1, database_now())
    for worker in crew.workers[1:]:
        skip(job, worker)
    assert label_of(job).answer == {"category": 1}
    job.refresh_from_db()
    assert job.state == "completed", "the second place waits for nobody"
    counters_hold(job)


def test_a_task_is_not_given_up_while_somebody_holds_it(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(2, 2))
    lease = held(job, crew.workers[0], database_now())
    for worker in crew.workers[1:]:
        skip(job, worker)
    answered(lease, crew.workers[0], 1, database_now())
    work_off(job.pk)
    assert label_of(job).answer == {"category": 1}


def test_handing_out_twice_asks_once(crew: Staff) -> None:
    job = text_job(crew, texts=3)
    objects = list(DataObject.objects.values_list("pk", flat=True))
    assert routing.to_people(job, objects) == 0
    DataObject.objects.filter(pk=objects[0]).update(state="pending")
    Task.objects.filter(data_object=objects[0]).delete()
    assert routing.to_people(job, objects) == 1
    assert Task.objects.count() == 3


def test_a_look_at_a_job_that_owes_nothing_changes_nothing(crew: Staff) -> None:
    job = text_job(crew, texts=2)
    before = list(Task.objects.values_list("pk", "state", "wanted"))
    background.work_off(job.pk)
    assert list(Task.objects.values_list("pk", "state", "wanted")) == before


def test_nobody_is_waited_for_when_the_whole_team_has_answered_and_disagrees(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(2, 9), classes=("a", "b", "c", "d"))
    for category, worker in enumerate(crew.workers):
        answered(held(job, worker, MONDAY), worker, category, MONDAY)
        work_off(job.pk)
    assert label_of(job).votes == 4
    job.refresh_from_db()
    assert job.state == "completed"


def test_a_team_too_small_for_the_answers_that_a_job_wants_is_waited_for_to_grow(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(5, 5))
    for worker in crew.workers:
        answered(held(job, worker, MONDAY), worker, 0, MONDAY)
    work_off(job.pk)
    assert not Label.objects.exists()
    answered(held(job, crew.lead, MONDAY), crew.lead, 0, MONDAY)
    work_off(job.pk)
    assert label_of(job).votes == 5


def test_a_lead_alone_in_a_team_is_who_is_asked(db: None) -> None:
    alone = staff(workers=0)
    job = text_job(alone, texts=1)
    skip(job, alone.lead)
    assert DataObject.objects.get().state == "failed"
