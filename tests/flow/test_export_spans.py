"""Exports of spans: CSV and CoNLL beside the manifest, with the covered text, and a manifest without overlaps."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from labeling.errors import BadRequest
from labeling.flow import background, creation, export, leasing
from labeling.formats.validator import validate
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import LabelingJob
from tests.factories import MONDAY, Staff, draft_job, staff, take

pytestmark = pytest.mark.one_database


@pytest.fixture
def crew(db: None) -> Staff:
    return staff(workers=3)


def span_job(crew: Staff) -> LabelingJob:
    """Two texts; in the first two people mark a span and one inside it, and relate them."""
    job: LabelingJob = draft_job(
        crew, name="Ferries", task_type="named-entities", workers=(2, 2), settings={"relations": [{"name": "of"}]}
    )
    take(job, b'{"source":"Ferry to Oban.\\r\\nCafe\\u0301"}\n{"source":"Nothing."}')
    creation.start_job(job, by=crew.lead, now=MONDAY)
    background.work_off(job.pk)
    first, second = (str(uuid.UUID(int=number)) for number in (1, 2))
    spans = [
        (first, 0, {"start": 0, "end": 13, "text": "Ferry to Oban"}),
        (second, 1, {"start": 9, "end": 13, "text": "Oban"}),
    ]
    listed = [{"id": ident, "shape": "span", "category": place, "geometry": where} for ident, place, where in spans]
    whole = {
        "instances": listed,
        "relations": [{"id": str(uuid.UUID(int=3)), "from": second, "to": first, "type": "of"}],
    }
    for worker in crew.workers[:2]:
        while lease := leasing.claim(job, worker=worker, now=MONDAY):
            answer = whole if lease.task.data_object.position == 0 else {"instances": []}
            leasing.receive_answer(
                lease,
                worker=worker,
                token=token_of(lease),
                key=uuid.UUID(int=lease.pk),
                answer=answer,
                active_seconds=2,
                now=MONDAY,
            )
    background.work_off(job.pk)
    return job


def test_a_csv_beside_the_manifest_has_a_row_a_span_with_its_text(crew: Staff, tmp_path: Path) -> None:
    out = export.export_job(span_job(crew), target=tmp_path, wishes=export.Wishes(format="csv"))
    assert out.table == tmp_path / "Ferries" / "tables" / "Ferries.csv"
    header, *rows = out.table.read_text(encoding="utf-8").splitlines()
    assert header.startswith("line,object,start,end,text,label,")
    assert [row.split(",")[:1] + row.split(",")[2:6] for row in rows] == [
        ["1", "0", "13", "Ferry to Oban", "good"],
        ["1", "9", "13", "Oban", "bad"],
    ]
    assert dict(out.table_lost) == {"relations": 1}
    with out.manifest.open("rb") as stream:
        assert [one.rule for one in validate(stream)] == ["W-NER-OVERLAP"]


def test_conll_has_one_tag_a_token_and_says_what_it_left_out(crew: Staff, tmp_path: Path) -> None:
    out = export.export_job(span_job(crew), target=tmp_path, wishes=export.Wishes(format="conll"))
    assert out.table is not None
    lines = [line for line in out.table.read_text(encoding="utf-8").split("\n") if line]
    assert lines == [
        "-DOCSTART- -X- -X- O", "Ferry 0 5 B-good", "to 6 8 I-good", "Oban 9 13 I-good", ". 13 14 O",
        "Cafe\u0301 16 21 O",
        "-DOCSTART- -X- -X- O", "Nothing 0 7 O", ". 7 8 O",
    ]  # fmt: skip
    assert dict(out.table_lost) == {"relations": 1, "overlapping spans": 1}
    assert "overlapping spans" not in out.lost  # the manifest has them


def test_a_manifest_without_overlaps_keeps_the_outermost_span(crew: Staff, tmp_path: Path) -> None:
    out = export.export_job(span_job(crew), target=tmp_path, wishes=export.Wishes("extended", no_overlaps=True))
    first = json.loads(out.manifest.read_text(encoding="utf-8").splitlines()[0])
    label = first["Ferries"]["annotations"]["entities"]
    assert label == [{"label": "good", "startOffset": 0, "endOffset": 13}]
    assert "relations" not in first["Ferries-metadata"]["x-ours"]
    assert first["Ferries-metadata"]["x-ours"]["texts"] == ["Ferry to Oban"]
    assert out.lost["overlapping spans"] == 1


def test_a_format_that_a_type_has_no_place_in_is_refused(crew: Staff, tmp_path: Path) -> None:
    job: LabelingJob = draft_job(crew, name="Classes")
    with pytest.raises(BadRequest, match="can't be written as conll"):
        export.export_job(job, target=tmp_path, wishes=export.Wishes(format="conll"))
    assert not (tmp_path / "Classes").exists()
