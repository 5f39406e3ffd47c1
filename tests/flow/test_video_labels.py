"""Jobs that draw in videos: their tools, what stands in the manifest, what comes in, what is left to look at."""

from __future__ import annotations

import json
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from labeling.errors import InvalidJob
from labeling.flow import background, consolidation, creation, export, leasing, predictions, retrying
from labeling.flow.beliefs import Outcome
from labeling.jobs.files import kept
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import DataObject, Label, LabelingJob, Media, Prediction, RefusedLine
from labeling.jobs.questions import Questions
from labeling.task_types.base import Note, Verdict
from tests.factories import MONDAY, Staff, draft_job, held, signed_in, take
from tests.media.samples import picture

pytestmark = pytest.mark.one_database

BOX = {"left": 10, "top": 20, "width": 30, "height": 20}
LATER = {**BOX, "left": 40.5}
CORNERS = [{"x": 3, "y": 2}, {"x": 31.5, "y": 4}, {"x": 20, "y": 25}]
CAR, FENCE = "5d1d1f6e-2f3c-4a8e-9a3e-0f5a4c1b2d01", "5d1d1f6e-2f3c-4a8e-9a3e-0f5a4c1b2d02"
NAMES = [f"f{number}.png" for number in range(5)]
ANSWER: dict[str, Any] = {
    "instances": [
        {
            "id": CAR,
            "shape": "box",
            "category": 1,
            "geometry": {"keys": [{"frame": 0, "at": BOX}, {"frame": 4, "at": LATER, "occluded": True}], "end": None},
            "attributes": {},
            "group": "pair",
            "origin": None,
        },
        {
            "id": FENCE,
            "shape": "polygon",
            "category": 0,
            "geometry": {"keys": [{"frame": 1, "at": {"vertices": CORNERS}}], "end": 3},
            "attributes": {},
            "group": None,
            "origin": None,
        },
    ]
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sequence of five frames whose numbers begin with 10."""
    inside = tmp_path / "in"
    (inside / "seq").mkdir(parents=True)
    for name in NAMES:
        picture(inside / "seq" / name, width=80, height=60)
    frames = [{"frame-no": 10 + place, "frame": name} for place, name in enumerate(NAMES)]
    whole = {"seq-no": 1, "prefix": "seq/", "number-of-frames": len(frames), "frames": frames}
    (inside / "seq.json").write_text(json.dumps(whole))
    return inside


def job_of(people: Staff, folder: Path, **rules: Any) -> LabelingJob:
    job: LabelingJob = draft_job(
        people, **{"name": "Road", "task_type": "video-object-tracking", "tools": ("polygon", "box"), **rules}
    )
    came = take(job, b'{"source-ref":"seq.json"}\n', root=folder)
    assert (came.taken, came.failed, came.refused) == (1, 0, [])
    creation.start_job(job, by=people.lead, now=MONDAY)
    background.work_off(job.pk)
    return job


def labeled(job: LabelingJob, people: Staff) -> DataObject:
    lease = held(job, people.workers[0], MONDAY)
    leasing.receive_answer(
        lease,
        worker=people.workers[0],
        token=token_of(lease),
        key=uuid.uuid4(),
        answer=ANSWER,
        active_seconds=3.0,
        now=MONDAY,
    )
    background.work_off(job.pk)
    return DataObject.objects.get(job=job, state="labeled")


@pytest.mark.parametrize(
    ("kind", "given", "kept_as"),
    [
        ("video-object-tracking", (), ["box"]),
        ("video-object-detection", ("keypoint", "box"), ["box", "keypoint"]),
        ("bounding-box", (), []),
    ],
)
def test_a_job_keeps_its_tools_in_the_order_of_its_type(
    people: Staff, kind: str, given: tuple[str, ...], kept_as: list[str]
) -> None:
    job = draft_job(people, task_type=kind, tools=given)
    assert job.tools == kept_as
    assert list(Questions(job).about_any().tools) == (kept_as or ["box"])


@pytest.mark.parametrize(
    ("kind", "given"), [("video-object-tracking", ("box", "brush")), ("bounding-box", ("box",)), ("polygon", ("box",))]
)
def test_tools_that_a_type_does_not_leave_to_choose_are_refused(
    people: Staff, kind: str, given: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidJob) as caught:
        draft_job(people, task_type=kind, tools=given)
    assert caught.value.where == "tools"


def test_each_tool_has_a_label_with_its_own_file_in_the_sequences_own_words(
    people: Staff, folder: Path, tmp_path: Path
) -> None:
    job = job_of(people, folder)
    labeled(job, people)
    out = export.export_job(job, target=tmp_path / "out")
    line = json.loads(out.manifest.read_text())
    assert list(line) == [
        "source-ref",
        "Road-ref",
        "Road-ref-metadata",
        "Road-polygon-ref",
        "Road-polygon-ref-metadata",
    ]
    read = {name: json.loads((out.folder / line[name]).read_text()) for name in ("Road-ref", "Road-polygon-ref")}
    assert line["Road-ref-metadata"]["class-map"] == {"1": "bad"}
    assert line["Road-polygon-ref-metadata"]["class-map"] == {"0": "good"}
    for whole in read.values():
        frames = whole["tracking-annotations"]
        assert [(one["frame-no"], one["frame"]) for one in frames] == [
            (10 + place, name) for place, name in enumerate(NAMES)
        ]
    boxes = [frame["annotations"] for frame in read["Road-ref"]["tracking-annotations"]]
    assert [one["object-name"] for frame in boxes for one in frame] == ["bad:1"] * 5
    outlines = [len(frame["polygons"]) for frame in read["Road-polygon-ref"]["tracking-annotations"]]
    assert outlines == [0, 1, 1, 1, 0]
    assert dict(out.lost) == {"groups": 1, "hidden parts of tracks": 1, "key frames": 1, "places between pixels": 1}


@pytest.mark.parametrize("profile", ["pure", "extended"])
def test_an_export_comes_in_as_proposals_of_another_job(
    people: Staff, folder: Path, tmp_path: Path, profile: Any
) -> None:
    first = job_of(people, folder)
    labeled(first, people)
    out = export.export_job(first, target=tmp_path / "out", wishes=export.Wishes(profile))
    again = job_of(people, folder, name="Again", predictions="Road-ref", show_proposals=True, blind_share=0.0)
    with out.manifest.open("rb") as stream:
        came = predictions.take_predictions(again, stream=stream, root=out.folder, by=people.lead, now=MONDAY)
    assert (came.taken, came.refused) == (1, [])
    read = Prediction.objects.select_related("data_object__media").get(data_object__job=again)
    if profile == "extended":
        assert kept(read) == Label.objects.get(job=first).answer
    questions, asked = Questions(again), Questions(again).about(read.data_object)
    kind = questions.type
    written = [
        kind.to_manifest(Verdict(kind.parse(answer, asked), 1.0), asked).side_files
        for answer in (kept(read), Label.objects.get(job=first).answer)
    ]
    assert written[0] == written[1]
    lease = signed_in(people.workers[0]).post(f"/api/v1/jobs/{again.pk}/leases", {"count": 1}).json()["leases"][0]
    assert {one["id"] for one in lease["proposals"]["answer"]["instances"]} == {CAR, FENCE}
    assert lease["question"]["tools"] == ["box", "polygon"]


def test_a_label_whose_frames_are_of_another_sequence_is_refused_with_the_frame(
    people: Staff, folder: Path, tmp_path: Path
) -> None:
    job = job_of(people, folder, predictions="guess-ref", show_proposals=True)
    frame = {"frame-no": 3, "frame": "other.png", "annotations": [], "frame-attributes": {}}
    (tmp_path / "guess.json").write_text(json.dumps({"tracking-annotations": [frame]}))
    line = {"source-ref": "seq.json", "guess-ref": "guess.json", "guess-ref-metadata": {"class-map": {}}}
    came = predictions.take_predictions(
        job, stream=BytesIO(json.dumps(line).encode() + b"\n"), root=tmp_path, by=people.lead, now=MONDAY
    )
    assert came.taken == 0
    assert "other.png" in RefusedLine.objects.get(job=job).what


def test_what_is_left_to_look_at_stands_beside_the_label(people: Staff, folder: Path, client: Client) -> None:
    job = job_of(people, folder)
    row = labeled(job, people)
    questions = Questions(job)
    answer = questions.type.parse(ANSWER, questions.about(row))
    notes = (Note("Two things in one track.", CAR, 3), Note("Look again."))
    outcome = Outcome(Verdict(answer, 0.5, votes=2, notes=notes), ())
    consolidation.write_label(job, row.pk, outcome, questions, now=MONDAY)
    lead = signed_in(people.lead)
    told = lead.get(f"/api/v1/jobs/{job.pk}/objects").json()["objects"][0]["label"]["notes"]
    assert told == [
        {"said": "Two things in one track.", "part": CAR, "frame": 3},
        {"said": "Look again.", "part": None, "frame": None},
    ]
    client.force_login(people.lead)
    shown = client.get(f"/jobs/{job.pk}/data/").content.decode()
    assert "Frame 3: Two things in one track." in shown
    assert "2 places to look at" in shown


def test_a_lead_has_missing_proxies_made_again(people: Staff, folder: Path, client: Client) -> None:
    job = job_of(people, folder)
    Media.objects.filter(kind="video").update(state="failed", trouble="The disk was full.", attempts=3, progress=100)
    client.force_login(people.lead)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "The disk was full." in page
    assert f'action="/jobs/{job.pk}/retry/"' in page
    reply = signed_in(people.lead).post(f"/api/v1/jobs/{job.pk}/retry").json()
    assert reply == {"retried": 0, "videos": 1}
    row = Media.objects.get(kind="video")
    assert (row.state, row.trouble, row.attempts, row.progress) == ("waiting", "", 0, 0)
    assert retrying.retry(job, by=people.lead, now=MONDAY) == retrying.Retried(0, 0)
