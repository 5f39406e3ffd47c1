"""Labels that the model doubts: the list, what a lead's word does to a label, and what it never does."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.errors import BadRequest, Conflict
from labeling.flow import consolidation, creation, doubts, leasing
from labeling.flow.background import work_off
from labeling.jobs.clock import database_now
from labeling.jobs.models import (
    Annotation,
    AuditEvent,
    Certificate,
    DataObject,
    DoubtCheck,
    Label,
    LabelingJob,
    StandingAudit,
    Tally,
    Task,
)
from tests.factories import MONDAY, Staff, answered, held, text_job
from tests.flow.looping import certified_job, people_answer, spoken
from tests.flow.test_consolidation import counters_hold

SAID = [0, 0, 0, 1, 1, 1]  # what people said of six texts
MODEL = [[0.95, 0.05], [0.02, 0.98], [0.9, 0.1], [0.7, 0.3], [0.1, 0.9], [0.05, 0.95]]  # doubts the 2nd and the 4th


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    """A finished job of six texts whose labels a model has looked at."""
    job = text_job(people, texts=6)
    answer_all(job, people, SAID)
    spoken(job, [[0.5, 0.5]] * 6, oof=dict(enumerate(MODEL)))
    job.refresh_from_db()
    assert job.state == "completed"
    return job


def answer_all(job: LabelingJob, people: Staff, said: list[int]) -> None:
    for worker in people.workers:
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            answered(lease, worker, said[lease.task.data_object.position], database_now())
    work_off(job.pk)


def places(job: LabelingJob) -> list[int]:
    return [one.label.data_object.position for one in doubts.doubts_of(job, limit=50).shown]


def label_at(job: LabelingJob, position: int) -> Label:
    return Label.objects.get(job=job, current=True, data_object__position=position)


def check(job: LabelingJob, people: Staff, *, wrong: Any = (), right: Any = ()) -> doubts.Checked:
    return doubts.check_labels(
        job,
        wrong=[label_at(job, place).pk for place in wrong],
        right=[label_at(job, place).pk for place in right],
        by=people.lead,
        now=MONDAY,
    )


def test_the_list_has_the_doubted_labels_with_what_the_model_would_say(job: LabelingJob) -> None:
    found = doubts.doubts_of(job, limit=50)
    assert found.left == 2
    worst, second = found.shown
    assert [one.label.data_object.position for one in (worst, second)] == [1, 3]
    assert (worst.label.answer, worst.suggested) == ({"category": 0}, {"category": 1})
    assert worst.chance == pytest.approx(0.02)
    assert worst.suggested_chance == pytest.approx(0.98)
    assert worst.score > second.score


def test_a_page_shows_the_worst_and_counts_the_rest(job: LabelingJob) -> None:
    found = doubts.doubts_of(job, limit=1)
    assert (len(found.shown), found.left) == (1, 2)


def test_two_that_are_marked_come_to_a_worker_again_before_all_else(job: LabelingJob, people: Staff) -> None:
    assert check(job, people, wrong=[1, 3]) == doubts.Checked(sent_back=2, kept=0)
    job.refresh_from_db()
    assert (job.state, job.ended_at) == ("running", None)
    assert Tally.objects.get(job=job).by_people == 4
    tasks = Task.objects.filter(job=job, purpose="review")
    assert sorted(task.data_object.position for task in tasks) == [1, 3]
    lease = held(job, people.workers[0], MONDAY)
    assert lease.task.purpose == "review"
    assert not lease.task.proposals_shown
    counters_hold(job)


def test_only_what_people_say_now_makes_the_new_label(job: LabelingJob, people: Staff) -> None:
    check(job, people, wrong=[1])
    answer_all(job, people, [1] * 6)
    label = label_at(job, 1)
    assert (label.answer, label.votes, label.confidence > 0.5) == ({"category": 1}, 1, True)
    assert Annotation.objects.filter(data_object__position=1, superseded=False).count() == 2, "the old answer is kept"
    assert Label.objects.filter(data_object__position=1).count() == 2
    job.refresh_from_db()
    assert job.state == "completed"
    counters_hold(job)


def test_what_is_right_stays_and_is_not_asked_about_again(job: LabelingJob, people: Staff) -> None:
    before = label_at(job, 1)
    assert check(job, people, right=[1]) == doubts.Checked(sent_back=0, kept=1)
    assert label_at(job, 1) == before
    assert places(job) == [3]
    spoken(job, [[0.5, 0.5]] * 6, oof=dict(enumerate(MODEL)), number=2)
    assert places(job) == [3], "a later model asks again"
    job.refresh_from_db()
    assert job.state == "completed"


def test_what_is_right_is_not_changed_by_the_last_consolidation(people: Staff) -> None:
    job = text_job(people, texts=1, workers=(2, 2))
    for worker, category in zip(people.workers, (0, 1), strict=True):
        answered(held(job, worker, MONDAY), worker, category, MONDAY)
    work_off(job.pk)
    label = label_at(job, 0)
    said = [[0.01, 0.99]] if label.answer == {"category": 0} else [[0.99, 0.01]]
    spoken(job, said)
    check(job, people, right=[0])
    assert consolidation.consolidate_again(job, now=MONDAY) == 0
    DoubtCheck.objects.all().delete()
    assert consolidation.consolidate_again(job, now=MONDAY) == 1


def test_a_word_that_is_sent_twice_changes_nothing_more(job: LabelingJob, people: Staff) -> None:
    ids = [label_at(job, 1).pk, label_at(job, 3).pk]
    for _ in range(2):
        done = doubts.check_labels(job, wrong=ids[:1], right=ids[1:], by=people.lead, now=MONDAY)
    assert done == doubts.Checked(0, 0)
    assert Task.objects.filter(purpose="review").count() == 1
    assert DoubtCheck.objects.count() == 2
    assert AuditEvent.objects.filter(what="labels-checked").count() == 1
    counters_hold(job)


def test_a_label_can_go_back_a_second_time(job: LabelingJob, people: Staff) -> None:
    check(job, people, wrong=[1])
    answer_all(job, people, [0] * 6)
    assert check(job, people, wrong=[1]).sent_back == 1
    answer_all(job, people, [1] * 6)
    assert label_at(job, 1).answer == {"category": 1}
    assert Task.objects.filter(purpose="review").count() == 2


def test_an_object_that_went_back_and_failed_can_be_tried_again(job: LabelingJob, people: Staff) -> None:
    from labeling.flow import intake

    check(job, people, wrong=[1])
    for worker in people.workers:
        lease = held(job, worker, MONDAY)
        leasing.decline(lease, worker=worker, token=token(lease), reason="unclear", now=MONDAY)
    work_off(job.pk)
    assert DataObject.objects.get(position=1).state == "failed"
    assert intake.retry_failed(job, by=people.lead, now=MONDAY) == 1
    assert held(job, people.workers[0], MONDAY).task.purpose == "review"


def token(lease: Any) -> str:
    from labeling.jobs.lease_tokens import token_of

    return token_of(lease)


def test_labels_of_an_audit_that_is_not_decided_are_left_out(job: LabelingJob, people: Staff) -> None:
    label, version = label_at(job, 1), job.model_versions.get()
    certificate = Certificate.objects.create(
        job=job, model_version=version, stage=1, state="auditing", promise=0.1, risk=0.05, order_digest="",
        plan={"drawn": [label.data_object_id]}, created_at=MONDAY,
    )  # fmt: skip
    assert places(job) == [3]
    assert check(job, people, wrong=[1]) == doubts.Checked(0, 0)
    Certificate.objects.filter(pk=certificate.pk).update(state="refused")
    assert places(job) == [1, 3]


def test_a_decided_check_of_the_machine_keeps_its_counts(people: Staff) -> None:
    job, truth = certified_job(people, count=60, by_machine=40, share=0.5)
    people_answer(job, people, truth)
    work_off(job.pk)
    before = StandingAudit.objects.get()
    tally = Tally.objects.get(job=job)
    assert before.answered > 0
    checked = Label.objects.filter(job=job, current=True, data_object__drawn_for="standing", by="people").first()
    assert checked is not None
    spoken(job, [[0.5, 0.5]] * 60, number=2)
    doubts.check_labels(job, wrong=[checked.pk], right=[], by=people.lead, now=MONDAY)
    assert Tally.objects.get(job=job).audited == tally.audited - 1
    people_answer(job, people, [1 - one for one in truth])
    after = StandingAudit.objects.get()
    assert (after.answered, after.wrong) == (before.answered, before.wrong)
    assert Tally.objects.get(job=job).audited == tally.audited
    counters_hold(job)


def test_machine_labels_and_unlabeled_objects_are_not_on_the_list(people: Staff) -> None:
    job, _truth = certified_job(people, count=20, by_machine=10, share=0.0)
    spoken(job, [[0.99, 0.01], [0.01, 0.99]] * 10, number=2)
    assert doubts.doubts_of(job, limit=50).left == 0


def test_without_a_model_the_list_says_so(people: Staff) -> None:
    job = text_job(people, texts=1)
    found = doubts.doubts_of(job, limit=50)
    assert (found.version, found.left) == (None, 0)
    assert doubts.check_labels(job, wrong=[1], right=[2], by=people.lead, now=MONDAY) == doubts.Checked(0, 0)


def test_a_type_that_nothing_learns_has_no_list(people: Staff) -> None:
    job = text_job(people, texts=1, task_type="named-entities", classes=("a",))
    assert doubts.doubts_of(job, limit=50).version is None


def test_a_stopped_job_sends_nothing_back_but_takes_what_is_right(job: LabelingJob, people: Staff) -> None:
    creation.resume_job(job, by=people.lead, now=MONDAY)
    creation.stop_job(job, by=people.lead, now=MONDAY)
    with pytest.raises(Conflict):
        check(job, people, wrong=[1])
    assert label_at(job, 1).current
    assert check(job, people, right=[1]).kept == 1


def test_a_label_that_is_both_and_too_many_labels_are_refused(job: LabelingJob, people: Staff) -> None:
    with pytest.raises(BadRequest):
        check(job, people, wrong=[1], right=[1])
    with pytest.raises(BadRequest):
        doubts.check_labels(job, wrong=range(101), right=[], by=people.lead, now=MONDAY)


def test_labels_of_another_job_are_left_alone(job: LabelingJob, people: Staff) -> None:
    other = text_job(people, texts=1, name="Another")
    answer_all(other, people, [0])
    foreign = label_at(other, 0)
    assert doubts.check_labels(job, wrong=[foreign.pk], right=[], by=people.lead, now=MONDAY).sent_back == 0
    foreign.refresh_from_db()
    assert foreign.current
