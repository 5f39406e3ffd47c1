"""What a body may weigh and hold: as much as the largest honest answer, and nothing that can't be kept."""

from __future__ import annotations

import json
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.test import RequestFactory

from labeling.api.leases import AnswerView, DraftView
from labeling.api.missing import refused
from labeling.api.parsing import MAX_BODY, StorableJson
from labeling.errors import TooLarge
from labeling.flow import creation, intake
from labeling.flow.background import work_off
from labeling.jobs.models import Annotation, Draft, LabelingJob
from tests.api.test_problems import said
from tests.factories import MONDAY, Editor, Staff, draft_job, signed_in
from tests.media.samples import picture

pytestmark = pytest.mark.one_database

MIB = 2**20


@pytest.fixture
def editor(people: Staff, job: LabelingJob) -> Editor:
    return Editor(people.workers[0], job)


@pytest.fixture
def boxes(people: Staff, tmp_path: Path) -> Editor:
    picture(tmp_path / "a.png")
    job: LabelingJob = draft_job(people, task_type="bounding-box", classes=("Car",))
    intake.take_folder(job, folder=tmp_path, by=people.lead, now=MONDAY)
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    return Editor(people.workers[0], job)


def box() -> dict[str, Any]:
    geometry = {"left": 1.5, "top": 2, "width": 3, "height": 4}
    frame = {"shape": "box", "category": 0, "geometry": geometry, "attributes": {}, "group": None, "origin": None}
    return {"id": str(uuid.uuid4()), **frame}


def test_an_answer_of_twenty_thousand_boxes_is_taken(boxes: Editor) -> None:
    answer = {"instances": [box() for _ in range(20_000)]}
    assert len(json.dumps(answer)) > 3 * MIB
    reply = boxes.answer(boxes.lease(), answer)
    assert reply.status_code == 201, reply.content[:300]
    assert Annotation.objects.count() == 1


def test_a_body_beyond_its_doors_size_is_too_large(editor: Editor, people: Staff, monkeypatch: Any) -> None:
    lease = editor.lease()
    said(editor.ask(count=1, held="x" * MAX_BODY), 413, "too-large")
    monkeypatch.setattr(DraftView, "max_body", 2 * MIB)
    said(editor.draft(lease, 0, {"added": {"a": "x" * 2 * MIB}}), 413, "too-large")
    assert not Draft.objects.exists()
    assert editor.draft(lease, 0, {"added": {"a": "x" * (2 * MIB - 1000)}}).status_code == 200
    monkeypatch.setattr(AnswerView, "max_body", 3 * MIB)
    said(editor.answer(lease, {"category": "x" * 3 * MIB}), 413, "too-large")
    said(editor.answer(lease, {"category": "x" * 2 * MIB}), 422, "invalid-answer")


def test_a_body_is_counted_as_it_comes_whatever_was_said_of_its_length() -> None:
    endless = BytesIO(b'"' + b"x" * 2 * MAX_BODY)
    with pytest.raises(TooLarge):
        StorableJson().parse(endless, "application/json", {})
    assert endless.tell() <= MAX_BODY + 1


@pytest.mark.parametrize(("fault", "status"), [(RequestDataTooBig("x"), 413), (SuspiciousOperation("secret"), 400)])
def test_what_django_itself_refuses_is_a_problem_for_programs_and_a_page_for_people(
    db: None, fault: Exception, status: int
) -> None:
    reply = refused(RequestFactory().post("/api/v1/jobs"), fault)
    assert (reply.status_code, reply["Content-Type"]) == (status, "application/problem+json")
    assert b"secret" not in reply.content
    page = refused(RequestFactory().post("/jobs/"), fault)
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")


def test_the_site_asks_ours_what_to_say(people: Staff) -> None:
    said(signed_in(people.lead).get("/api/v1/jobs", HTTP_HOST="evil.example"), 400, "bad-request")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity", "1" * 400])
def test_a_number_that_no_column_keeps_is_refused_anywhere_in_a_body(editor: Editor, number: str) -> None:
    lease = editor.lease()
    body = {"token": lease["token"], "base": 0, "diffs": [{"added": {"a": {"left": "NUMBER"}}}]}
    text = json.dumps(body).replace('"NUMBER"', number)
    path = f"/api/v1/assignments/{lease['assignment']}/draft"
    said(editor.client.patch(path, data=text, content_type="application/json"), 400, "parse-error")
    assert not Draft.objects.exists()
