"""Nobody waits for the machine: a few objects are asked ahead, and no round waits for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from labeling.flow import ahead, learning, leasing
from labeling.flow.background import work_off
from labeling.flow.consolidation import consolidate_waiting
from labeling.jobs.clock import database_now
from labeling.jobs.models import Assignment, DataObject, Iteration, LabelingJob
from labeling.learners import decisions
from tests.factories import Staff, answered, staff
from tests.flow.looping import in_this_process, knowing, machine_job

pytestmark = pytest.mark.one_database


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    monkeypatch.setattr(decisions, "keep_training", lambda *_: decisions.Step(go=True, reason="for the test"))
    return staff(workers=2)


@pytest.fixture
def told(crew: Staff) -> tuple[LabelingJob, list[int]]:
    """A job in its second round, with a first model; each object costs one answer."""
    job, truth = machine_job(crew)
    work_off(job.pk)
    answer(job, crew, truth, the_rounds_own(job))
    work_off(job.pk)
    return job, truth


def draws(job: LabelingJob) -> list[str]:
    """What the objects with people were drawn for, in the order in which they are handed out."""
    rows = Assignment.objects.filter(job=job, state="open").order_by("-urgency", "rank", "pk")
    return list(rows.values_list("task__data_object__drawn_for", flat=True))


def answer(job: LabelingJob, crew: Staff, truth: list[int], count: int) -> list[str]:
    """The first worker answers; what these objects had been drawn for."""
    drawn = []
    for _ in range(count):
        lease = leasing.claim(job, worker=crew.workers[0], now=database_now())
        assert lease is not None
        answered(lease, crew.workers[0], truth[lease.task.data_object.position], database_now())
        drawn.append(lease.task.data_object.drawn_for)
    while consolidate_waiting(job.pk, now=database_now()):
        pass
    return drawn


def the_rounds_own(job: LabelingJob) -> int:
    return sum(draw != "ahead" for draw in draws(job))


def rounds(job: LabelingJob) -> int:
    return Iteration.objects.filter(job=job).count()


def test_who_has_nothing_left_of_the_batch_goes_on_with_what_is_asked_ahead(
    crew: Staff, told: tuple[LabelingJob, list[int]]
) -> None:
    job, truth = told
    one, other = crew.workers
    answer(job, crew, truth, the_rounds_own(job) - 1)
    last = leasing.claim(job, worker=one, now=database_now())
    meanwhile = leasing.claim(job, worker=other, now=database_now())
    assert last is not None
    assert last.task.data_object.drawn_for == "training"
    assert meanwhile is not None
    assert meanwhile.task.data_object.drawn_for == "ahead"


def test_a_round_does_not_wait_for_what_is_asked_ahead(crew: Staff, told: tuple[LabelingJob, list[int]]) -> None:
    job, truth = told
    drawn = answer(job, crew, truth, the_rounds_own(job))
    assert set(drawn) == {"training"}
    assert set(draws(job)) == {"ahead"}
    work_off(job.pk)
    assert rounds(job) == 3


def test_the_next_batch_goes_before_what_is_left_of_it(crew: Staff, told: tuple[LabelingJob, list[int]]) -> None:
    job, truth = told
    answer(job, crew, truth, the_rounds_own(job) + 2)  # two ahead
    work_off(job.pk)
    handed_out = draws(job)
    batch = handed_out.count("training")
    assert batch >= 20
    assert handed_out == ["training"] * batch + ["ahead"] * 10, "as many ahead as before: filled up"
    assert set(answer(job, crew, truth, batch)) == {"training"}


def test_answers_given_ahead_teach_the_next_model(crew: Staff, told: tuple[LabelingJob, list[int]]) -> None:
    job, truth = told
    own = the_rounds_own(job)
    answer(job, crew, truth, own + 3)
    work_off(job.pk)
    before, after = (job.model_versions.get(number=number).trained_on for number in (1, 2))
    assert after == before + own + 3


def test_before_there_is_a_model_nothing_is_asked_ahead(crew: Staff) -> None:
    job, _ = machine_job(crew)
    work_off(job.pk)
    assert set(draws(job)) == {"calibration", "training"}


def test_they_are_those_that_the_machine_is_least_sure_of_and_can_read(
    crew: Staff, told: tuple[LabelingJob, list[int]]
) -> None:
    job, truth = told
    pool = learning.pool_of(job)
    open_ones = np.flatnonzero(~pool.closed)
    readable = np.ones(len(truth), dtype=np.bool_)
    readable[open_ones[-1]] = False
    score = np.linspace(0.5, 1.0, len(truth))[::-1].copy()
    learned = replace(knowing(truth), score=score, readable=readable, picks=open_ones[-3:-1])
    DataObject.objects.filter(job=job, drawn_for="ahead").update(state="labeled")  # people are through with the others
    assert ahead.choose(job, pool, learned, batch=20).tolist() == open_ones[-4:-14:-1].tolist()


@pytest.mark.parametrize(
    ("batch", "enough", "why"),
    [
        (40, 10, "five for each of two workers"),
        (300, 30, "a tenth of the batch"),
        (8, 4, "half of the batch"),
        (1000, 40, "a tenth of what is open: the machine must have something left"),
    ],
)
def test_how_many_are_asked_ahead(
    crew: Staff, told: tuple[LabelingJob, list[int]], batch: int, enough: int, why: str
) -> None:
    job, truth = told
    pool = replace(learning.pool_of(job), labels=np.full(400, -1), closed=np.zeros(400, dtype=np.bool_))
    DataObject.objects.filter(job=job, drawn_for="ahead").update(drawn_for="training")
    assert len(ahead.choose(job, pool, knowing(truth), batch=batch)) == enough, why
