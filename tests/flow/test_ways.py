"""Each object that goes to people goes the cheaper way, by the job's own prices; what a promise rests on never does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from labeling.flow import leasing, loop, ways
from labeling.flow.background import work_off
from labeling.flow.overview_time import peoples_time
from labeling.flow.status import status_of
from labeling.jobs.clock import database_now
from labeling.jobs.models import DataObject, GlancePage, Iteration, Label, LabelingJob, Tally, Task
from labeling.jobs.proposals import EVIDENCE
from labeling.learners import decisions
from labeling.learners.ways import Prices
from tests.factories import MONDAY, Staff, answered, draft_job, glance_job, held, staff, text_job
from tests.flow.looping import certified_job, in_this_process, look_through, machine_job, people_answer, run_to_the_end


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


def until_the_rest(job: LabelingJob, crew: Staff, truth: list[int]) -> Iteration:
    """Up to the moment when what is left has been asked of people."""
    for _ in range(60):
        work_off(job.pk)
        current = Iteration.objects.filter(job=job).latest("number")
        if current.phase == "done":
            return current
        assert people_answer(job, crew, truth)
    raise AssertionError("the loop never decides")


def glanced(job: LabelingJob) -> set[str]:
    """What the objects were drawn for that somebody looked at, or will look at, in the grid."""
    tasks = Task.objects.filter(job=job, prediction__isnull=False)
    return set(tasks.values_list("data_object__drawn_for", flat=True))


@pytest.fixture
def strict(crew: Staff, monkeypatch: pytest.MonkeyPatch) -> tuple[LabelingJob, list[int]]:
    """So much is promised that the small job proves nothing: after a second round all of the rest goes to people."""

    def two_rounds(history: Sequence[decisions.Forecast], _: decisions.Sizes) -> decisions.Step:
        return decisions.Step(go=len(history) < 2, reason="for the test")

    monkeypatch.setattr(decisions, "keep_training", two_rounds)
    return machine_job(crew, count=240, target_error=0.01, glance=True)


@pytest.mark.one_database
def test_the_easy_rest_is_looked_at_in_the_grid_and_what_a_promise_rests_on_never(
    crew: Staff, strict: tuple[LabelingJob, list[int]]
) -> None:
    job, truth = strict
    run_to_the_end(job, crew, truth)
    labels = Label.objects.filter(job=job, current=True)
    assert labels.count() == 240
    assert all(one.answer == {"category": truth[one.data_object.position]} for one in labels)
    assert Tally.objects.get(job=job).glanced > 60
    assert glanced(job) == {"training", "rest"}
    assert not Task.objects.filter(data_object__drawn_for__in=EVIDENCE, prediction__isnull=False).exists()
    first = Iteration.objects.get(job=job, number=1).detail
    cold = Task.objects.filter(data_object__in=first["picks"])
    assert set(cold.values_list("prediction", flat=True)) == {None}, "no model, nothing to look at"


def test_the_choice_is_written_down_before_anybody_is_asked_and_made_once(
    crew: Staff, strict: tuple[LabelingJob, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> int:
        raise Killed

    job, truth = strict
    with monkeypatch.context() as patched:
        patched.setattr(loop, "_ask_rest", killed)
        with pytest.raises(Killed):
            until_the_rest(job, crew, truth)
    current = Iteration.objects.filter(job=job).latest("number")
    assert current.phase == "auto_label"
    chosen = ways.kept_ids(current.detail["rest"])
    assert current.detail["ways"]["glanced"] == len(chosen) > 60
    assert not Task.objects.filter(data_object__in=chosen).exists()
    with monkeypatch.context() as patched:
        patched.setattr(ways, "choose", killed)
        work_off(job.pk)
    assert set(Task.objects.filter(purpose="glance").values_list("data_object", flat=True)) >= chosen


def test_without_the_leads_permission_nothing_is_looked_at_in_the_grid(
    crew: Staff, strict: tuple[LabelingJob, list[int]]
) -> None:
    job, truth = strict
    LabelingJob.objects.filter(pk=job.pk).update(glance=False)
    current = until_the_rest(job, crew, truth)
    assert glanced(job) == set()
    assert (current.detail["ways"]["glanced"], current.detail["ways"]["full"] > 100) == (0, True)
    assert current.detail["ways"]["seconds"] == pytest.approx(current.detail["ways"]["by_hand"])


def test_where_nothing_can_be_learned_a_look_does_not_pay(crew: Staff) -> None:
    job, truth = machine_job(crew, count=240, target_error=0.01, glance=True, learnable=False)
    until_the_rest(job, crew, truth)
    assert Task.objects.filter(job=job, purpose="glance").count() < 24


def test_what_an_alarm_sends_back_is_answered_in_full(crew: Staff) -> None:
    job, truth = certified_job(crew, glance=True)
    (worker,) = crew.workers
    while lease := leasing.claim(job, worker=worker, now=database_now()):
        answered(lease, worker, 1 - truth[lease.task.data_object.position], database_now())
    work_off(job.pk)
    back = Label.objects.filter(job=job, by="machine", current=False).values("data_object")
    asked = Task.objects.filter(data_object__in=back).exclude(data_object__drawn_for="standing")
    assert asked.exists()
    assert set(asked.values_list("purpose", "prediction")) == {("label", None)}


def test_where_no_loop_decides_every_whole_prediction_is_looked_at(crew: Staff) -> None:
    job = glance_job(crew, categories=(0, 1))
    assert set(Task.objects.filter(job=job).values_list("purpose", flat=True)) == {"glance"}


def test_a_new_jobs_prices_are_those_of_its_medium_and_move_with_its_own_answers(crew: Staff) -> None:
    job = text_job(crew, texts=40)
    assert ways.prices_of(job) == Prices(full=3.0, glance=1.5)
    (worker,) = crew.workers
    for _ in range(30):
        answered(held(job, worker, MONDAY), worker, 0, MONDAY, active_seconds=9.0)
    assert ways.prices_of(job).full == pytest.approx((30 * 3 + 30 * 9) / 60)


def test_the_price_of_a_look_is_a_pages_seconds_by_its_objects(crew: Staff) -> None:
    job = glance_job(crew, categories=[0] * 30)
    assert look_through(job, crew.workers[0], [0] * 30, seconds=0.5) == 30
    assert GlancePage.objects.filter(job=job).count() == 2
    prices = ways.prices_of(job)
    assert (prices.full, prices.glance) == (3.0, pytest.approx((30 * 1.5 + 30 * 0.5) / 60))


def test_prices_and_seconds_stand_in_the_status(crew: Staff, strict: tuple[LabelingJob, list[int]]) -> None:
    job, truth = strict
    before = status_of(job)["PeopleSeconds"]
    assert before == {"Spent": 0.0, "Expected": 720.0, "ByHand": 720.0, "FullAnswer": 3.0, "Glance": 1.5}
    until_the_rest(job, crew, truth)
    half = status_of(job)["PeopleSeconds"]
    assert half["Spent"] < half["Expected"] < half["ByHand"]
    assert half["FullAnswer"] == pytest.approx(2.0, abs=0.5), "people here answer in two seconds"
    run_to_the_end(job, crew, truth)
    after = status_of(job)["PeopleSeconds"]
    assert after["Spent"] == after["Expected"] == pytest.approx(Tally.objects.get(job=job).seconds, abs=0.1)
    assert after["Spent"] < after["ByHand"]


def test_the_seconds_to_come_take_the_forecast_of_machine_labels_into_account(crew: Staff) -> None:
    job = draft_job(crew, target_error=0.1)
    tally = Tally(job=job, total=1000, by_people=100, seconds=300.0)
    assert peoples_time(job, tally, None).expected == 300 + 900 * 3
    current = Iteration(job=job, number=2, detail={"forecast": {"machine": 600}}, started_at=MONDAY)
    time = peoples_time(job, tally, current)
    assert (time.expected, time.by_hand) == (300 + 300 * 3, 3000)
    assert time.saved == pytest.approx(0.6)
    assert DataObject.objects.count() == 0
