"""Predictions that come with the input, to whom they are shown, and what people did with them."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import InvalidJob
from labeling.flow import creation, routing
from labeling.flow.background import work_off
from labeling.flow.job_rules import Rules
from labeling.flow.predictions import take_predictions
from labeling.flow.status import status_of
from labeling.jobs.models import (
    Annotation,
    DataObject,
    LabelingJob,
    ModelVersion,
    Prediction,
    RefusedLine,
    Tally,
    Task,
)
from labeling.jobs.proposals import Fate, fate_of, is_blind, taken_as_it_is
from labeling.task_types.base import Category
from tests.factories import MONDAY, Editor, Staff, draft_job, glance_job, lines_of, predicted, take
from tests.media.samples import picture

ID = "5f0c3b1e-0d52-4c1e-9a55-0c2f6a7d1e0{}"


def shown_job(people: Staff, **rules: Any) -> LabelingJob:
    return glance_job(people, **{"glance": False, "show_proposals": True, "blind_share": 0.0, **rules})


def boxes(name: str, entries: list[dict[str, Any]], **meta: Any) -> bytes:
    label = {"image_size": [{"width": 64, "height": 48, "depth": 3}], "annotations": entries}
    return json.dumps({"source-ref": name, "found": label, "found-metadata": meta}).encode() + b"\n"


def box(left: float, *, width: float = 10) -> dict[str, Any]:
    return {"class_id": 0, "left": left, "top": 5, "width": width, "height": 10}


def box_job(people: Staff, tmp_path: Path, *lines: bytes, **rules: Any) -> LabelingJob:
    for name in ("a.png", "b.png"):
        picture(tmp_path / name, width=64, height=48)
    job: LabelingJob = draft_job(
        people, task_type="bounding-box", predictions="found", **{"show_proposals": True, "blind_share": 0.0, **rules}
    )
    take(job, b"".join(lines), tmp_path)
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    return job


def test_a_label_attribute_of_the_input_becomes_predictions_of_an_imported_model(people: Staff) -> None:
    job = shown_job(people, categories=(0, 1), plain=1)
    version = ModelVersion.objects.get(job=job)
    assert (version.number, version.name, version.title) == (0, "guess", "guess")
    rows = Prediction.objects.order_by("data_object__position")
    assert [(row.answer, row.confidence) for row in rows] == [({"category": 0}, 0.9), ({"category": 1}, 0.9)]
    assert Tally.objects.get(job=job).predictions == 2
    assert job.tally.total == 3


def test_confidences_of_instances_are_kept_by_their_ids(people: Staff, tmp_path: Path) -> None:
    box_job(people, tmp_path, boxes("a.png", [box(1), box(30)], objects=[{"confidence": 0.9}, {"confidence": 0.4}]))
    row = Prediction.objects.get()
    assert row.parts == dict(zip([one["id"] for one in row.answer["instances"]], [0.9, 0.4], strict=True))
    assert row.confidence == 0.4, "the whole is as sure as its least sure part"


def test_confidences_of_skeletons_are_those_of_their_first_points(people: Staff, tmp_path: Path) -> None:
    picture(tmp_path / "a.png", width=64, height=48)
    person = Category("person", skeleton={"points": ["head", "foot"], "edges": [["head", "foot"]]})
    job = creation.create_job(
        name="Stances",
        task_type="keypoint",
        categories=[person],
        team=people.team,
        by=people.lead,
        now=MONDAY,
        rules=Rules(predictions="found", show_proposals=True),
    )
    points = [
        {"class_id": 0, "group": group, "name": name, "x": 5 * group, "y": 9}
        for group in (1, 2)
        for name in ("head", "foot")
    ]
    label = {"image_size": [{"width": 64, "height": 48, "depth": 3}], "keypoints": points}
    meta = {"objects": [{"confidence": one} for one in (0.9, 0.9, 0.4, 0.4)]}
    take(job, json.dumps({"source-ref": "a.png", "found": label, "found-metadata": meta}).encode(), tmp_path)
    row = Prediction.objects.get()
    assert [row.parts[one["id"]] for one in row.answer["instances"]] == [0.9, 0.4]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (predicted("text", 7), "/guess"),
        (predicted("text", 0, confidence=1.7), "-metadata/confidence"),
        (b'{"source": "text", "guess": [1, 2]}\n', "not a single class"),
        (b'{"source": "text", "guess": "far/away.png"}\n', "a whole number"),
    ],
)
def test_a_bad_prediction_is_refused_alone_with_its_line_and_its_object_is_labeled(
    people: Staff, line: bytes, said: str
) -> None:
    job = draft_job(people, predictions="guess", show_proposals=True)
    came = take(job, predicted("one", 0) + line + predicted("two", 1))
    assert (came.taken, came.refused, came.predictions) == (3, [], 2)
    (refused,) = came.refused_predictions
    assert (refused.line, refused.rule) == (2, "E-PREDICTION")
    assert said in refused.what
    row = RefusedLine.objects.get(job=job)
    assert (row.line, row.rule) == (2, "E-PREDICTION")
    tally = Tally.objects.get(job=job)
    assert (tally.total, tally.refused, tally.refused_predictions) == (3, 0, 1)


def test_a_label_that_failed_is_no_prediction(people: Staff) -> None:
    job = draft_job(people, predictions="guess", show_proposals=True)
    meta = {"failure-reason": "ClientError: no", "human-annotated": "true"}
    came = take(job, json.dumps({"source": "text", "guess-metadata": meta}).encode())
    assert (came.predictions, came.refused_predictions) == (0, [])


def test_a_second_manifest_brings_predictions_by_place_or_by_source(people: Staff) -> None:
    job = draft_job(people, predictions="guess", glance=True)
    take(job, lines_of(["one", "two", "three"]))
    lines = predicted("one", 1) + predicted("three", 0) + predicted("nowhere", 0) + b"{broken\n"
    came = take_predictions(job, stream=BytesIO(lines), root=None, by=people.lead, now=MONDAY)
    assert came.taken == 2
    assert [(error.line, error.rule) for error in came.refused] == [(4, "E-JSON"), (3, "E-NO-OBJECT")]
    rows = Prediction.objects.order_by("data_object__position").values_list("data_object__position", "answer")
    assert list(rows) == [(0, {"category": 1}), (2, {"category": 0})]


def test_an_object_takes_one_prediction_of_a_kind(people: Staff) -> None:
    job = draft_job(people, predictions="guess", glance=True)
    take(job, predicted("one", 0))
    came = take_predictions(job, stream=BytesIO(predicted("one", 1)), root=None, by=people.lead, now=MONDAY)
    assert (came.taken, [error.rule for error in came.refused]) == (0, ["E-PREDICTION"])
    assert Prediction.objects.get().answer == {"category": 0}


def test_a_job_that_names_no_attribute_takes_no_predictions(people: Staff) -> None:
    with pytest.raises(InvalidJob, match="takes no predictions"):
        take_predictions(draft_job(people), stream=BytesIO(), root=None, by=people.lead, now=MONDAY)


@pytest.mark.parametrize(
    ("wishes", "where"),
    [
        ({"glance": True}, "glance"),
        ({"show_proposals": True}, "show_proposals"),
        ({"predictions": "no good name!"}, "predictions"),
        ({"predictions": "mine", "label_attribute": "mine"}, "predictions"),
        ({"predictions": "guess", "blind_share": 1.5}, "blind_share"),
    ],
)
def test_wishes_that_can_not_be_are_refused_at_their_field(people: Staff, wishes: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidJob) as told:
        draft_job(people, **wishes)
    assert told.value.where == where
    assert told.value.todo


def test_a_lease_carries_the_proposals_as_the_editor_reads_them(people: Staff, tmp_path: Path) -> None:
    job = box_job(people, tmp_path, boxes("a.png", [box(1)], objects=[{"confidence": 0.8}]))
    proposals = Editor(people.workers[0], job).lease()["proposals"]
    (instance,) = proposals["answer"]["instances"]
    assert (proposals["model"], proposals["confidence"], proposals["parts"]) == ("found", 0.8, {instance["id"]: 0.8})
    assert instance["geometry"] == {"left": 1, "top": 5, "width": 10, "height": 10}


def test_a_job_that_shows_none_sends_none(people: Staff) -> None:
    job = glance_job(people, glance=False)
    assert Editor(people.workers[0], job).lease()["proposals"] is None
    assert set(Task.objects.values_list("proposals_shown", "prediction")) == {(False, None)}


def test_a_random_share_comes_without_and_the_same_one_whoever_asks(people: Staff) -> None:
    job = shown_job(people, categories=[0] * 200, blind_share=0.25)
    shown = dict(Task.objects.values_list("data_object", "proposals_shown"))
    assert 30 < list(shown.values()).count(False) < 70
    assert all(shown[pk] != is_blind(job, pk) for pk in shown)


@pytest.mark.parametrize("purpose", [Task.Purpose.AUDIT, Task.Purpose.GOLD])
def test_gold_and_audit_tasks_never_show_anything(people: Staff, purpose: Task.Purpose) -> None:
    job = glance_job(people, show_proposals=True, blind_share=0.0, handed_out=False)
    routing.to_people(job, list(DataObject.objects.values_list("pk", flat=True)), purpose=purpose)
    assert set(Task.objects.values_list("purpose", "prediction", "proposals_shown")) == {(purpose, None, False)}
    assert Editor(people.workers[0], job).lease()["proposals"] is None


@pytest.mark.parametrize("draw", [DataObject.Draw.CALIBRATION, DataObject.Draw.AUDIT_1, DataObject.Draw.STANDING])
def test_what_a_promise_rests_on_is_answered_blind(people: Staff, draw: DataObject.Draw) -> None:
    job = glance_job(people, show_proposals=True, blind_share=0.0, handed_out=False)
    routing.to_people(job, list(DataObject.objects.values_list("pk", flat=True)), draw=draw)
    assert set(Task.objects.values_list("purpose", "prediction")) == {("label", None)}


def test_what_an_answer_did_with_the_proposals_is_kept_and_counted(people: Staff, tmp_path: Path) -> None:
    job = box_job(people, tmp_path, boxes("a.png", [box(1), box(20), box(40)]))
    editor = Editor(people.workers[0], job)
    lease = editor.lease()
    first, second, _ = lease["proposals"]["answer"]["instances"]
    moved = {**second, "geometry": {**second["geometry"], "left": 22}, "origin": {"model": "found", "how": "corrected"}}
    answer = {"instances": [{**first, "origin": {"model": "found", "how": "accepted"}}, moved]}
    assert editor.answer(lease, answer).status_code == 201
    row = Annotation.objects.get()
    assert row.proposals_shown
    assert (row.accepted, row.corrected, row.rejected) == (1, 1, 1)
    assert [one["origin"]["how"] for one in row.answer["instances"]] == ["accepted", "corrected"]
    work_off(job.pk)
    assert status_of(job)["Proposals"] == {"Accepted": 1, "Corrected": 1, "Rejected": 1}


def test_another_class_than_the_proposed_one_is_a_correction(people: Staff) -> None:
    editor = Editor(people.workers[0], shown_job(people, categories=(0, 0)))
    editor.choose(editor.lease(), 0)
    editor.choose(editor.lease(), 1)
    assert list(Annotation.objects.order_by("pk").values_list("accepted", "corrected")) == [(1, 0), (0, 1)]


def test_a_glanced_answer_says_where_its_instances_came_from(people: Staff, tmp_path: Path) -> None:
    job = box_job(people, tmp_path, boxes("a.png", [box(1)]), glance=True)
    editor = Editor(people.workers[0], job)
    editor.submit_page(editor.page())
    row = Annotation.objects.get()
    assert row.answer["instances"][0]["origin"] == {"model": "found", "how": "accepted"}
    assert row.accepted == 1
    work_off(job.pk)
    assert status_of(job)["Glance"] == {"Looked": 1, "Marked": 0, "Seconds": 0.0}


def test_a_prediction_that_lacks_a_required_field_is_shown_but_not_glanced_at(people: Staff, tmp_path: Path) -> None:
    from labeling.task_types.base import Attribute

    colour = Attribute("colour", "text", required=True)
    job = box_job(people, tmp_path, boxes("a.png", [box(1)]), glance=True, attributes=[colour])
    editor = Editor(people.workers[0], job)
    assert editor.ask(purpose="glance").json()["page"] is None
    assert editor.lease()["proposals"] is not None


def test_a_marked_label_is_asked_with_its_proposal_where_the_job_shows_them(people: Staff) -> None:
    job = glance_job(people, categories=(0,), show_proposals=True, blind_share=0.0)
    editor = Editor(people.workers[0], job)
    editor.submit_page(editor.page(), wrong=[0])
    assert editor.lease()["proposals"]["answer"] == {"category": 0}


def test_the_fate_of_proposals_goes_by_content_whatever_the_client_says() -> None:
    one, two = ({"id": ID.format(n), "shape": "box", "category": 0, "geometry": {"left": n}} for n in (1, 2))
    lied = {**two, "category": 1, "origin": {"model": "m", "how": "accepted"}}
    assert fate_of({"instances": [one, two]}, {"instances": [one, lied]}) == Fate(accepted=1, corrected=1)
    assert fate_of({"instances": [one]}, {"instances": []}) == Fate(rejected=1)
    assert fate_of({"instances": []}, {"instances": [one]}) == Fate()
    assert fate_of({"category": 1}, {"category": 1, "attributes": {"sure": True}}) == Fate(accepted=1)
    assert taken_as_it_is({"category": 1}, "m") == {"category": 1}
