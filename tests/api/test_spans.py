"""Spans of texts through the API: long files are fetched, offsets are code points, the covered text is checked."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from labeling.flow import creation, intake
from labeling.flow.background import work_off
from labeling.jobs.models import DataObject, Label, LabelingJob
from labeling.jobs.states import ObjectState
from tests.factories import MONDAY, Staff, draft_job

pytestmark = pytest.mark.one_database

OPENING = "\ufeff\U0001f468\U0001f3fb\u200d\U0001f692 firemen\r\ncafe\u0301 \u05d7\u05d9\u05e4\u05d4 \u6771\u4eac\n"
LONG = OPENING + "\u6771" * 30_000 + " Oban"


@pytest.fixture
def documents(people: Staff, tmp_path: Path) -> LabelingJob:
    """Running: a short text in its line, a long and a short file; and one that is not UTF-8."""
    (tmp_path / "long.txt").write_bytes(LONG.encode())
    (tmp_path / "short.txt").write_bytes(b"Ferry to Oban.\r\n")
    (tmp_path / "latin.txt").write_bytes("café".encode("latin-1"))
    lines = [{"source-ref": "long.txt"}, {"source-ref": "short.txt"}, {"source-ref": "latin.txt"}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in [*lines, {"source": "To Oban"}]))
    job: LabelingJob = draft_job(people, name="Spans", task_type="named-entities", classes=("place", "person"))
    with (tmp_path / "in.jsonl").open("rb") as stream:
        intake.take_manifest(job, stream=stream, root=tmp_path, by=people.lead, now=MONDAY)
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    return job


@pytest.fixture
def client(people: Staff) -> APIClient:
    client = APIClient()
    client.force_login(people.workers[0])
    return client


def leases_of(client: APIClient, job: LabelingJob) -> dict[int, Any]:
    reply = client.post(f"/api/v1/jobs/{job.pk}/leases", {"count": 3}, format="json")
    return {lease["object"]["line"]: lease for lease in reply.json()["leases"]}


def answer(client: APIClient, lease: Any, start: int, end: int, text: str) -> Any:
    one = {"id": str(uuid.UUID(int=1)), "shape": "span", "category": 0}
    body = {
        "token": lease["token"],
        "key": str(uuid.UUID(int=start * 1_000 + end)),
        "answer": {"instances": [{**one, "geometry": {"start": start, "end": end, "text": text}}]},
    }
    return client.post(f"/api/v1/assignments/{lease['assignment']}/answer", body, format="json")


def test_a_long_file_is_fetched_and_all_else_comes_along(client: APIClient, documents: LabelingJob) -> None:
    leases = leases_of(client, documents)
    assert sorted(leases) == [1, 2, 4]
    assert leases[1]["question"]["media"]["text"] == ""
    fetched = client.get(leases[1]["media"]["original"])
    assert b"".join(fetched) == LONG.encode()
    assert fetched.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert leases[2]["question"]["media"]["text"] == "Ferry to Oban.\r\n"
    assert leases[4]["question"]["media"]["text"] == "To Oban"
    assert leases[4]["media"] == {}


def test_offsets_count_code_points_and_the_covered_text_must_stand_there(
    client: APIClient, documents: LabelingJob
) -> None:
    lease = leases_of(client, documents)[1]
    start = LONG.index("Oban")
    utf_16 = len(LONG[:start].encode("utf-16-le")) // 2
    refused = answer(client, lease, utf_16, utf_16 + 4, "Oban")
    assert refused.status_code == 422
    assert refused.json()["where"] == "/instances/0/geometry/end"
    refused = answer(client, lease, start - 1, start + 3, "Oban")
    assert (refused.status_code, refused.json()["where"]) == (422, "/instances/0/geometry/text")
    assert answer(client, lease, start, start + 4, "Oban").status_code == 201
    work_off(documents.pk)
    label = Label.objects.get(data_object__job=documents, data_object__position=0)
    assert label.answer["instances"][0]["geometry"] == {"start": start, "end": start + 4, "text": "Oban"}


def test_a_document_that_is_not_utf_8_fails_alone_and_says_at_which_byte(documents: LabelingJob) -> None:
    failed = DataObject.objects.get(job=documents, state=ObjectState.FAILED)
    assert failed.position == 2
    assert "not UTF-8: byte 3 is 0xe9" in failed.failure_reason


def test_simulated_workers_read_long_files_too(documents: LabelingJob, tmp_path: Path) -> None:
    start = LONG.index("Oban")
    entity = {"label": "place", "startOffset": start, "endOffset": start + 4}
    truth = {"annotations": {"entities": [entity], "labels": [{"label": "place"}]}}
    nothing = {"annotations": {"entities": [], "labels": []}}
    lines = [
        {"source-ref": "long.txt", "truth": truth},
        {"source-ref": "short.txt", "truth": nothing},
        {"source-ref": "latin.txt", "truth": nothing},
        {"source": "To Oban", "truth": nothing},
    ]
    (tmp_path / "truth.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    arguments = ["--truth", str(tmp_path / "truth.jsonl"), "--workers", "2", "--in-process"]
    with suppress(SystemExit):
        call_command("simulate_workers", str(documents.pk), *arguments, stdout=StringIO())
    documents.refresh_from_db()
    assert documents.state == "completed"
    label = Label.objects.get(data_object__job=documents, data_object__position=0)
    assert label.answer["instances"][0]["geometry"]["text"] == "Oban"
