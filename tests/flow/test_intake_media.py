"""Files of strangers -> data objects: what can't be read fails with its reason, the rest go on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import InvalidJob
from labeling.flow import creation, intake
from labeling.flow.intake import Upload
from labeling.jobs.models import DataObject, LabelingJob, Media, RefusedLine, Tally
from tests.factories import MONDAY, Editor, Staff, draft_job, take
from tests.media.samples import cut, film, picture, png_claiming, sound, write

pytestmark = pytest.mark.one_database


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return draft_job(people, task_type="image-classification")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One good picture, so that what fails fails for its own reason."""
    folder = tmp_path / "in"
    folder.mkdir()
    picture(folder / "good.png")
    return folder


def take_folder(job: LabelingJob, folder: Path) -> intake.Intake:
    return intake.take_folder(job, folder=folder, by=job.created_by, now=MONDAY)


def named(name: str) -> DataObject:
    return DataObject.objects.select_related("media").get(name=name)


def bad_file(folder: Path, what: str) -> None:
    bad = folder / "bad.png"
    makers = {
        "noise": lambda: write(bad, os.urandom(500)),
        "empty": lambda: write(bad, b""),
        "bomb": lambda: write(bad, png_claiming(50_000, 50_000)),
        "text": lambda: write(bad, b"not an image"),
        "cut": lambda: cut(picture(bad, width=200, height=200), 0.3),
        "link": lambda: bad.symlink_to("/etc/hostname"),
        "link to a mate": lambda: bad.symlink_to(folder / "good.png"),
        "pipe": lambda: os.mkfifo(bad),
        "gone": lambda: None,
    }
    makers[what]()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("noise", ""),
        ("empty", "empty"),
        ("bomb", "more than 100 million pixels"),
        ("text", ""),
        ("cut", ""),
        ("link", "can't be opened"),
        ("link to a mate", "can't be opened"),
        ("pipe", "no plain file"),
        ("gone", "There is no file"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_its_reason_and_the_others_go_on(
    job: LabelingJob, folder: Path, what: str, said: str
) -> None:
    bad_file(folder, what)
    came = take(job, b'{"source-ref":"bad.png"}\n{"source-ref":"good.png"}\n', root=folder)
    assert (came.taken, came.failed, came.refused) == (2, 1, [])
    bad, good = named("bad.png"), named("good.png")
    assert (bad.state, good.state) == ("failed", "pending")
    assert bad.failure_reason.startswith("ClientError: ")
    assert said in bad.failure_reason
    assert str(folder) not in bad.failure_reason
    assert good.media is not None
    assert (good.media.facts["width"], good.media.facts["height"]) == (40, 30)
    tally = Tally.objects.get()
    assert (tally.total, tally.failed) == (2, 1)


@pytest.mark.parametrize(
    "reference", ["../outside.png", "/etc/hostname", "sub/../../outside.png", "file:///etc/hostname"]
)
def test_a_reference_out_of_the_folder_is_refused_with_its_line(job: LabelingJob, folder: Path, reference: str) -> None:
    picture(folder.parent / "outside.png")
    came = take(job, json.dumps({"source-ref": reference}).encode() + b'\n{"source-ref":"good.png"}\n', root=folder)
    assert came.taken == 1
    assert [(one.line, one.rule) for one in came.refused] == [(1, "E-SRC-SCHEME")]


def test_a_linked_folder_does_not_lead_out(job: LabelingJob, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    picture(outside / "a.png")
    (folder / "sub").symlink_to(outside)
    came = take(job, b'{"source-ref":"sub/a.png"}\n{"source-ref":"good.png"}', root=folder)
    assert (came.taken, came.failed) == (2, 1)


def test_a_folder_is_taken_in_the_order_of_its_names_with_the_folders_below(job: LabelingJob, folder: Path) -> None:
    (folder / "a").mkdir()
    picture(folder / "a" / "z.jpg")
    picture(folder / "b.png", width=50)
    picture(folder / ".hidden.png")
    assert take_folder(job, folder).taken == 3
    lines = [row.content for row in DataObject.objects.order_by("position")]
    assert lines == [{"source-ref": "a/z.jpg"}, {"source-ref": "b.png"}, {"source-ref": "good.png"}]


def test_a_folder_with_odd_names_takes_the_others(job: LabelingJob, folder: Path) -> None:
    picture(folder / "line\nbreak.png")
    picture(folder / "Schöne Grüße 図.png")
    os.rename(picture(folder / "x.png"), os.fsencode(folder) + b"/\xff.png")  # noqa: PTH104
    came = take_folder(job, folder)
    assert (came.taken, came.failed, len(came.refused)) == (2, 0, 2)
    assert set(RefusedLine.objects.values_list("rule", flat=True)) == {"E-SRC-SCHEME", "E-UTF8"}


@pytest.mark.parametrize("there", [True, False])
def test_an_empty_or_missing_folder_makes_nothing(job: LabelingJob, tmp_path: Path, *, there: bool) -> None:
    folder = tmp_path / "nothing"
    if there:
        folder.mkdir()
    with pytest.raises(InvalidJob, match="is empty" if there else "There is no folder"):
        take_folder(job, folder)
    assert not DataObject.objects.exists()


def test_the_same_bytes_twice_are_stored_and_looked_at_once(job: LabelingJob, folder: Path) -> None:
    (folder / "copy.png").write_bytes((folder / "good.png").read_bytes())
    assert take_folder(job, folder).taken == 2
    assert Media.objects.count() == 1
    assert named("copy.png").media == named("good.png").media


def test_a_clip_of_video_is_taken_with_its_facts(people: Staff, tmp_path: Path) -> None:
    job = draft_job(people, task_type="video-classification")
    film(tmp_path / "a.mp4", frames=10)
    assert take_folder(job, tmp_path).failed == 0
    facts = Media.objects.get().facts
    assert (facts["width"], facts["height"], facts["frames"], facts["duration"]) == (64, 48, 10, 1.0)


def claiming(path: Path, frames: int) -> Path:
    content = bytearray(film(path, codec="mpeg4").read_bytes())
    at = content.index(b"stsz") + 12
    content[at : at + 4] = frames.to_bytes(4, "big")
    return write(path, bytes(content))


BAD_FILMS: dict[str, Callable[[Path], Path]] = {
    "cut off": lambda path: cut(film(path, frames=60), 0.7),
    "cut off, index in front": lambda path: cut(film(path, frames=60, faststart=True), 0.7),
    "a playlist": lambda path: write(path, b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n"),
    "a list of films": lambda path: write(path, b"ffconcat version 1.0\nfile /etc/hostname\n"),
    "without a frame": lambda path: film(path, frames=0),
    "sound alone": sound,
    "claims a hundred thousand frames": lambda path: claiming(path, 100_000),
}


@pytest.mark.parametrize("what", BAD_FILMS)
def test_a_bad_film_is_one_failed_object_with_its_reason_and_the_others_go_on(
    people: Staff, tmp_path: Path, what: str
) -> None:
    job = draft_job(people, task_type="video-classification")
    BAD_FILMS[what](tmp_path / "bad.mp4")
    film(tmp_path / "good.mp4")
    came = take_folder(job, tmp_path)
    assert (came.taken, came.failed, came.refused) == (2, 1, [])
    assert named("bad.mp4").state == "failed"
    assert named("bad.mp4").failure_reason.startswith("ClientError: The ")
    assert named("good.mp4").state == "pending"
    assert Media.objects.count() == 1


def test_a_picture_in_a_video_job_fails(people: Staff, folder: Path) -> None:
    came = take_folder(draft_job(people, task_type="video-classification"), folder)
    assert (came.taken, came.failed) == (1, 1)


def upload(job: LabelingJob, folder: Path, *names: str) -> Any:
    client = Editor(job.created_by, job).client
    files = [(folder / name).open("rb") for name in names]
    try:
        return client.post(f"/api/v1/jobs/{job.pk}/objects", {"files": files}, format="multipart")
    finally:
        for file in files:
            file.close()


def test_uploaded_files_are_objects_in_the_order_of_their_names(job: LabelingJob, folder: Path) -> None:
    picture(folder / "also.jpg")
    reply = upload(job, folder, "good.png", "also.jpg")
    assert reply.status_code == 201, reply.content
    none = {"failed": 0, "refused": [], "predictions": 0, "refused_predictions": []}
    assert reply.json() == {"taken": 2, **none}
    assert list(DataObject.objects.order_by("position").values_list("name", flat=True)) == ["also.jpg", "good.png"]


def test_an_uploaded_manifest_names_uploaded_files(job: LabelingJob, folder: Path) -> None:
    lines = [
        b'{"source-ref":"photos/good.png","site":7}',
        b"{",
        b'{"source-ref":"gone.png"}',
        b'{"source-ref":"good.png"}',
    ]
    (folder / "input.manifest").write_bytes(b"\n".join(lines))
    reply = upload(job, folder, "input.manifest", "good.png")
    assert reply.status_code == 201, reply.content
    assert (reply.json()["taken"], reply.json()["failed"]) == (3, 1)
    assert [one["line"] for one in reply.json()["refused"]] == [2]
    assert DataObject.objects.get(position=0).content["site"] == 7


def test_an_upload_of_an_unreadable_picture_fails_by_itself(job: LabelingJob, folder: Path) -> None:
    bad_file(folder, "bomb")
    reply = upload(job, folder, "good.png", "bad.png")
    assert (reply.json()["taken"], reply.json()["failed"]) == (2, 1)


def test_an_upload_without_a_file_is_refused(job: LabelingJob) -> None:
    with pytest.raises(InvalidJob, match="No file was sent"):
        intake.take_upload(job, files=[], by=job.created_by, now=MONDAY)


def test_a_second_uploaded_file_of_the_same_name_is_refused(job: LabelingJob, folder: Path, tmp_path: Path) -> None:
    picture(tmp_path / "good.png", width=99)
    with (folder / "good.png").open("rb") as one, (tmp_path / "good.png").open("rb") as other:
        files = [Upload("good.png", one), Upload("good.png", other)]
        came = intake.take_upload(job, files=files, by=job.created_by, now=MONDAY)
    assert came.taken == 1
    assert [(one.line, one.rule) for one in came.refused] == [(0, "E-FILE-TWICE")]


def test_failed_objects_can_be_tried_again_once_their_files_are_there(people: Staff, folder: Path) -> None:
    job = draft_job(people, task_type="image-classification", root=str(folder))
    take(job, b'{"source-ref":"late.png"}\n{"source-ref":"good.png"}\n{"source-ref":"never.png"}', root=folder)
    creation.start_job(job, by=people.lead, now=MONDAY)
    picture(folder / "late.png", width=77)
    reply = Editor(people.lead, job).client.post(f"/api/v1/jobs/{job.pk}/retry")
    assert reply.status_code == 200
    assert reply.json() == {"retried": 1, "videos": 0}
    assert named("late.png").state == "pending"
    assert named("never.png").state == "failed"
    tally = Tally.objects.get()
    assert (tally.total, tally.failed) == (3, 1)


def test_a_text_whose_file_is_still_missing_is_not_asked_as_an_empty_text(people: Staff, folder: Path) -> None:
    job = draft_job(people, root=str(folder))
    take(job, b'{"source-ref":"late.txt"}\n{"source":"there"}', root=folder)
    assert intake.retry_failed(job, by=people.lead, now=MONDAY) == 0
    assert named("late.txt").state == "failed"
    (folder / "late.txt").write_text("there now")
    assert intake.retry_failed(job, by=people.lead, now=MONDAY) == 1
    assert (named("late.txt").state, named("late.txt").retries) == ("pending", 2)
