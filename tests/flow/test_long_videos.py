"""A long video is asked for in parts that several people take, and has one label when all of them are answered."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import InvalidAnswer
from labeling.flow import background, consolidation, creation, export, intake, leasing
from labeling.jobs.files import kept
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import Annotation, Assignment, DataObject, Decline, Label, LabelingJob, Task
from labeling.jobs.questions import Questions
from labeling.workforce.models import User
from tests.factories import MONDAY, Staff, draft_job, held, member, signed_in, take
from tests.media.samples import film

FRAMES = 20
CAR, BUS = (str(uuid.UUID(int=number)) for number in (1, 2))
PARTS = [(0, 8), (6, 14), (12, 20)]


def moving(ident: str, top: int, end: int | None = None) -> dict[str, Any]:
    box = {"left": 2, "top": top, "width": 12, "height": 8}
    keys = [{"frame": 0, "at": box}, {"frame": 10, "at": {**box, "left": 32}}]
    return {"id": ident, "shape": "box", "category": 0, "geometry": {"keys": keys, "end": end}, "attributes": {}}


TRUTH = {"instances": [moving(CAR, 4), moving(BUS, 30, end=15)]}


def job_of(people: Staff, folder: Path, *, films: int = 1, start: bool = True, **rules: Any) -> LabelingJob:
    settings = {"frames_at_once": 8, "frames_in_common": 2}
    job: LabelingJob = draft_job(
        people, **{"name": "Road", "task_type": "video-object-tracking", "settings": settings, **rules}
    )
    for number in range(films):
        film(folder / f"{number}.mp4", frames=FRAMES)
    lines = b"".join(json.dumps({"source-ref": f"{number}.mp4"}).encode() + b"\n" for number in range(films))
    assert take(job, lines, root=folder).taken == films
    if start:
        creation.start_job(job, by=people.lead, now=MONDAY)
        background.work_off(job.pk)
    return job


def answer(lease: Assignment, worker: User, whole: Any = None) -> Annotation:
    questions = Questions(lease.job)
    frames = lease.task.frames
    assert frames is not None
    said = questions.in_part(whole or TRUTH, lease.task.data_object, frames)
    return leasing.receive_answer(
        lease, worker=worker, token=token_of(lease), key=uuid.uuid4(), answer=said, active_seconds=3.0, now=MONDAY
    )


def answered(job: LabelingJob, worker: User, parts: int = 3) -> None:
    for _ in range(parts):
        answer(held(job, worker, MONDAY), worker)


def skip(job: LabelingJob, worker: User) -> None:
    lease = held(job, worker, MONDAY)
    leasing.decline(lease, worker=worker, token=token_of(lease), reason="too-hard", now=MONDAY)


def skipped_by_all(job: LabelingJob, people: Staff) -> tuple[User, User]:
    """The first part is answered, the second nobody wants."""
    one, other = people.workers
    answer(held(job, one, MONDAY), one)
    for worker in (one, other):
        skip(job, worker)
    background.work_off(job.pk)
    return one, other


def test_parts_overlap_and_are_asked_in_order(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path)
    assert [task.frames for task in Task.objects.filter(job=job).order_by("pk")] == PARTS
    leases = signed_in(people.workers[0]).post(f"/api/v1/jobs/{job.pk}/leases", {"count": 3}).json()["leases"]
    assert [tuple(one["question"]["frames"]) for one in leases] == PARTS
    assert all(one["question"]["media"]["frames"] == FRAMES for one in leases)


def test_an_answer_holds_nothing_outside_of_its_part(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path)
    lease = held(job, people.workers[0], MONDAY)
    with pytest.raises(InvalidAnswer) as caught:
        leasing.receive_answer(
            lease,
            worker=people.workers[0],
            token=token_of(lease),
            key=uuid.uuid4(),
            answer=TRUTH,
            active_seconds=1.0,
            now=MONDAY,
        )
    assert "asks for 0 to 7" in caught.value.what


def test_there_is_one_label_when_the_last_part_is_answered(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path)
    one, other = people.workers
    answer(held(job, one, MONDAY), one)
    answer(held(job, other, MONDAY), other)
    background.work_off(job.pk)
    assert not Label.objects.filter(job=job).exists()
    assert DataObject.objects.get(job=job).state == "with_people"
    answer(held(job, one, MONDAY), one)
    background.work_off(job.pk)
    label = Label.objects.get(job=job)
    assert len(label.annotations) == 3
    read = kept(label)["instances"]
    assert [(track["id"], track["geometry"]) for track in read] == [
        (track["id"], {"keys": track["geometry"]["keys"], "end": track["geometry"]["end"]})
        for track in TRUTH["instances"]
    ]
    job.refresh_from_db()
    assert job.state == "completed"
    assert (job.tally.total, job.tally.by_people, job.tally.answers) == (1, 1, 3)


def test_parts_of_several_people_are_voted_on_by_themselves(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path, films=2, workers=(2, 2))
    for worker in people.workers:
        answered(job, worker, 6)
    background.work_off(job.pk)
    labels = list(Label.objects.filter(job=job, current=True))
    assert [(label.votes, len(label.annotations), len(kept(label)["instances"])) for label in labels] == [(2, 6, 2)] * 2
    assert consolidation.consolidate_again(job, now=MONDAY) == 0, "the same again"


def test_who_disagrees_in_one_part_has_only_this_asked_once_more(people: Staff, tmp_path: Path) -> None:
    member(people.team, "a-third")
    job = job_of(people, tmp_path, workers=(2, 3))
    one, other = people.workers
    answered(job, one)
    for _ in range(3):
        lease = held(job, other, MONDAY)
        answer(lease, other, {"instances": []} if lease.task.frames == PARTS[1] else None)
    background.work_off(job.pk)
    wanted = {task.frames: task.wanted for task in Task.objects.filter(job=job)}
    assert wanted == {PARTS[0]: 2, PARTS[1]: 3, PARTS[2]: 2}
    assert not Label.objects.filter(job=job).exists()


def test_without_one_part_the_object_fails_once_and_can_be_tried_again(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path)
    one, other = skipped_by_all(job, people)
    assert DataObject.objects.get(job=job).state == "failed"
    job.tally.refresh_from_db()
    assert job.tally.failed == 1
    assert leasing.claim(job, worker=other, now=MONDAY) is None, "nothing of it is asked any more"
    intake.retry_failed(job, by=people.lead, now=MONDAY)
    assert not Decline.objects.filter(task__job=job).exists()
    answered(job, one, 2)
    background.work_off(job.pk)
    assert len(kept(Label.objects.get(job=job))["instances"]) == 2


def test_a_part_that_nobody_is_left_for_does_not_hold_the_label_up(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path, workers=(2, 2))
    one, other = people.workers
    answered(job, one)
    answered(job, other, 2)
    skip(job, other)
    background.work_off(job.pk)
    label = Label.objects.get(job=job, current=True)
    assert (label.votes, len(label.annotations)) == (1, 5)
    job.refresh_from_db()
    assert job.state == "completed"


def test_a_video_that_was_tried_again_has_one_label_and_no_open_part(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path)
    one, _ = skipped_by_all(job, people)
    intake.retry_failed(job, by=people.lead, now=MONDAY)
    answered(job, one, 2)
    later = MONDAY + timedelta(minutes=5)
    for _ in range(3):
        consolidation.consolidate_waiting(job.pk, now=later)
    assert Label.objects.filter(job=job).count() == 1
    assert set(Task.objects.filter(job=job).values_list("state", flat=True)) == {"closed"}
    job.tally.refresh_from_db()
    assert job.tally.by_people == 1


def test_what_workers_said_of_parts_is_exported_beside_the_label(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path)
    answered(job, people.workers[0])
    background.work_off(job.pk)
    out = export.export_job(job, target=tmp_path / "out")
    (file,) = (out.folder / "annotations/worker-response").rglob("*.json")
    said = json.loads(file.read_text())["answers"]
    keys = [
        [key["frame"] for key in one["answerContent"]["videoObjectTracking"]["instances"][0]["geometry"]["keys"]]
        for one in said
    ]
    assert keys == [[0, 7], [6, 10], [12]]
    (label,) = [json.loads(line)["Road-ref"] for line in out.manifest.read_text().splitlines()]
    assert len(json.loads((out.folder / label).read_text())["tracking-annotations"]) == FRAMES
