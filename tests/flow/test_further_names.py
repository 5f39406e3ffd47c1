"""A job of several tools writes a label a tool: under names that must be free, and that go where the main one goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import InvalidJob
from labeling.flow import background, creation, export
from labeling.jobs.models import DataObject, LabelingJob, RefusedLine
from tests.factories import MONDAY, Staff, draft_job, take
from tests.formats.lines_of import rules
from tests.media.samples import film

META = {"class-map": {}, "type": "groundtruth/video-object-tracking", "job-name": "labeling-job/earlier"}
LABEL = {"Road-ref": "out/SeqLabel.json", "Road-ref-metadata": META}
FURTHER = {"Road-polygon-ref": "out/SeqLabel-polygon.json", "Road-polygon-ref-metadata": META}
FAILURE = {
    "Road-ref-metadata": {"failure-reason": "ClientError: gone", "retry-count": 0, "human-annotated": "true"},
}


def job_of(people: Staff, **rules: Any) -> LabelingJob:
    wishes: dict[str, Any] = {"name": "Road", "task_type": "video-object-tracking", "tools": ("box", "polygon")}
    job: LabelingJob = draft_job(people, **{**wishes, **rules})
    return job


def lines(*values: dict[str, Any]) -> bytes:
    return b"".join(json.dumps({"source-ref": "0.mp4", **value}).encode() + b"\n" for value in values)


def started(job: LabelingJob, people: Staff) -> None:
    creation.start_job(job, by=people.lead, now=MONDAY)
    background.work_off(job.pk)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({"Road-polygon-ref": "a column of mine"}, "Road-polygon-ref"),
        ({"Road-polygon-ref-metadata": {"made": "by hand"}}, "Road-polygon-ref-metadata"),
        (FURTHER, "Road-polygon-ref"),
        ({**LABEL, "Road-polygon-ref": "a column of mine"}, "Road-polygon-ref"),
        ({**FAILURE, "Road-polygon-ref-metadata": {"made": "by hand"}}, "Road-polygon-ref-metadata"),
        ({"Road-ref": "a column of mine"}, "Road-ref"),
    ],
)
def test_a_key_that_any_label_of_the_job_would_take_the_place_of_refuses_its_line(
    people: Staff, tmp_path: Path, value: dict[str, Any], key: str
) -> None:
    film(tmp_path / "0.mp4")
    came = take(job_of(people), lines({}, value), root=tmp_path)
    assert (came.taken, len(came.refused)) == (1, 1)
    row = RefusedLine.objects.get()
    assert (row.line, row.rule) == (2, "E-LAN-TAKEN")
    assert f'"{key}"' in row.what


def test_labels_of_an_earlier_run_and_names_of_tools_that_the_job_lacks_are_in_nobodys_way(
    people: Staff, tmp_path: Path
) -> None:
    film(tmp_path / "0.mp4")
    job = job_of(people)
    came = take(job, lines({**LABEL, **FURTHER}, {**FAILURE, **FURTHER}, {"Road-polyline-ref": "mine"}), root=tmp_path)
    assert (came.taken, came.refused) == (3, [])
    started(job, people)
    states = DataObject.objects.filter(job=job).order_by("position").values_list("state", flat=True)
    assert list(states) == ["labeled", "with_people", "with_people"]


def test_a_line_that_fails_when_it_is_chained_has_no_label_of_any_tool_beside_its_failure(
    people: Staff, tmp_path: Path
) -> None:
    job = job_of(people)
    other = {"Road-polyline-ref": "mine"}
    came = take(job, lines({**LABEL, **FURTHER, **other}), root=tmp_path)  # its film is gone
    assert (came.taken, came.failed) == (1, 1)
    out = export.export_job(job, target=tmp_path / "out")
    (line,) = [json.loads(line) for line in out.manifest.read_text().splitlines()]
    assert list(line) == ["source-ref", *other, "Road-ref-metadata"]
    assert line["Road-ref-metadata"]["failure-reason"].startswith("ClientError: ")
    assert set(rules(line, strict=True)) == {"W-SRC-SCHEME"}, "as every export to local files"
    again = job_of(people, name="Again", label_attribute="Road-ref")
    assert take(again, out.manifest.read_bytes()).refused == []


def test_how_long_the_label_attribute_may_be_hangs_on_the_tools(people: Staff) -> None:
    for name, tools, most in (("one", ("polyline",), 127), ("two", ("box", "polygon"), 119)):
        longest = "r" * (most - 4) + "-ref"
        assert job_of(people, name=name, tools=tools, label_attribute=longest).label_attribute == longest
        with pytest.raises(InvalidJob) as caught:
            job_of(people, name=f"{name} more", tools=tools, label_attribute="r" + longest)
        assert caught.value.where == "label_attribute"
    assert "120 characters and may have 119" in caught.value.what


@pytest.mark.parametrize(
    ("own", "predictions"),
    [("Road-ref", "Road-polygon-ref"), ("Road-polygon-ref", "Road-ref"), ("Road-ref", "Road-ref")],
)
def test_labels_and_predictions_of_a_job_share_no_name_of_any_tool(people: Staff, own: str, predictions: str) -> None:
    with pytest.raises(InvalidJob) as caught:
        job_of(people, label_attribute=own, predictions=predictions)
    assert caught.value.where == "predictions"
    job_of(people, label_attribute=own, predictions="guess-ref")
