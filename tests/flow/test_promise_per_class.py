"""A promise for each class, from the lead's wish to the alarm: a class that can't keep it goes to people."""

from __future__ import annotations

import random
from typing import Any

import pytest

from labeling.errors import InvalidJob
from labeling.flow import consolidation, evidence, leasing
from labeling.flow.status import status_of
from labeling.jobs.clock import database_now
from labeling.jobs.models import Certificate, Label, LabelingJob, StandingAudit
from tests.factories import Staff, answered, draft_job, staff, text_job
from tests.flow.looping import certified_job, in_this_process, learnable_texts, run_to_the_end

pytestmark = pytest.mark.one_database


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


def with_a_muddled_class(people: Staff, **rules: Any) -> tuple[LabelingJob, list[int]]:
    """Two classes with words of their own, and texts of a third kind that are of either of two classes by chance."""
    texts, truth = learnable_texts(420)
    chance = random.Random(3)
    texts += [" ".join(chance.choices([f"fog{number}" for number in range(25)], k=8)) for _ in range(80)]
    truth += [chance.choice((2, 3)) for _ in range(80)]
    order = list(range(500))
    chance.shuffle(order)
    rules = {"target_error": 0.15, "classes": ("water", "street", "mist", "haze"), "audit_share": 0.0, **rules}
    job = text_job(people, texts=[texts[at] for at in order], handed_out=False, promise_per_class=True, **rules)
    return job, [truth[at] for at in order]


def test_each_class_that_can_is_certified_and_the_others_go_to_people_with_the_reason(crew: Staff) -> None:
    job, truth = with_a_muddled_class(crew)
    run_to_the_end(job, crew, truth)
    row = Certificate.objects.get(job=job, state="granted")
    found = {one["name"]: one for one in row.classes}
    assert any(found[name]["granted"] for name in ("water", "street"))
    assert not any(one["granted"] for name, one in found.items() if name in ("mist", "haze"))
    machine = Label.objects.filter(job=job, current=True, by="machine").select_related("data_object")
    assert machine.count() == sum(one["machine"] for one in row.classes) > 50
    for category, name in enumerate(("water", "street")):
        own = [one for one in machine if one.answer["category"] == category]
        wrong = sum(truth[one.data_object.position] != category for one in own)
        assert len(own) == found[name]["machine"]
        assert wrong <= 0.15 * len(own)
    assert not [one for one in machine if one.answer["category"] > 1]
    for one in row.classes:
        assert one["sentence"].startswith(f"{one['name']}: ")
        assert one["granted"] or one["reason"]
    assert "In each of" in row.reason
    told = status_of(job)["Bound"]["Classes"]
    assert {one["Class"]: one["Granted"] for one in told} == {name: one["granted"] for name, one in found.items()}
    risks = [own["risk"] for _, own in row.plan["plan"]["plans"] if own["sizes"]]
    assert sum(risks) == pytest.approx(row.risk) == 0.025


def test_a_decision_that_was_written_down_comes_back_as_it_was(crew: Staff) -> None:
    job, truth = with_a_muddled_class(crew)
    run_to_the_end(job, crew, truth)
    row = Certificate.objects.get(job=job, state="granted")
    plan, order = evidence.plan_in(row)
    assert plan.possible
    places = {pk: place for place, pk in enumerate(job.objects_of.order_by("position").values_list("pk", flat=True))}
    drawn = evidence.draw_of(plan, order, seed=job.seed)
    assert drawn.tolist() == [places[pk] for pk in row.plan["drawn"]]
    again, ledger = evidence.decide(row, drawn=drawn, wrong=drawn > -1, now=database_now())
    assert again.granted, "the answers of now don't count any more"
    assert ledger == evidence.ledger_of(job)
    machine = evidence.machine_places(row, again, order, drawn)
    labeled = Label.objects.filter(job=job, current=True, by="machine").values_list("data_object", flat=True)
    assert set(machine.tolist()) == {places[pk] for pk in labeled}


def watched(crew: Staff, *, granted: int) -> tuple[LabelingJob, list[int], StandingAudit]:
    """A job whose certificate holds per class, in so many classes; the first two are said."""
    job, truth = certified_job(crew, count=140, by_machine=140, share=1.0)
    rows = [{"category": at, "name": f"class {at}", "granted": True} for at in range(granted)]
    Certificate.objects.filter(job=job).update(classes=rows)
    return job, truth, StandingAudit.objects.get(certificate__job=job)


def check(job: LabelingJob, crew: Staff, truth: list[int], *, wrong_in: int, count: int) -> None:
    """People check machine labels of one class, and find them wrong."""
    (worker,) = crew.workers
    while count and (lease := leasing.claim(job, worker=worker, now=database_now())):
        said = truth[lease.task.data_object.position]
        answered(lease, worker, 1 - said if said == wrong_in else said, database_now())
        count -= said == wrong_in
        consolidation.consolidate_waiting(job.pk, now=database_now())


def test_the_alarm_watches_each_class_by_itself(crew: Staff) -> None:
    job, truth, audit = watched(crew, granted=2)
    check(job, crew, truth, wrong_in=1, count=29)
    audit.refresh_from_db()
    assert audit.alarm_at is None, "30 checks of the class are the least, however many there are of others"
    assert audit.answered > 30
    assert audit.by_class["1"] == [29, 29]
    assert audit.by_class["0"][1] == 0
    check(job, crew, truth, wrong_in=1, count=1)
    audit.refresh_from_db()
    assert (audit.alarm_class, audit.alarm_answered, audit.alarm_wrong) == (1, 30, 30)
    assert Certificate.objects.get(job=job).reason.startswith('Taken back: of 30 machine labels "class 1" that people')


def test_the_classes_share_the_alarms_risk(crew: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    from labeling.jobs import standing

    asked: list[float] = []

    class Listening(standing.Alarm):
        def __init__(self, allowed: float, risk: float = 0.05) -> None:
            asked.append(risk)
            super().__init__(allowed=allowed, risk=risk)

    monkeypatch.setattr(standing, "Alarm", Listening)
    job, truth, _ = watched(crew, granted=4)
    check(job, crew, truth, wrong_in=0, count=1)
    assert set(asked) == {0.0125}


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"target_error": 0.05, "predictions": "guess", "scores_from": "predictions"},
        {"target_error": 0.05, "scores_from": "backend"},
        {"target_error": 0.05, "task_type": "text-classification-multilabel"},
        {"target_error": 0.05, "task_type": "named-entities"},
        {"target_error": 0.05, "task_type": "bounding-box", "predictions": "found"},
    ],
)
def test_where_no_class_is_said_or_nothing_is_promised_it_is_refused(crew: Staff, rules: dict[str, Any]) -> None:
    with pytest.raises(InvalidJob) as refused:
        draft_job(crew, promise_per_class=True, **rules)
    assert refused.value.where == "promise_per_class"
