"""Segmentation from pictures to checked masks by the commands alone: create, simulate, export, validate."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from PIL import Image

from labeling.formats.folders import OUTPUT_MANIFEST
from labeling.formats.labels import truth_of
from labeling.formats.side_files import beside, placed, with_side_files
from labeling.geometry.masks import full_mask
from labeling.jobs.files import LARGE
from labeling.jobs.models import Annotation, Label, LabelingJob, Prediction
from labeling.task_types.base import Category, MediaFacts, Question, Verdict
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.registry import task_type
from tests.factories import staff

NAMES = ("water", "reeds")
HEIGHT, WIDTH = 36, 48
Q = Question(tuple(Category(name) for name in NAMES), MediaFacts("image", WIDTH, HEIGHT), tools=("mask",))
KINDS = ("semantic-segmentation", "instance-segmentation")
SUFFIX = {"semantic-segmentation": "-ref", "instance-segmentation": ""}


def run(name: str, *arguments: object) -> str:
    out = StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def scene(number: int) -> Instances:
    """A pond and reeds beside it, somewhere else in each picture; from the third on reeds only."""
    pond, reeds = np.zeros((HEIGHT, WIDTH), dtype=bool), np.zeros((HEIGHT, WIDTH), dtype=bool)
    pond[4 + number : 20 + number, 3:20] = True
    reeds[10:30, 22 + number : 40] = True
    listed = [(0, pond), (1, reeds)] if number < 3 else [(1, reeds)]
    return Instances(
        tuple(
            Instance(f"00000000-0000-4000-8000-{10 * number + place:012d}", "mask", category, full_mask(image))
            for place, (category, image) in enumerate(listed)
        )
    )


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def files(tmp_path: Path, db: None, kind: str) -> Path:
    """Four pictures, their manifest, the categories, and the truth with its PNGs."""
    staff()
    truth = []
    for number in range(4):
        Image.new("RGB", (WIDTH, HEIGHT), (40 * number, 90, 120)).save(tmp_path / f"{number}.png")
        label = task_type(kind).to_manifest(Verdict(scene(number), 1.0), Q)
        label = placed(label, object_id=number, created=datetime(2026, 1, 5, 9, 30, tzinfo=UTC))
        for name, content in label.side_files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
        truth.append({"source-ref": f"{number}.png", "truth": label.value, "truth-metadata": label.metadata})
    (tmp_path / "truth.manifest").write_text("".join(json.dumps(line) + "\n" for line in truth))
    lines = [json.dumps({"source-ref": f"{number}.png"}) + "\n" for number in range(4)]
    (tmp_path / "in.manifest").write_text("".join(lines))
    labels = [{"label": name} for name in NAMES]
    (tmp_path / "classes.json").write_text(json.dumps({"document-version": "2018-11-28", "labels": labels}))
    return tmp_path


def labelled(files: Path, kind: str, name: str, truth: Path, *more: object) -> Path:
    """A job of that name, done by three workers; its output manifest."""
    run(
        *("create_job", name, "--task-type", kind, "--input", files / "in.manifest"),
        *("--categories", files / "classes.json", "--workers", 3, "--start"),
    )
    run("simulate_workers", name, "--truth", truth, "--workers", 3, "--in-process")
    run("export_job", name, "--output", files / "out", *more)
    return files / "out" / name / OUTPUT_MANIFEST


def masks_read(manifest: Path, kind: str, name: str) -> list[set[Any]]:
    found = []
    for line in manifest.read_text().splitlines():
        attribute = truth_of(json.loads(line), name + SUFFIX[kind])
        assert attribute is not None
        whole = with_side_files(task_type(kind), attribute, beside(manifest))
        answer = task_type(kind).from_manifest(whole, Q)
        found.append({(one.category, one.geometry) for one in answer.instances})
    return found


def test_masks_come_out_as_the_workers_painted_them_and_pass_the_validator(files: Path, kind: str) -> None:
    manifest = labelled(files, kind, "ponds", files / "truth.manifest")
    said = run("validate_manifest", manifest, "--strict", "--files", files, "--input", files / "in.manifest")
    assert "0 errors" in said
    wanted = [{(one.category, one.geometry) for one in scene(number).instances} for number in range(4)]
    assert masks_read(manifest, kind, "ponds") == wanted


def test_an_export_is_the_truth_of_the_next_job(files: Path, kind: str) -> None:
    manifest = labelled(files, kind, "ponds", files / "truth.manifest", "--profile", "extended")
    folder = manifest.parents[2]
    text = manifest.read_text().replace(f'"ponds{SUFFIX[kind]}', '"truth')
    (folder / "truth.manifest").write_text(text)
    again = labelled(files, kind, "ponds-2", folder / "truth.manifest")
    assert masks_read(again, kind, "ponds-2") == masks_read(manifest, kind, "ponds")


def test_masks_of_a_model_come_in_as_predictions_with_their_pictures(files: Path, kind: str) -> None:
    text = (files / "truth.manifest").read_text().splitlines()
    lost = json.loads(text[1].replace("/1_2026", "/99_2026"))
    (files / "in.manifest").write_text("\n".join([text[0], json.dumps(lost), *text[2:]]))
    said = run(
        *("create_job", "ponds", "--task-type", kind, "--input", files / "in.manifest"),
        *("--categories", files / "classes.json", "--predictions", "truth", "--show-proposals"),
    )
    assert "99_2026" in said
    rows = Prediction.objects.order_by("data_object__position").select_related("data_object")
    assert [row.data_object.position for row in rows] == [0, 2, 3]
    for row in rows:
        answer = task_type(kind).parse(row.answer, Q)
        wanted = {(one.category, one.geometry) for one in scene(row.data_object.position).instances}
        assert {(one.category, one.geometry) for one in answer.instances} == wanted


def test_addresses_begin_with_the_prefix_and_the_folder_still_checks(files: Path, kind: str) -> None:
    manifest = labelled(files, kind, "ponds", files / "truth.manifest", "--source-prefix", "s3://quarry/in/")
    begins = "s3://quarry/in/ponds/annotations/consolidated-annotation/output/0_"
    assert begins in manifest.read_text().splitlines()[0]
    assert "0 errors, 0 warnings" in run("validate_manifest", manifest, "--strict", "--files", files)


def test_a_mask_of_a_missing_picture_is_told_where_it_stands(files: Path, kind: str) -> None:
    manifest = labelled(files, kind, "ponds", files / "truth.manifest")
    next(manifest.parents[2].glob("annotations/consolidated-annotation/output/1_*.png")).unlink()
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("validate_manifest", str(manifest), "--files", str(files), stdout=out, stderr=out)
    assert "line 2" in out.getvalue()
    assert "E-SEG-PNG" in out.getvalue()


def test_a_ragged_mask_larger_than_a_row_is_kept_whole(files: Path, kind: str) -> None:
    height, width = 280, 500
    noise = np.random.default_rng(1).random((height, width)) < 0.5
    q = Question(Q.categories, MediaFacts("image", width, height), tools=("mask",))
    Image.new("RGB", (width, height)).save(files / "0.png")
    (files / "in.manifest").write_text(json.dumps({"source-ref": "0.png"}))
    answer = Instances((Instance("00000000-0000-4000-8000-000000000001", "mask", 1, full_mask(noise)),))
    label = task_type(kind).to_manifest(Verdict(answer, 1.0), q)
    (files / "noise.png").write_bytes(next(iter(label.side_files.values())))
    value = json.loads(json.dumps(label.value).replace("{object}_{created}.png", "noise.png"))
    line = {"source-ref": "0.png", "truth": value, "truth-metadata": label.metadata}
    (files / "noise.manifest").write_text(json.dumps(line))
    manifest = labelled(files, kind, "ponds", files / "noise.manifest")
    assert len(answer.instances[0].geometry.counts) > LARGE
    assert all(row.answer_key for row in Annotation.objects.all())
    assert all(row.answer_key for row in Label.objects.all())
    assert LabelingJob.objects.get().state == "completed"
    assert "0 errors" in run("validate_manifest", manifest, "--strict", "--files", files)
