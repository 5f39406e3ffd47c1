"""The sample project: every file that it promises, the same each time, and true."""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from labeling.cli.demo import SampleJob, build_sample
from labeling.media import Probed, probe_many

MEDIUM = {
    "bounding-box": "image",
    "polygon": "image",
    "semantic-segmentation": "image",
    "image-classification": "image",
    "text-classification": "text",
    "named-entities": "text",
    "video-classification": "video",
    "video-object-tracking": "video",
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> list[SampleJob]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the sample project fetched something"))
        return build_sample(tmp_path_factory.mktemp("sample"))


def lines(path: Path | None) -> list[dict[str, Any]]:
    assert path is not None
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def classes(job: SampleJob) -> list[str]:
    return [label["label"] for label in json.loads(job.categories.read_text(encoding="utf-8"))["labels"]]


def named(sample: list[SampleJob], task_type: str) -> list[SampleJob]:
    return [job for job in sample if job.task_type == task_type]


def known_ones(sample: list[SampleJob]) -> list[SampleJob]:
    """Those that simulated workers half answer."""
    return [job for job in sample if job.truth is not None]


def test_there_is_a_job_of_each_kind_of_work(sample: list[SampleJob]) -> None:
    assert {job.task_type for job in sample} == set(MEDIUM)


def test_names_follow_the_rules_of_the_manifest(sample: list[SampleJob]) -> None:
    assert len({job.name.lower() for job in sample}) == len(sample)
    for job in sample:
        assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", job.name)


def test_each_job_tells_its_workers_about_every_class(sample: list[SampleJob]) -> None:
    for job in sample:
        text = job.instructions.lower()
        missing = [name for name in classes(job) if name.lower() not in text]
        assert missing == ([] if job.name != "Handwritten-digits" else ["2", "5", "6"])


def test_the_truth_is_the_input_with_one_label_a_line(sample: list[SampleJob]) -> None:
    for job in known_ones(sample):
        given, known = lines(job.input), lines(job.truth)
        assert len(given) == len(known) > 0
        for source, truth in zip(given, known, strict=True):
            assert list(truth) == [*source, "truth", "truth-metadata"]
            assert {key: truth[key] for key in source} == source


def test_every_class_occurs_in_its_job(sample: list[SampleJob]) -> None:
    for job in known_ones(sample):
        if job.task_type == "bounding-box":
            used = {box["class_id"] for line in lines(job.truth) for box in line["truth"]["annotations"]}
        elif job.task_type == "named-entities":
            names = {one["label"] for line in lines(job.truth) for one in line["truth"]["annotations"]["entities"]}
            used = {classes(job).index(name) for name in names}
        else:
            used = {line["truth"] for line in lines(job.truth)}
            named_right = all(classes(job)[x["truth"]] == x["truth-metadata"]["class-name"] for x in lines(job.truth))
            assert named_right
        assert used == set(range(len(classes(job))))


def test_every_file_is_there_and_can_be_read_by_our_own_door(sample: list[SampleJob]) -> None:
    for job in sample:
        medium = MEDIUM[job.task_type]
        if medium == "text":
            continue
        paths = [job.folder / line["source-ref"] for line in lines(job.input)]
        for found in probe_many(paths, medium):  # type: ignore[arg-type]
            assert isinstance(found, Probed)
            assert found.shown


def test_clips_are_short_and_play_in_a_browser(sample: list[SampleJob]) -> None:
    (job,) = named(sample, "video-classification")
    paths = [job.folder / line["source-ref"] for line in lines(job.input)]
    for found in probe_many(paths, "video"):
        assert isinstance(found, Probed)
        assert (found.codec, found.content_type) == ("h264", "video/mp4")
        assert found.facts.frames == 40
        assert found.facts.duration == pytest.approx(2.0, abs=0.05)


def test_films_to_follow_things_in_can_be_stepped_through_as_they_are(sample: list[SampleJob]) -> None:
    (job,) = named(sample, "video-object-tracking")
    paths = [job.folder / line["source-ref"] for line in lines(job.input)]
    assert len(paths) == 2
    for found in probe_many(paths, "video"):
        assert isinstance(found, Probed)
        assert (found.codec, found.facts.frames, found.quick) == ("h264", 72, True)


def test_boxes_lie_inside_their_pictures_and_are_large_enough_to_draw(sample: list[SampleJob]) -> None:
    (job,) = named(sample, "bounding-box")
    for line in lines(job.truth):
        (size,) = line["truth"]["image_size"]
        with Image.open(job.folder / line["source-ref"]) as picture:
            assert (size["width"], size["height"]) == picture.size
        for box in line["truth"]["annotations"]:
            assert box["left"] >= 0
            assert box["top"] >= 0
            assert box["left"] + box["width"] <= size["width"]
            assert box["top"] + box["height"] <= size["height"]
            assert min(box["width"], box["height"]) >= 8
        assert len(line["truth-metadata"]["objects"]) == len(line["truth"]["annotations"])


def test_some_pictures_have_many_boxes_and_some_have_none(sample: list[SampleJob]) -> None:
    (job,) = named(sample, "bounding-box")
    counts = [len(line["truth"]["annotations"]) for line in lines(job.truth)]
    assert len(counts) == 24
    assert min(counts) == 0
    assert max(counts) >= 20


def test_letters_are_many_different_and_balanced(sample: list[SampleJob]) -> None:
    (job,) = named(sample, "text-classification")
    known = lines(job.truth)
    assert len(known) >= 120
    assert len({line["source"] for line in known}) == len(known)
    assert set(Counter(line["truth"] for line in known).values()) == {len(known) // 4}


def test_spans_stand_where_the_log_book_was_marked(sample: list[SampleJob]) -> None:
    (job,) = named(sample, "named-entities")
    known = lines(job.truth)
    assert len(known) == 12
    told = [
        (line["source"][one["startOffset"] : one["endOffset"]], one["label"])
        for line in known
        for one in line["truth"]["annotations"]["entities"]
    ]
    assert {("Heron", "Boat"), ("Jo\u00e3o Alves", "Person"), ("at half past five", "Time")} <= set(told)
    assert not any(sign in line["source"] for line in known for sign in "{|}")
    assert sum(not line["truth"]["annotations"]["entities"] for line in known) == 1


def test_the_same_files_are_made_each_time_and_none_is_left_over(sample: list[SampleJob]) -> None:
    root = sample[0].folder.parent

    def digests() -> dict[str, str]:
        files = (path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): sha256(path.read_bytes()).hexdigest() for path in files}

    before = digests()
    assert build_sample(root) == sample
    assert digests() == before
