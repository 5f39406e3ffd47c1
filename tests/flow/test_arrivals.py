"""Objects that come after a certificate: a round and a certificate of their own where enough wait, else people."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from labeling.flow import loop
from labeling.flow.background import work_off
from labeling.flow.evidence import plan_in
from labeling.jobs.clock import database_now
from labeling.jobs.models import (
    Certificate,
    DataObject,
    Iteration,
    Label,
    LabelingJob,
    Prediction,
    StandingAudit,
    Task,
)
from labeling.quality.risk import RiskLedger
from tests.factories import Staff, lines_of, staff, take
from tests.flow.looping import in_this_process, learnable_texts, machine_job, people_answer, run_to_the_end
from tests.flow.test_loop import Killed, killed_after, outcome

FIRST, LATER = 400, 260


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


def come_later(job: LabelingJob, truth: list[int], *, count: int = LATER) -> list[int]:
    """More objects of the same kind, taken; the truth of all."""
    texts, more = learnable_texts(count, seed=2)
    take(job, lines_of(texts))
    return [*truth, *more]


def certified(crew: Staff, **rules: Any) -> tuple[LabelingJob, list[int]]:
    """A job that is complete, with labels of the machine under its first certificate."""
    job, truth = machine_job(crew, count=FIRST, **rules)
    run_to_the_end(job, crew, truth)
    assert Certificate.objects.filter(job=job, state="granted").count() == 1
    return job, truth


def spend_the_rest(job: LabelingJob) -> None:
    row = Certificate.objects.filter(job=job).latest("pk")
    ledger = RiskLedger.from_json(row.plan["ledger"])
    while ledger.stage:
        ledger = ledger.spend(order=f"another {ledger.stage}", objects=[])
    row.plan = {**row.plan, "ledger": ledger.as_json()}
    row.save()


def later_labels(job: LabelingJob) -> Any:
    return Label.objects.filter(job=job, current=True, data_object__position__gte=FIRST)


@pytest.mark.one_database
def test_enough_objects_that_come_later_get_a_certificate_of_their_own(crew: Staff) -> None:
    job, truth = certified(crew)
    before = outcome(job)
    first = Certificate.objects.get(job=job, state="granted")
    run_to_the_end(job, crew, come_later(job, truth))
    second = Certificate.objects.get(job=job, state="granted", stage__gt=first.stage)
    machine = later_labels(job).filter(by="machine")
    assert machine.count() > LATER / 2
    assert set(machine.values_list("certificate", flat=True)) == {second.pk}, "never under the old one"
    assert second.model_version_id != first.model_version_id
    _, order = plan_in(second)
    assert order.objects.min() >= FIRST, "frozen over what was open then"
    drawn = DataObject.objects.in_bulk(second.plan["drawn"])
    assert {row.position for row in drawn.values()} <= set(order.objects.tolist())
    assert {row.drawn_for for row in drawn.values()} == {"audit-2"}
    tasks = Task.objects.filter(data_object__in=drawn)
    assert {(task.purpose, task.prediction_id, task.wave) for task in tasks} == {
        ("audit", None, second.model_version.number)
    }
    assert first.risk + second.risk <= job.risk + 1e-12
    assert outcome(job)[0][:FIRST] == before[0], "the first ones keep their labels"
    assert outcome(job)[1][: len(before[1])] == before[1], "and their decisions"


@pytest.mark.one_database
def test_the_audit_of_what_came_later_is_planned_by_earlier_random_draws(
    crew: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, truth = certified(crew)
    seen: list[set[int]] = []
    plan = loop.basis_of

    def watched(*given: Any, random_places: Any, **more: Any) -> Any:
        seen.append(set(random_places.tolist()))
        return plan(*given, random_places=random_places, **more)

    monkeypatch.setattr(loop, "basis_of", watched)
    come_later(job, truth)
    work_off(job.pk)
    drawn = DataObject.objects.filter(job=job, drawn_for__in=("calibration", "audit-1"))
    assert set(drawn.values_list("position", flat=True)) <= seen[0]


@pytest.mark.one_database
def test_few_objects_that_come_later_go_to_people(crew: Staff) -> None:
    job, truth = certified(crew)
    rounds = Iteration.objects.filter(job=job).count()
    truth = come_later(job, truth, count=20)  # of 420 objects a batch is 21
    work_off(job.pk)
    assert Counter(DataObject.objects.filter(job=job, position__gte=FIRST).values_list("state", "drawn_for")) == {
        ("with_people", "rest"): 20
    }
    run_to_the_end(job, crew, truth)
    assert Iteration.objects.filter(job=job).count() == rounds
    assert set(later_labels(job).values_list("by", flat=True)) == {"people"}


@pytest.mark.one_database
def test_without_risk_left_objects_that_come_later_go_to_people(crew: Staff) -> None:
    job, truth = certified(crew)
    spend_the_rest(job)
    rounds = Iteration.objects.filter(job=job).count()
    run_to_the_end(job, crew, come_later(job, truth))
    assert set(later_labels(job).values_list("by", flat=True)) == {"people"}
    assert Iteration.objects.filter(job=job).count() == rounds


@pytest.mark.one_database
def test_without_risk_left_they_are_looked_at_in_the_grid_where_that_is_cheaper(crew: Staff) -> None:
    job, truth = certified(crew, glance=True)
    spend_the_rest(job)
    truth = come_later(job, truth)
    work_off(job.pk)
    later = Task.objects.filter(data_object__position__gte=FIRST, job=job)
    assert later.count() == LATER, "all at once"
    glanced = later.filter(purpose="glance")
    assert glanced.count() > LATER / 2
    version = Iteration.objects.filter(job=job).latest("number").model_version
    assert set(glanced.values_list("prediction__model_version", flat=True)) == {version and version.pk}
    run_to_the_end(job, crew, truth)
    assert set(later_labels(job).values_list("by", flat=True)) == {"people"}


@pytest.mark.one_database
def test_what_comes_while_an_audit_is_answered_is_in_the_next_round_and_not_in_this_one(crew: Staff) -> None:
    job, truth = machine_job(crew, count=FIRST)
    while True:
        work_off(job.pk)
        if Iteration.objects.filter(job=job).latest("number").phase == "audit":
            break
        assert people_answer(job, crew, truth)
    truth = come_later(job, truth)
    run_to_the_end(job, crew, truth)
    rows = Certificate.objects.filter(job=job, state="granted").order_by("stage")
    assert len(rows) == 2
    assert not later_labels(job).filter(certificate=rows[0]).exists()
    assert later_labels(job).filter(certificate=rows[1]).count() > LATER / 2


@pytest.mark.one_database
def test_a_round_for_later_objects_does_not_wait_for_the_rest_of_the_first(crew: Staff) -> None:
    job, truth = machine_job(crew, count=FIRST, audit_share=0.2)
    while not Certificate.objects.filter(job=job, state="granted").exists():
        work_off(job.pk)
        if not Certificate.objects.filter(job=job, state="granted").exists():
            assert people_answer(job, crew, truth)
    first = set(DataObject.objects.filter(job=job, state="with_people").values_list("pk", flat=True))
    assert first, "blind checks are open"
    come_later(job, truth)
    work_off(job.pk)
    second = Certificate.objects.filter(job=job).latest("pk")
    assert second.state == "auditing"
    assert first <= set(DataObject.objects.filter(job=job, state="with_people").values_list("pk", flat=True))


@pytest.mark.one_database
def test_an_alarm_of_the_first_certificate_ends_a_round_for_later_objects(crew: Staff) -> None:
    job, truth = certified(crew, audit_share=0.2)
    first = Certificate.objects.get(job=job, state="granted")
    truth = come_later(job, truth)
    work_off(job.pk)
    second = Certificate.objects.filter(job=job).latest("pk")
    assert second.state == "auditing"
    StandingAudit.objects.filter(pk=first.pk).update(alarm_at=database_now())
    Certificate.objects.filter(pk=first.pk).update(state="revoked")
    work_off(job.pk)
    second.refresh_from_db()
    assert (second.state, second.audited) == ("refused", 0)
    assert second.reason.startswith("An alarm came before this check was decided.")
    run_to_the_end(job, crew, truth)
    drawn = [set(row.plan["drawn"]) for row in Certificate.objects.filter(job=job)]
    assert not any(one & other for place, one in enumerate(drawn) for other in drawn[:place])
    labeled = Certificate.objects.filter(labels__current=True, labels__by="machine").distinct()
    assert not set(labeled.values_list("pk", flat=True)) & {first.pk, second.pk}
    assert sum(row.risk for row in Certificate.objects.filter(job=job, audited__gt=0)) <= job.risk + 1e-12


def test_a_kill_after_every_write_changes_nothing_of_a_round_for_later_objects(
    crew: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm, truth = certified(crew, name="Calm")
    all_truth = come_later(calm, truth)
    run_to_the_end(calm, crew, all_truth)
    job, _ = certified(crew, name="Killed")
    come_later(job, truth)
    kills, phases = 0, set()
    for _ in range(60):
        writes = 1
        while True:
            before = _fingerprint(job)
            try:
                with killed_after(writes, monkeypatch):
                    loop.advance(job.pk, now=database_now())
                break
            except Killed:
                kills += 1
                phases.add(Iteration.objects.filter(job=job).latest("number").phase)
                writes = 1 if _fingerprint(job) != before else writes + 1
        job.refresh_from_db()
        if job.state == "completed":
            break
        assert people_answer(job, crew, all_truth)
    assert kills > 5
    assert phases >= {"train", "audit", "auto_label", "done"}
    assert outcome(job) == outcome(calm)
    twice = Prediction.objects.filter(data_object__job=job).values_list("model_version", "data_object")
    assert len(twice) == len(set(twice))


def _fingerprint(job: LabelingJob) -> Any:
    current = Iteration.objects.filter(job=job).latest("number")
    states = Counter(DataObject.objects.filter(job=job).values_list("state", flat=True))
    return current.number, current.phase, sorted(current.detail), states, Certificate.objects.count()
