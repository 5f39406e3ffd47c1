"""The loop on a small job: what the machine labels is certified, what it may not label goes to people."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from labeling.flow import auto_label, evidence, learning, loop, routing
from labeling.flow.background import work_off
from labeling.jobs import dialect
from labeling.jobs.clock import database_now
from labeling.jobs.models import Certificate, DataObject, Iteration, Label, LabelingJob, Outbox, Prediction, Tally, Task
from tests.factories import MONDAY, Staff, lines_of, staff, take
from tests.flow.looping import in_this_process, machine_job, people_answer, run_to_the_end


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


@dataclass
class Story:
    """What a finished job left in the database, as plain rows: running one takes seconds, looking at it nothing."""

    job: LabelingJob
    truth: list[int]
    labels: list[Label]
    certificates: list[Certificate]
    tasks: list[Task]
    objects: dict[int, DataObject]
    first_round: Iteration
    tally: Tally
    scores: dict[tuple[int, int], float]  # (model version, data object) -> score
    owed: int
    outcome: Any

    @property
    def by_machine(self) -> list[Label]:
        return [label for label in self.labels if label.by == "machine"]

    @property
    def drawn(self) -> list[int]:
        return [pk for row in self.certificates for pk in row.plan["drawn"]]


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Story:
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        in_this_process(patched)
        people = staff(workers=1)
        job, truth = machine_job(people)
        run_to_the_end(job, people, truth)
        told = Story(
            job=job,
            truth=truth,
            labels=list(Label.objects.filter(current=True).select_related("certificate", "data_object")),
            certificates=list(Certificate.objects.order_by("stage").select_related("model_version")),
            tasks=list(Task.objects.all()),
            objects=DataObject.objects.in_bulk(),
            first_round=Iteration.objects.get(number=1),
            tally=Tally.objects.get(),
            scores={(row.model_version_id, row.data_object_id): row.score for row in Prediction.objects.all()},
            owed=Outbox.objects.count(),
            outcome=outcome(job),
        )
        transaction.set_rollback(True)
    return told


def outcome(job: LabelingJob) -> Any:
    """Everything that must not depend on crashes: who labeled what, and the certificates."""
    labels = Label.objects.filter(job=job, current=True).order_by("data_object__position")
    rows = Certificate.objects.filter(job=job).order_by("stage").select_related("model_version")
    positions = dict(DataObject.objects.filter(job=job).values_list("pk", "position"))
    return (
        [(label.by, label.answer, label.data_object.drawn_for) for label in labels.select_related("data_object")],
        [
            (
                *(row.stage, row.state, row.promise, row.risk, row.order_digest, row.audited, row.wrong, row.covers),
                *(row.threshold, row.upper_limit, [positions[pk] for pk in row.plan["drawn"]]),
                row.model_version.number,
            )
            for row in rows
        ],
    )


def test_machine_and_people_together_label_everything(story: Story) -> None:
    assert (story.job.state, story.job.trouble, story.owed) == ("completed", "", 0)
    assert len(story.labels) == 400
    machine = story.by_machine
    assert len(machine) > 100, "the machine was of no help"
    assert (story.tally.by_machine, story.tally.by_people) == (len(machine), 400 - len(machine))
    wrong = sum(label.answer["category"] != story.truth[label.data_object.position] for label in machine)
    assert wrong <= 0.1 * len(machine)


def test_every_machine_label_points_to_a_certificate_that_was_granted(story: Story) -> None:
    for label in story.by_machine:
        assert label.certificate is not None
        assert (label.certificate.state, label.certificate.job_id) == ("granted", story.job.pk)
        assert label.model_version_id == label.certificate.model_version_id
        assert label.votes == 0


def test_a_certificate_says_what_it_promises_and_on_which_evidence(story: Story) -> None:
    (granted,) = [row for row in story.certificates if row.state == "granted"]
    assert granted.upper_limit is not None
    assert granted.upper_limit <= granted.promise == 0.1
    assert granted.threshold is not None
    assert granted.decided_at is not None
    scores = [story.scores[granted.model_version_id, pk] for pk in granted.plan["drawn"]]
    assert granted.audited == sum(score >= granted.threshold for score in scores) > 0
    assert granted.covers == len(story.by_machine) + granted.audited


def test_audited_objects_keep_the_labels_of_people(story: Story) -> None:
    assert story.drawn
    by = {label.data_object_id: label.by for label in story.labels}
    assert {by[pk] for pk in story.drawn} == {"people"}
    assert story.tally.audited == len(story.drawn)
    assert {task.purpose for task in story.tasks if task.data_object_id in story.drawn} == {"audit"}


def test_an_object_is_drawn_once_and_evidence_is_never_reused(story: Story) -> None:
    asked = [task.data_object_id for task in story.tasks]
    assert len(asked) == len(set(asked))
    assert len(story.drawn) == len(set(story.drawn))
    assert {story.objects[pk].drawn_for for pk in story.drawn} <= {"audit-1", "audit-2"}
    calibration = story.first_round.detail["calibration"]
    assert {story.objects[pk].drawn_for for pk in calibration} == {"calibration"}
    assert not set(calibration) & set(story.drawn)


def test_what_certifies_was_drawn_after_its_model_was_frozen(story: Story) -> None:
    for row in story.certificates:
        assert row.model_version.created_at <= row.created_at
        before = {label.data_object_id for label in story.labels if label.created_at <= row.model_version.created_at}
        assert not before & set(row.plan["drawn"])
        assert row.model_version.trained_on >= len(story.first_round.detail["calibration"])


def test_the_risk_of_all_decisions_is_the_jobs_at_most(story: Story) -> None:
    assert sum(row.risk for row in story.certificates if row.plan["drawn"]) <= story.job.risk + 1e-12
    stages = [row.stage for row in story.certificates]
    assert len(set(stages)) == len(stages)


def test_the_database_refuses_a_machine_label_without_a_certificate(crew: Staff) -> None:
    job, _ = machine_job(crew, count=1)
    label = {"job": job, "data_object": DataObject.objects.get(), "answer": {}, "confidence": 1, "created_at": MONDAY}
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.create(**label, by="machine")
    Label.objects.create(**label, by="people")


class Killed(BaseException):
    """As a kill -9 would: nothing catches it."""


@contextmanager
def killed_after(writes: int, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Dies right after the transaction number `writes` has been committed."""
    numbers = itertools.count(1)

    @contextmanager
    def write() -> Iterator[None]:
        with dialect.write():
            yield
        if next(numbers) == writes:
            raise Killed

    with patch.context() as patched:
        for module in (loop, evidence, auto_label, learning, routing):
            if hasattr(module, "write"):
                patched.setattr(module, "write", write)
        yield


def fingerprint(job: LabelingJob) -> Any:
    current = Iteration.objects.filter(job=job).order_by("-number").first()
    states = Counter(DataObject.objects.filter(job=job).values_list("state", flat=True))
    return current and (current.number, current.phase, sorted(current.detail)), states, Certificate.objects.count()


def test_a_kill_after_every_write_changes_neither_certificates_nor_labels(
    crew: Staff, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, truth = machine_job(crew, name="Killed")
    kills, phases = 0, set()
    for _ in range(200):
        writes = 1
        while True:
            before = fingerprint(job)
            try:
                with killed_after(writes, monkeypatch):
                    loop.advance(job.pk, now=database_now())
                break
            except Killed:
                kills += 1
                phases.add(Iteration.objects.filter(job=job).latest("number").phase)
                writes = 1 if fingerprint(job) != before else writes + 1
        job.refresh_from_db()
        if job.state == "completed":
            break
        people_answer(job, crew, truth)
    assert kills > 15
    assert phases >= {"select", "ask", "train", "audit", "auto_label", "done"}
    assert outcome(job) == story.outcome


def test_when_nothing_can_be_certified_people_label_everything_and_the_lead_reads_why(crew: Staff) -> None:
    job, truth = machine_job(crew, count=120, learnable=False, target_error=0.02)
    run_to_the_end(job, crew, truth)
    assert job.state == "completed"
    assert not Label.objects.filter(by="machine").exists()
    assert Label.objects.filter(job=job, current=True, by="people").count() == 120
    row = Certificate.objects.filter(job=job).latest("pk")
    assert row.state == "refused"
    assert row.reason.endswith(".")


def test_when_training_fails_people_go_on_and_the_lead_reads_why(crew: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> None:
        raise learning.TrainingFailed("The machine could not learn: out of memory.", where="round-1")

    job, truth = machine_job(crew, count=40)
    with monkeypatch.context() as patched:
        patched.setattr(learning, "_run_child", broken)
        run_to_the_end(job, crew, truth)
    assert job.state == "completed"
    assert "out of memory" in job.trouble
    assert Label.objects.filter(job=job, current=True, by="people").count() == 40


def test_a_job_with_one_class_of_answers_is_left_to_people(crew: Staff) -> None:
    job, _ = machine_job(crew, count=60)
    run_to_the_end(job, crew, [0] * 60)
    assert job.state == "completed"
    assert not Label.objects.filter(by="machine").exists()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_job_too_small_to_learn_is_labeled_by_people(crew: Staff, count: int) -> None:
    job, truth = machine_job(crew, count=count)
    run_to_the_end(job, crew, truth)
    assert job.state == "completed"
    assert Label.objects.filter(job=job, current=True, by="people").count() == count


def test_a_paused_job_does_not_move(crew: Staff) -> None:
    job, _ = machine_job(crew, count=40)
    LabelingJob.objects.filter(pk=job.pk).update(state="paused")
    work_off(job.pk)
    assert not Task.objects.exists()
    LabelingJob.objects.filter(pk=job.pk).update(state="running")
    work_off(job.pk)
    assert Task.objects.exists()


def test_objects_that_come_after_the_decision_go_to_people(crew: Staff) -> None:
    job, truth = machine_job(crew, count=5)
    run_to_the_end(job, crew, truth)
    take(job, lines_of(["river1 common1"]))
    run_to_the_end(job, crew, [*truth, 0])
    assert Label.objects.get(data_object__position=5, current=True).by == "people"
