"""What a promise rests on is asked of two, of a third where they differ, and tells how often people err."""

from __future__ import annotations

import pytest

from labeling.errors import InvalidJob
from labeling.flow import consolidation, evidence, leasing, routing
from labeling.flow.background import work_off
from labeling.flow.status import status_of
from labeling.jobs.clock import database_now
from labeling.jobs.models import Certificate, DataObject, Iteration, Label, LabelingJob, Task
from labeling.jobs.opinions import pairs_of
from tests.factories import Staff, answered, draft_job, staff, text_job
from tests.flow.looping import in_this_process, machine_job, people_answer, run_to_the_end

Draw = DataObject.Draw


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=3)


def asked_for(crew: Staff, draw: Draw, *, workers: tuple[int, int], objects: int = 1) -> LabelingJob:
    job = text_job(crew, texts=objects, handed_out=False, workers=workers, target_error=0.1)
    routing.to_people(job, [row.pk for row in job.objects_of.order_by("position")], draw=draw)
    return job


def answers(job: LabelingJob, crew: Staff, *categories: int) -> Task:
    """One after another of the crew answers the only object, and what follows is done."""
    for worker, category in zip(crew.workers, categories, strict=False):
        lease = leasing.claim(job, worker=worker, now=database_now())
        assert lease is not None
        answered(lease, worker, category, database_now())
        consolidation.consolidate_waiting(job.pk, now=database_now())
    return Task.objects.get(job=job)


@pytest.mark.parametrize(
    ("workers", "draw", "asked"),
    [
        ((1, 1), Draw.CALIBRATION, 1),
        ((1, 2), Draw.CALIBRATION, 2),
        ((1, 3), Draw.AUDIT_1, 2),
        ((1, 5), Draw.AUDIT_2, 2),
        ((3, 5), Draw.CALIBRATION, 3),
        ((1, 3), Draw.TRAINING, 1),
        ((1, 3), Draw.REST, 1),
    ],
)
def test_evidence_is_asked_of_two_where_the_job_may_and_anything_else_of_the_least(
    crew: Staff, workers: tuple[int, int], draw: Draw, asked: int
) -> None:
    task = Task.objects.get(job=asked_for(crew, draw, workers=workers))
    assert task.wanted == task.assignments.count() == asked


def test_two_who_agree_are_enough_and_a_third_is_asked_where_they_differ(crew: Staff) -> None:
    job = asked_for(crew, Draw.CALIBRATION, workers=(1, 3))
    assert answers(job, crew, 1, 1).state == "closed"
    other = asked_for_again(crew)
    task = answers(other, crew, 1, 0)
    assert (task.state, task.wanted) == ("open", 3)
    assert not Label.objects.filter(job=other).exists()
    (third,) = crew.workers[2:]
    lease = leasing.claim(other, worker=third, now=database_now())
    assert lease is not None
    answered(lease, third, 1, database_now())
    consolidation.consolidate_waiting(other.pk, now=database_now())
    assert Label.objects.get(job=other).answer == {"category": 1}


def asked_for_again(crew: Staff) -> LabelingJob:
    job = text_job(crew, name="Again", texts=1, handed_out=False, workers=(1, 3), target_error=0.1)
    routing.to_people(job, [job.objects_of.get().pk], draw=Draw.AUDIT_1)
    return job


def test_a_fourth_is_not_asked_for_the_promises_sake(crew: Staff) -> None:
    job = asked_for(crew, Draw.CALIBRATION, workers=(3, 3))
    assert answers(job, crew, 1, 0, 1).state == "closed"


def test_pairs_are_the_first_two_answers_of_random_draws_alone(crew: Staff) -> None:
    job = text_job(crew, texts=8, handed_out=False, workers=(1, 3), target_error=0.1)
    ids = list(job.objects_of.order_by("position").values_list("pk", flat=True))
    routing.to_people(job, ids[:4], draw=Draw.CALIBRATION)
    routing.to_people(job, ids[4:6], draw=Draw.AUDIT_1)
    routing.to_people(job, ids[6:], draw=Draw.STANDING)
    for number, worker in enumerate(crew.workers):
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            doubtful = lease.task.data_object.position in (0, 5, 7)
            answered(lease, worker, number % 2 if doubtful else 0, database_now())
        consolidation.consolidate_waiting(job.pk, now=database_now())
    assert pairs_of(job) == (6, 2)
    assert not Task.objects.filter(job=job).exclude(state="closed").exists()
    Task.objects.filter(job=job, data_object=ids[1]).update(purpose=Task.Purpose.REVIEW)
    assert pairs_of(job) == (5, 2), "who was asked anew about a label in doubt is no second opinion"


def test_a_job_that_asks_one_knows_nothing_of_people_and_takes_what_the_lead_states(crew: Staff) -> None:
    silent = draft_job(crew, name="Silent", target_error=0.05)
    assert evidence.people_of(silent).source == "unknown"
    told = draft_job(crew, name="Told", target_error=0.05, people_error=0.03)
    people = evidence.people_of(told)
    assert (people.source, people.upper, people.opinions) == ("stated", 0.03, 1)
    assert evidence.promise_of(told, people).held_to == pytest.approx(0.05 * 0.97)


@pytest.mark.parametrize("share", [-0.01, 0.5])
def test_people_who_are_wrong_more_often_than_not_are_refused(crew: Staff, share: float) -> None:
    with pytest.raises(InvalidJob) as refused:
        draft_job(crew, target_error=0.05, people_error=share)
    assert refused.value.where == "people_error"


def test_a_certificate_says_what_was_assumed_of_people_who_were_measured(crew: Staff) -> None:
    job, truth = machine_job(crew, workers=(1, 3))
    run_to_the_end(job, crew, truth)
    granted = Certificate.objects.get(job=job, state="granted")
    assert granted.people["source"] == "measured"
    assert granted.people["opinions"] == 3
    assert granted.people["pairs"] >= 40
    assert granted.people["differing"] == 0
    assert 0 < granted.people["upper"] < 0.15
    assert granted.plan["plan"]["missed"] == granted.people["upper"]
    assert granted.upper_limit is not None
    assert granted.upper_limit <= granted.promise == 0.1
    assert f"Two people differed on 0 of {granted.people['pairs']} objects" in granted.reason
    assert status_of(job)["Bound"]["PeopleError"] == granted.people["upper"]
    drawn = Task.objects.filter(data_object__in=granted.plan["drawn"])
    assert {task.wanted for task in drawn} == {2}, "people agree, so no third was asked"


def test_where_people_err_as_often_as_is_allowed_the_loop_says_so_before_anybody_checks(crew: Staff) -> None:
    job, truth = machine_job(crew, count=240, target_error=0.05, people_error=0.08)
    for _ in range(60):
        work_off(job.pk)
        rounds = Iteration.objects.filter(job=job, detail__forecast__isnull=False)
        if rounds.exists():
            break
        assert people_answer(job, crew, truth)
    forecast = rounds.earliest("number").detail["forecast"]
    assert forecast["machine"] == 0
    assert "each counts against the machine" in forecast["reason"]
    assert not Task.objects.filter(purpose="audit").exists()
    run_to_the_end(job, crew, truth)
    assert not Label.objects.filter(by="machine").exists()
    assert not Task.objects.filter(purpose="audit").exists()
    assert "each counts against the machine" in Certificate.objects.filter(job=job).latest("pk").reason
