"""The augmented manifest: every line of the input in its order, and the same bytes for the same database."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeling.flow import background, creation, intake, leasing
from labeling.flow.export import Exported, Wishes, export_job
from labeling.formats.validator import validate
from labeling.geometry.masks import full_mask
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import DataObject, LabelingJob
from labeling.task_types.registry import TASK_TYPES
from tests.factories import MONDAY, Staff, answered, draft_job, held, signed_in, staff, take
from tests.flow.looping import in_this_process, machine_job, run_to_the_end
from tests.media.samples import film, picture

LINES = [
    '{"source":"one","id":12345678901234567890,"price":1.10,"weight":0.1000000000000000055511151231257827,"nested":{"a":[1,null]}}',
    '{ "note" : "spaces" , "source" : "two" }',
    '{"source":"three","earlier":1,"earlier-metadata":{"class-name":"x","confidence":0.9,'
    '"type":"groundtruth/text-classification","job-name":"labeling-job/earlier","human-annotated":"yes",'
    '"creation-date":"2025-12-01T08:00:00.000000"}}',
    '{"source":"four \\u00e9 \u2603"}',
]


@pytest.fixture
def crew(db: None) -> Staff:
    return staff(workers=3)


@pytest.fixture
def job(crew: Staff) -> LabelingJob:
    """Four texts; the first two are labeled, the third was skipped by everybody, the fourth is still open."""
    job: LabelingJob = draft_job(crew, label_attribute="verdict")
    take(job, "\n".join(LINES).encode())
    creation.start_job(job, by=crew.lead, now=MONDAY)
    background.work_off(job.pk)
    for _ in range(2):
        answered(held(job, crew.workers[0], MONDAY), crew.workers[0], 1, MONDAY, active_seconds=3.5)
    for worker in crew.workers:
        lease = held(job, worker, MONDAY)
        leasing.decline(lease, worker=worker, token=token_of(lease), reason="", now=MONDAY)
        background.work_off(job.pk)
    return job


def exported(job: LabelingJob, folder: Path, **wishes: Any) -> Exported:
    return export_job(job, target=folder, wishes=Wishes(**wishes))


def lines_in(out: Exported) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.manifest.read_text().splitlines()]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def findings(out: Exported, given: Sequence[str] = (), *, but: Sequence[str] = ("W-SRC-SCHEME",)) -> list[str]:
    before = io.BytesIO("\n".join(given).encode()) if given else None
    with out.manifest.open("rb") as stream:
        found = validate(stream, strict=True, input_stream=before)
        return [str(one) for one in found if one.rule not in but]


def test_every_line_of_the_input_comes_out_in_its_order(job: LabelingJob, tmp_path: Path) -> None:
    out = exported(job, tmp_path)
    assert (out.lines, out.labeled, out.failed) == (4, 2, 1)
    assert [line["source"] for line in lines_in(out)] == ["one", "two", "three", "four é \u2603"]
    assert findings(out, LINES) == []


def test_what_a_line_held_is_passed_through_to_the_digit(job: LabelingJob, tmp_path: Path) -> None:
    first, second, third, fourth = exported(job, tmp_path).manifest.read_text().splitlines()
    assert '"id":12345678901234567890,"price":1.1,"weight":0.1000000000000000055511151231257827,' in first
    assert '"nested":{"a":[1,null]}' in first
    assert json.loads(second)["note"] == "spaces"
    assert json.loads(third)["earlier-metadata"]["class-name"] == "x"
    assert json.loads(fourth) == json.loads(LINES[3])


def test_a_label_stands_under_its_attribute_with_its_metadata(job: LabelingJob, tmp_path: Path) -> None:
    line = lines_in(exported(job, tmp_path))[0]
    assert line["verdict"] == 1
    meta = line["verdict-metadata"]
    assert (meta["class-name"], meta["human-annotated"], meta["type"]) == (
        "bad",
        "yes",
        "groundtruth/text-classification",
    )
    assert meta["job-name"] == "labeling-job/sorting"
    assert list(line)[-2:] == ["verdict", "verdict-metadata"]


def test_a_failed_line_says_why_and_has_no_label(job: LabelingJob, tmp_path: Path) -> None:
    failed = lines_in(exported(job, tmp_path))[2]
    assert "verdict" not in failed
    assert failed["verdict-metadata"]["failure-reason"].startswith("ClientError: Annotation tasks expired")


def test_a_line_without_a_label_is_left_as_it_is_or_out(job: LabelingJob, tmp_path: Path) -> None:
    assert "verdict" not in lines_in(exported(job, tmp_path))[3]
    only = exported(job, tmp_path, labeled_only=True)
    assert [line["source"] for line in lines_in(only)] == ["one", "two"]


def test_the_same_database_gives_the_same_bytes(job: LabelingJob, tmp_path: Path) -> None:
    one, other = (files_of(exported(job, tmp_path / name).folder) for name in ("one", "other"))
    assert one == other
    assert len(one) > 3


def test_an_export_replaces_the_one_before_whole(job: LabelingJob, tmp_path: Path) -> None:
    out = exported(job, tmp_path)
    (out.folder / "left-over").write_text("x")
    assert not (exported(job, tmp_path).folder / "left-over").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["Sorting"]


def test_every_answer_is_in_the_worker_responses_late_and_surplus_ones_too(crew: Staff, tmp_path: Path) -> None:
    job: LabelingJob = draft_job(crew)
    take(job, b'{"source":"one"}')
    creation.start_job(job, by=crew.lead, now=MONDAY)
    background.work_off(job.pk)
    stale = held(job, crew.workers[0], MONDAY)
    token, later = token_of(stale), MONDAY + timedelta(hours=1)
    leasing.expire(now=later)
    lease = held(job, crew.workers[1], later)
    assert answered(stale, crew.workers[0], 1, later, token=token).standing == "surplus"
    late = later + timedelta(hours=1)
    assert answered(lease, crew.workers[1], 0, late).standing == "late"
    background.work_off(job.pk)
    out = exported(job, tmp_path)
    (file,) = (out.folder / "annotations/worker-response").rglob("*.json")
    body = json.loads(file.read_text())
    assert file.parent.name == "0"
    workers = {answer["workerId"] for answer in body["answers"]}
    assert workers == {crew.workers[0].worker_id, crew.workers[1].worker_id}
    assert lines_in(out)[0][job.label_attribute] == 0
    for user in crew.workers:
        assert user.username not in file.read_text()


def test_a_relative_reference_gets_the_prefix_that_was_asked_for(crew: Staff, tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    job = draft_job(crew, name="Photos", task_type="image-classification")
    intake.take_folder(job, folder=tmp_path, by=crew.lead, now=MONDAY)
    out = exported(job, tmp_path / "out", source_prefix="s3://bucket/photos/")
    assert lines_in(out)[0]["source-ref"] == "s3://bucket/photos/a.png"
    assert findings(out, but=()) == []


def located(shape: str, geometry: dict[str, Any]) -> dict[str, Any]:
    ident = "5d1d1f6e-2f3c-4a8e-9a3e-0f5a4c1b2d3e"
    return {"instances": [{"id": ident, "shape": shape, "category": 1, "geometry": geometry}]}


def mask(width: int, height: int) -> dict[str, Any]:
    inside = np.zeros((height, width), dtype=bool)
    inside[2:9, 3:20] = True
    return located("mask", {"size": [height, width], "counts": full_mask(inside).counts})


SMALL = {"left": 1.5, "top": 2, "width": 30, "height": 20}
CORNERS = [{"x": 3, "y": 2}, {"x": 31.5, "y": 4}, {"x": 20, "y": 25}]
ANSWERS: dict[str, Callable[[int, int], dict[str, Any]]] = {
    "bounding-box": lambda *_: located("box", {"left": 1.5, "top": 2, "width": 30, "height": 20}),
    "polygon": lambda *_: located("polygon", {"vertices": CORNERS}),
    "polyline": lambda *_: located("polyline", {"vertices": CORNERS}),
    "keypoint": lambda *_: located("keypoint", {"x": 12, "y": 7.5}),
    "ellipse": lambda *_: located("ellipse", {"cx": 20, "cy": 12.5, "rx": 9, "ry": 6, "angle": 30}),
    "semantic-segmentation": mask,
    "instance-segmentation": mask,
    "named-entities": lambda *_: located("span", {"start": 0, "end": 2, "text": "No"}),
    "image-classification-multilabel": lambda *_: {"categories": [0, 1]},
    "text-classification-multilabel": lambda *_: {"categories": [1]},
    "video-object-detection": lambda *_: located("box", {"frame": 2, "at": SMALL}),
    "video-object-tracking": lambda *_: located("box", {"keys": [{"frame": 1, "at": SMALL}], "end": 3}),
}


def job_of(kind: str, crew: Staff, folder: Path) -> LabelingJob:
    """A job of three objects with their answers by three people: two agree."""
    medium = next(one.media for one in TASK_TYPES if one.name == kind)
    job: LabelingJob = draft_job(crew, name=f"Job {kind}", task_type=kind, workers=(3, 3))
    folder.mkdir()
    for number in range(3):
        if medium == "image":
            picture(folder / f"{number}.png", width=50 + number)
        elif medium == "video":
            film(folder / f"{number}.mp4", frames=5 + number)
    if medium == "text":
        take(job, b'{"source":"No 0"}\n{"source":"No 1"}\n{"source":"No 2"}')
    else:
        intake.take_folder(job, folder=folder, by=crew.lead, now=MONDAY)
    creation.start_job(job, by=crew.lead, now=MONDAY)
    background.work_off(job.pk)
    for number, worker in enumerate(crew.workers):
        while lease := leasing.claim(job, worker=worker, now=MONDAY):
            facts = lease.task.data_object.media.facts if medium == "image" else {}
            given = ANSWERS.get(kind, lambda *_, number=number: {"category": int(number < 2)})
            answer = given(facts.get("width", 0), facts.get("height", 0))
            key = lease.pk.to_bytes(16, "big")
            leasing.receive_answer(
                lease,
                worker=worker,
                token=token_of(lease),
                key=uuid.UUID(bytes=key),
                answer=answer,
                active_seconds=2,
                now=MONDAY,
            )
    background.work_off(job.pk)
    job.refresh_from_db()
    assert job.state == "completed"
    return job


@pytest.mark.parametrize("profile", ["pure", "extended"])
@pytest.mark.parametrize("kind", [one.name for one in TASK_TYPES])
def test_the_strict_validator_finds_nothing_in_an_export(crew: Staff, tmp_path: Path, kind: str, profile: Any) -> None:
    job = job_of(kind, crew, tmp_path / "in")
    out = exported(job, tmp_path / "out", profile=profile)
    given = list(DataObject.objects.filter(job=job).order_by("position").values_list("line", flat=True))
    assert findings(out, given) == []
    assert (out.lines, out.labeled) == (3, 3)


@pytest.mark.parametrize("kind", [one.name for one in TASK_TYPES])
def test_an_extended_export_comes_back_as_a_finished_job_with_the_same_bytes(
    crew: Staff, tmp_path: Path, kind: str
) -> None:
    first = exported(job_of(kind, crew, tmp_path / "in"), tmp_path / "out", profile="extended")
    name = LabelingJob.objects.get().label_attribute
    again: LabelingJob = draft_job(crew, name="Again", task_type=kind, label_attribute=name)
    with first.manifest.open("rb") as stream:
        came = intake.take_manifest(again, stream=stream, root=tmp_path / "in", by=crew.lead, now=MONDAY)
    assert (came.taken, came.failed, came.refused) == (3, 0, [])
    assert set(DataObject.objects.filter(job=again).values_list("state", flat=True)) == {"labeled"}
    second = exported(again, tmp_path / "back", profile="extended")
    assert second.manifest.read_bytes() == first.manifest.read_bytes()


def test_machine_labels_say_so_and_stand_in_their_file(
    crew: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_this_process(monkeypatch)
    job, truth = machine_job(crew, count=300)
    run_to_the_end(job, crew, truth)
    out = exported(job, tmp_path, profile="extended")
    said = [line[f"{job.label_attribute}-metadata"]["human-annotated"] for line in lines_in(out)]
    assert set(said) == {"yes", "no"}
    machine = list((out.folder / "activelearning").rglob("auto_annotator_output.txt"))
    assert sum(len(file.read_text().splitlines()) for file in machine) == said.count("no")
    assert findings(out, [row.line for row in DataObject.objects.order_by("position")]) == []


def test_a_lead_asks_for_an_export_and_downloads_it_in_ranges(job: LabelingJob, crew: Staff, tmp_path: Path) -> None:
    lead = signed_in(crew.lead)
    reply = lead.post(f"/api/v1/jobs/{job.pk}/exports", {"profile": "extended"})
    assert (reply.status_code, reply.json()["state"]) == (202, "waiting")
    path = f"/api/v1/exports/{reply.json()['id']}"
    early = lead.get(f"{path}/manifest")
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    background.work_off(job.pk)
    ready = lead.get(path).json()
    assert (ready["state"], ready["lines"], ready["options"]["profile"]) == ("ready", 4, "extended")
    whole = lead.get(f"{path}/manifest")
    expected = exported(job, tmp_path, profile="extended").manifest.read_bytes()
    assert whole.content == expected
    assert whole["Content-Disposition"] == 'attachment; filename="Sorting.manifest"'
    part = lead.get(f"{path}/manifest", HTTP_RANGE="bytes=5-14")
    assert (part.status_code, part.content) == (206, expected[5:15])
    archive = lead.get(f"{path}/archive")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert opened.read("Sorting/manifests/output/output.manifest") == expected
    assert [one["id"] for one in lead.get(f"/api/v1/jobs/{job.pk}/exports").json()] == [ready["id"]]
    assert lead.get(f"{path}/secrets").status_code == 404


@pytest.mark.parametrize(
    "body", [{"profile": "fancy"}, {"source_prefix": "/etc"}, {"labeled_only": "perhaps"}, {"format": "coco"}]
)
def test_odd_wishes_are_refused(job: LabelingJob, crew: Staff, body: dict[str, Any]) -> None:
    reply = signed_in(crew.lead).post(f"/api/v1/jobs/{job.pk}/exports", body)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad-request")


def test_an_export_that_fails_says_why_and_can_be_asked_for_again(
    job: LabelingJob, crew: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labeling.flow import export_requests

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    lead = signed_in(crew.lead)
    path = f"/api/v1/jobs/{job.pk}/exports"
    with monkeypatch.context() as patched:
        patched.setattr(export_requests, "export_job", full)
        lead.post(path, {})
        background.work_off(job.pk)
    failed = lead.get(path).json()[0]
    assert failed["state"] == "failed"
    assert "No space left" in failed["reason"]
    lead.post(path, {})
    background.work_off(job.pk)
    assert lead.get(path).json()[0]["state"] == "ready"
