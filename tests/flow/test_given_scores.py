"""Scores from elsewhere drive the loop, for a task type that nothing is trained for here: routing, audit, alarm."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import InvalidJob
from labeling.flow import consolidation, creation, leasing, scores
from labeling.flow.background import work_off
from labeling.flow.job_rules import Rules
from labeling.flow.predictions import take_predictions
from labeling.jobs.clock import database_now
from labeling.jobs.files import kept
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import Certificate, DataObject, Label, LabelingJob, ModelVersion, Prediction, StandingAudit
from labeling.jobs.questions import Questions
from labeling.task_types.base import Attribute, Category, Json
from tests.factories import MONDAY, Editor, Staff, draft_job, lines_of, predicted, take
from tests.media.samples import picture

COUNT = 240
WIDTH, HEIGHT = 64, 48
Box = tuple[float, float, float, float]


def entry(box: Box, category: int = 0) -> Json:
    return {"class_id": category, **dict(zip(("left", "top", "width", "height"), box, strict=True))}


def line(boxes: Sequence[Box], sure: float, name: str = "found") -> bytes:
    label = {
        "image_size": [{"width": WIDTH, "height": HEIGHT, "depth": 3}],
        "annotations": [entry(one) for one in boxes],
    }
    meta = {"objects": [{"confidence": round(sure, 3)} for _ in boxes], "confidence": round(sure, 3)}
    return json.dumps({"source-ref": "a.png", name: label, f"{name}-metadata": meta}).encode() + b"\n"


class Raccoons:
    """Boxes in pictures: the truth, and what a model says, which errs most where it is least sure."""

    def __init__(self, count: int, *, errs: float, seed: int = 5) -> None:
        chance = random.Random(seed)
        self.truth: list[Box] = []
        self.said: list[Box] = []
        self.sure: list[float] = []
        for _ in range(count):
            box = (chance.uniform(1, 20), chance.uniform(1, 15), chance.uniform(15, 30), chance.uniform(15, 25))
            sure = chance.random()
            wrong = chance.random() < 2 * errs * (1 - sure)
            self.truth.append(tuple(round(one, 2) for one in box))  # type: ignore[arg-type]
            moved = (box[0] + (box[2] * 0.6 if wrong else 1.0), *box[1:])
            self.said.append(tuple(round(one, 2) for one in moved))  # type: ignore[arg-type]
            self.sure.append(0.3 + 0.69 * sure)

    def manifest(self) -> bytes:
        return b"".join(line([box], sure) for box, sure in zip(self.said, self.sure, strict=True))

    def answer(self, position: int) -> Json:
        left, top, width, height = self.truth[position]
        geometry = {"left": left, "top": top, "width": width, "height": height}
        ident = f"5f0c3b1e-0d52-4c1e-9a55-{position:012x}"
        one = {"id": ident, "shape": "box", "category": 0, "geometry": geometry, "attributes": {}, "group": None}
        return {"instances": [{**one, "origin": None}]}


def box_job(people: Staff, folder: Path, manifest: bytes, **rules: Any) -> LabelingJob:
    picture(folder / "a.png", width=WIDTH, height=HEIGHT)
    wishes = {"task_type": "bounding-box", "predictions": "found", "target_error": 0.2, "audit_share": 0.0, **rules}
    job: LabelingJob = draft_job(people, classes=("raccoon", "fox"), **wishes)
    take(job, manifest, folder)
    creation.start_job(job, by=people.lead, now=MONDAY)
    return job


def people_answer(job: LabelingJob, people: Staff, answer: Callable[[int], Json]) -> int:
    """Whatever is open is answered; how many answers that took."""
    count = 0
    for worker in people.workers:
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            leasing.receive_answer(
                lease,
                worker=worker,
                token=token_of(lease),
                key=uuid.uuid4(),
                answer=answer(lease.task.data_object.position),
                active_seconds=2.0,
                now=database_now(),
            )
            count += 1
    while consolidation.consolidate_waiting(job.pk, now=database_now()):
        pass
    return count


def to_the_end(job: LabelingJob, people: Staff, answer: Callable[[int], Json]) -> LabelingJob:
    for _ in range(100):
        work_off(job.pk)
        job.refresh_from_db()
        if job.state != "running":
            return job
        assert people_answer(job, people, answer), "nothing is open, and the job is not complete"
    raise AssertionError("the job never ends")


def machine_errors(job: LabelingJob, answer: Callable[[int], Json]) -> tuple[int, int]:
    """Labels by machine, and how many of them are wrong by the task type's own notion of right."""
    questions = Questions(job)
    rows = Label.objects.filter(job=job, current=True, by="machine").select_related("data_object__media")
    wrong = 0
    for row in rows:
        question = questions.about(row.data_object)
        truth = questions.type.parse(answer(row.data_object.position), question)
        wrong += not questions.type.right(questions.type.parse(kept(row), question), truth, question)
    return len(rows), wrong


@pytest.mark.one_database
def test_a_box_job_with_imported_scores_is_certified_and_labeled_by_machine_within_its_promise(
    people: Staff, tmp_path: Path
) -> None:
    raccoons = Raccoons(COUNT, errs=0.04)
    job = to_the_end(box_job(people, tmp_path, raccoons.manifest()), people, raccoons.answer)
    assert job.state == "completed"
    certificate = Certificate.objects.filter(job=job, state="granted").get()
    machine, wrong = machine_errors(job, raccoons.answer)
    assert machine > COUNT * 0.3
    assert wrong / machine <= job.target_error
    assert certificate.audited > 0
    assert job.trouble == ""


@pytest.mark.one_database
def test_the_machines_label_is_the_prediction_itself_with_the_confidence_of_its_parts(
    people: Staff, tmp_path: Path
) -> None:
    raccoons = Raccoons(COUNT, errs=0.0)
    job = to_the_end(box_job(people, tmp_path, raccoons.manifest()), people, raccoons.answer)
    label = Label.objects.filter(job=job, current=True, by="machine").first()
    assert label is not None
    said = Prediction.objects.get(model_version__number=0, data_object=label.data_object)
    assert (label.answer, label.confidence, label.parts) == (said.answer, said.confidence, said.parts)
    assert label.model_version is not None
    assert label.model_version.title == "found"


@pytest.mark.one_database
def test_predictions_that_are_mostly_wrong_are_never_certified_and_people_label_everything(
    people: Staff, tmp_path: Path
) -> None:
    raccoons = Raccoons(COUNT, errs=0.9)
    job = to_the_end(box_job(people, tmp_path, raccoons.manifest()), people, raccoons.answer)
    assert machine_errors(job, raccoons.answer) == (0, 0)
    assert not Certificate.objects.filter(job=job, state="granted").exists()
    assert job.tally.by_people == COUNT


def test_an_alarm_sends_the_machines_boxes_back_to_people(people: Staff, tmp_path: Path) -> None:
    raccoons = Raccoons(COUNT, errs=0.0)
    job = box_job(people, tmp_path, raccoons.manifest(), audit_share=0.5)
    for _ in range(100):
        work_off(job.pk)
        if Label.objects.filter(job=job, by="machine").exists():
            break
        people_answer(job, people, raccoons.answer)
    machine = Label.objects.filter(job=job, current=True, by="machine").count()
    assert machine

    def elsewhere(position: int) -> Json:  # the world has changed: everything is somewhere else
        answer = raccoons.answer(position)
        answer["instances"][0]["geometry"] = {"left": 50, "top": 40, "width": 8, "height": 6}
        return answer

    job = to_the_end(job, people, elsewhere)
    audit = StandingAudit.objects.filter(alarm_at__isnull=False).first()
    assert audit is not None
    assert audit.certificate.state == "revoked"
    assert machine_errors(job, elsewhere) == (0, 0)
    assert job.state == "completed"


@pytest.mark.one_database
def test_objects_without_a_prediction_go_to_people(people: Staff, tmp_path: Path) -> None:
    raccoons = Raccoons(COUNT, errs=0.0)
    bare = b'{"source-ref": "a.png"}\n' * 20
    both = Raccoons(COUNT + 20, errs=0.0)
    job = to_the_end(box_job(people, tmp_path, raccoons.manifest() + bare), people, both.answer)
    last = DataObject.objects.filter(job=job, position__gte=COUNT)
    assert set(Label.objects.filter(data_object__in=last, current=True).values_list("by", flat=True)) == {"people"}


def test_a_prediction_that_lacks_what_people_must_fill_in_never_becomes_a_label(people: Staff, tmp_path: Path) -> None:
    age = Attribute("age", "choice", choices=("young", "old"), required=True)
    job = creation.create_job(
        name="Ages",
        task_type="bounding-box",
        categories=[Category("raccoon", attributes=(age,)), Category("fox")],
        team=people.team,
        by=people.lead,
        now=MONDAY,
        rules=Rules(predictions="found", target_error=0.1),
    )
    picture(tmp_path / "a.png", width=WIDTH, height=HEIGHT)
    take(job, Raccoons(3, errs=0.0).manifest(), tmp_path)
    assert set(Prediction.objects.values_list("complete", flat=True)) == {False}
    creation.start_job(job, by=people.lead, now=MONDAY)
    pool = scores.pool_of(job)
    with pytest.raises(scores.ScoresUnavailable, match="stand as answers"):
        scores.scored(job, pool, ask=1, number=1, now=MONDAY)


def test_without_any_predictions_people_go_on_and_the_lead_reads_why(people: Staff, tmp_path: Path) -> None:
    raccoons = Raccoons(60, errs=0.0)
    job = box_job(people, tmp_path, b'{"source-ref": "a.png"}\n' * 60)
    work_off(job.pk)
    people_answer(job, people, raccoons.answer)
    work_off(job.pk)
    job.refresh_from_db()
    assert "No predictions have come in" in job.trouble
    assert DataObject.objects.filter(job=job, state="with_people").exists()
    assert to_the_end(job, people, raccoons.answer).state == "completed"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"task_type": "bounding-box"}, "can't learn this yet"),
        ({"task_type": "bounding-box", "scores_from": "trained"}, "can't learn this yet"),
        ({"scores_from": "predictions"}, "no label attribute is named"),
        ({"scores_from": "the stars"}, "can't come from"),
    ],
)
def test_a_promise_without_scores_to_stand_on_is_refused(people: Staff, rules: Any, said: str) -> None:
    with pytest.raises(InvalidJob, match=said) as refused:
        draft_job(people, target_error=0.05, **rules)
    assert refused.value.todo


def test_predictions_of_a_new_model_hold_from_then_on(people: Staff) -> None:
    job = draft_job(people, predictions="guess", show_proposals=True, blind_share=0.0)
    take(job, predicted("text 0", 0, confidence=0.6))
    came = take_predictions(
        job, stream=BytesIO(predicted("text 0", 1)), root=None, by=people.lead, now=MONDAY, model="guess of May"
    )
    assert (came.taken, came.refused) == (1, [])
    assert [row.name for row in ModelVersion.objects.order_by("pk")] == ["guess", "guess of May"]
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    assert Editor(people.workers[0], job).lease()["proposals"]["answer"] == {"category": 1}


def test_predictions_reach_tasks_that_wait_already_but_not_what_somebody_holds(people: Staff) -> None:
    job = draft_job(people, predictions="guess", show_proposals=True, blind_share=0.0)
    take(job, lines_of(["text 0", "text 1"]))
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    first, second = Editor(people.workers[0], job), Editor(people.workers[1], job)
    held = first.lease()
    lines = predicted("text 0", 1) + predicted("text 1", 1)
    assert take_predictions(job, stream=BytesIO(lines), root=None, by=people.lead, now=MONDAY).taken == 2
    assert second.lease()["proposals"]["answer"] == {"category": 1}
    assert held["proposals"] is None
    first.release(held)
    assert first.lease()["proposals"] is None
