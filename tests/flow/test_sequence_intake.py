"""A folder of pictures with its sequence file is one data object, or one failed data object with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labeling.errors import NotFound
from labeling.flow import intake, media_frames, media_preparing, media_variants
from labeling.flow.intake import Upload
from labeling.jobs.frame_tables import frame_table_of
from labeling.jobs.models import DataObject, LabelingJob, Media
from labeling.task_types.video_classification import VideoClassification
from tests.factories import MONDAY, Staff, draft_job, take
from tests.formats.test_sequences import WRONG, dumped, harbour
from tests.media.films import picture_of, read_number
from tests.media.samples import picture

pytestmark = pytest.mark.one_database


@pytest.fixture
def job(people: Staff, monkeypatch: pytest.MonkeyPatch) -> LabelingJob:
    """Of a type that takes frame sequences."""
    monkeypatch.setattr(VideoClassification, "sequences", True)
    return draft_job(people, task_type="video-classification", name="Harbour")  # type: ignore[no-any-return]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three frames that carry their numbers, and their sequence file."""
    folder = tmp_path / "in"
    (folder / "harbour").mkdir(parents=True)
    for number in range(3):
        Image.fromarray(picture_of(number)).save(folder / "harbour" / f"f000{number}.jpg", quality=92)
    (folder / "seq1.json").write_bytes(dumped(harbour()))
    return folder


def taken(job: LabelingJob, folder: Path, value: Any = None) -> DataObject:
    if value is not None:
        (folder / "seq1.json").write_bytes(dumped(value))
    came = take(job, b'{"source-ref":"seq1.json"}\n', root=folder)
    assert (came.taken, came.refused) == (1, [])
    return DataObject.objects.select_related("media").latest("pk")


def media_of(job: LabelingJob, folder: Path, value: Any = None) -> Media:
    row = taken(job, folder, value)
    assert row.state == "pending", row.failure_reason
    assert row.media is not None
    return row.media


def test_a_sequence_is_one_object_with_its_facts(job: LabelingJob, folder: Path) -> None:
    media = media_of(job, folder)
    facts = media.facts
    assert (media.kind, facts["width"], facts["height"], facts["frames"], facts["sequence"]) == (
        "video",
        224,
        128,
        3,
        True,
    )
    assert Media.objects.count() == 1  # its frames are no objects of their own


def test_its_frame_table_holds_names_and_numbers(job: LabelingJob, folder: Path) -> None:
    value = harbour()
    for place, frame in enumerate(value["frames"]):
        frame |= {"frame-no": 10 + place, "unix-timestamp": 1_700_000_000 + place / 2}
    media = media_of(job, folder, value)
    told = media_variants.told_of(media, "frame-table")
    assert told == {
        "kind": "sequence",
        "frames": 3,
        "time_base": [1, 1],
        "pts": [0, 1, 2],
        "keys": [0, 1, 2],
        "end": 3,
        "names": ["f0000.jpg", "f0001.jpg", "f0002.jpg"],
        "frame_nos": [10, 11, 12],
        "stamps": [1_700_000_000, 1_700_000_000.5, 1_700_000_001],
        "proxy": "none",
    }
    assert frame_table_of(media).names == ("f0000.jpg", "f0001.jpg", "f0002.jpg")


def test_a_frame_is_its_own_file(job: LabelingJob, folder: Path) -> None:
    media = media_of(job, folder)
    for number in range(3):
        frame = media_frames.frame_of(media, number)
        assert frame.content_type == "image/jpeg"
        assert frame.path is not None
        assert frame.path.read_bytes() == (folder / "harbour" / f"f000{number}.jpg").read_bytes()
    with pytest.raises(NotFound):
        media_frames.frame_of(media, 3)


def test_it_has_a_thumbnail_a_strip_and_its_file(job: LabelingJob, folder: Path) -> None:
    media = media_of(job, folder)
    assert media_preparing.prepare_waiting() == 1
    media.refresh_from_db()
    assert media.state == "ready"
    path, _ = media_variants.variant_of(media, "strip")
    index = media_variants.told_of(media, "strip-index")
    assert index is not None
    sheet = np.asarray(Image.open(path).convert("RGB"))
    tiles = [sheet[:, place * index["width"] : (place + 1) * index["width"]] for place in range(3)]
    assert [read_number(tile) for tile in tiles] == index["frames"] == [0, 1, 2]
    media_variants.make_thumbnails([media])
    path, content_type = media_variants.variant_of(media, "thumbnail")
    assert content_type == "image/webp"
    assert read_number(np.asarray(Image.open(path).convert("RGB"))) == 0
    path, content_type = media_variants.variant_of(media, "original")
    assert (path.read_bytes(), content_type) == ((folder / "seq1.json").read_bytes(), "application/json")
    with pytest.raises(NotFound):
        media_variants.variant_of(media, "proxy")


def test_frames_are_shown_in_the_order_of_their_names(job: LabelingJob, folder: Path) -> None:
    value = harbour("f0002.jpg", "f0000.jpg", "f0001.jpg")
    media = media_of(job, folder, value)
    assert frame_table_of(media).names == ("f0000.jpg", "f0001.jpg", "f0002.jpg")
    assert frame_table_of(media).numbers == (1, 2, 0)


@pytest.mark.parametrize(("rule", "_", "value"), [case for case in WRONG if case[0].startswith("E-")])
def test_a_wrong_sequence_file_is_one_failed_object_with_its_reason(
    job: LabelingJob, folder: Path, rule: str, _: str, value: dict[str, Any]
) -> None:
    row = taken(job, folder, value)
    assert row.state == "failed"
    assert rule in row.failure_reason
    assert taken(job, folder, harbour()).state == "pending"


def test_frames_of_differing_size_are_refused_by_name(job: LabelingJob, folder: Path) -> None:
    picture(folder / "harbour" / "f0002.jpg", width=80, height=60)
    row = taken(job, folder)
    assert row.state == "failed"
    for said in ("'f0000.jpg' is 224 x 128 px", "'f0002.jpg' 80 x 60 px"):
        assert said in row.failure_reason


def test_frames_that_are_turned_differently_are_refused(job: LabelingJob, folder: Path) -> None:
    picture(folder / "harbour" / "f0002.jpg", width=224, height=128, orientation=6)
    assert "turned differently" in taken(job, folder).failure_reason


@pytest.mark.parametrize("what", ["gone", "text", "film"])
def test_a_frame_that_can_not_be_read_fails_the_object(job: LabelingJob, folder: Path, what: str) -> None:
    frame = folder / "harbour" / "f0001.jpg"
    frame.unlink()
    if what == "text":
        frame.write_bytes(b"no picture")
    if what == "film":
        frame.write_bytes(b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2")
    row = taken(job, folder)
    assert row.state == "failed"
    assert "f0001.jpg" in row.failure_reason


@pytest.mark.parametrize(
    ("prefix", "name"), [("../", "outside.jpg"), ("harbour/", "../../outside.jpg"), ("/", "etc/hostname")]
)
def test_nothing_outside_of_the_folder_is_read(job: LabelingJob, folder: Path, prefix: str, name: str) -> None:
    picture(folder.parent / "outside.jpg", width=224, height=128)
    row = taken(job, folder, harbour(name, prefix=prefix))
    assert row.state == "failed"
    assert "reference" in row.failure_reason


def test_a_linked_frame_is_not_followed(job: LabelingJob, folder: Path) -> None:
    outside = picture(folder.parent / "outside.jpg", width=224, height=128)
    (folder / "harbour" / "f0001.jpg").unlink()
    (folder / "harbour" / "f0001.jpg").symlink_to(outside)
    assert "can't be opened" in taken(job, folder).failure_reason


def test_the_same_sequence_twice_is_kept_once(job: LabelingJob, folder: Path) -> None:
    assert media_of(job, folder) == media_of(job, folder)


def test_an_uploaded_sequence_comes_with_its_frames(job: LabelingJob, folder: Path, people: Staff) -> None:
    manifest = folder / "a.manifest"
    manifest.write_bytes(b'{"source-ref":"seq1.json"}\n')
    names = [manifest, folder / "seq1.json", *sorted((folder / "harbour").iterdir())]
    files = [Upload(path.name, path.open("rb")) for path in names]
    came = intake.take_upload(job, files=files, by=people.lead, now=MONDAY)
    for file in files:
        file.stream.close()
    assert (came.taken, came.failed) == (1, 0)


def test_a_job_of_clips_takes_no_sequences(people: Staff, folder: Path) -> None:
    clips = draft_job(people, task_type="video-classification", name="Clips")
    row = taken(clips, folder)
    assert row.state == "failed"


def test_a_failed_sequence_is_read_anew_when_it_is_tried_again(job: LabelingJob, folder: Path, people: Staff) -> None:
    good = (folder / "harbour" / "f0001.jpg").read_bytes()
    (folder / "harbour" / "f0001.jpg").unlink()
    row = taken(job, folder)
    job.root = str(folder)
    job.save()
    (folder / "harbour" / "f0001.jpg").write_bytes(good)
    assert intake.retry_failed(job, by=people.lead, now=MONDAY) == 1
    row.refresh_from_db()
    assert row.state == "pending"
    assert json.loads(row.line) == {"source-ref": "seq1.json"}
