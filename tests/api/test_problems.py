"""Every error of the API is said in one way, whatever went wrong and wherever."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from rest_framework.test import APIClient

from labeling.api.jobs import JobView
from labeling.jobs.models import LabelingJob
from tests.factories import Editor, Staff, signed_in


def said(reply: Any, status: int, code: str) -> dict[str, Any]:
    assert reply.status_code == status, reply.content
    assert reply["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = reply.json()
    assert set(body) >= {"code", "what", "where", "todo", "status"}
    assert (body["status"], body["code"]) == (status, code)
    assert body["what"]
    return body


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/jobs/1/nothing", "/api/v1/", "/api/", "/api/v2/jobs"])
@pytest.mark.parametrize("call", ["get", "post"])
def test_an_unknown_address_is_a_problem(people: Staff, path: str, call: str) -> None:
    said(getattr(signed_in(people.lead), call)(path), 404, "not-found")
    said(getattr(APIClient(), call)(path), 404, "not-found")


def test_an_address_with_a_slash_too_many_is_a_problem(job: LabelingJob, people: Staff) -> None:
    said(signed_in(people.lead).get(f"/api/v1/jobs/{job.pk}/"), 404, "not-found")


@pytest.mark.parametrize(("call", "path"), [("delete", "jobs"), ("get", "jobs/{}/leases"), ("put", "jobs/{}")])
def test_a_method_that_an_address_has_not_is_a_problem(job: LabelingJob, people: Staff, call: str, path: str) -> None:
    reply = getattr(signed_in(people.lead), call)("/api/v1/" + path.format(job.pk))
    said(reply, 405, "method-not-allowed")
    assert reply["Allow"]


@pytest.mark.parametrize("text", [b"{", b"", b"\xff", b'{"count":NaN}', b"[" * 100_000])
def test_malformed_json_is_a_problem(job: LabelingJob, people: Staff, text: bytes) -> None:
    path = f"/api/v1/jobs/{job.pk}/leases"
    reply = signed_in(people.workers[0]).post(path, data=text, content_type="application/json")
    if text:
        said(reply, 400, "parse-error")


@pytest.mark.parametrize("text", [b"[]", b'"x"', b"7", b"null", b"true"])
def test_a_body_that_is_no_object_is_a_problem(job: LabelingJob, people: Staff, text: bytes) -> None:
    path = f"/api/v1/jobs/{job.pk}/leases"
    reply = signed_in(people.workers[0]).post(path, data=text, content_type="application/json")
    assert reply.status_code in (200, 400)
    if reply.status_code == 400:
        said(reply, 400, "bad-request")


def test_another_media_type_is_a_problem(job: LabelingJob, people: Staff) -> None:
    path = f"/api/v1/jobs/{job.pk}/leases"
    reply = signed_in(people.workers[0]).post(path, data="count: 1", content_type="application/yaml")
    said(reply, 415, "unsupported-media-type")


@pytest.mark.parametrize("accept", ["application/xml", "text/html", "image/png", "*/*"])
def test_what_a_client_accepts_is_no_reason_to_refuse_it(job: LabelingJob, people: Staff, accept: str) -> None:
    assert signed_in(people.lead).get(f"/api/v1/jobs/{job.pk}", HTTP_ACCEPT=accept).status_code == 200


def test_a_field_that_breaks_its_rule_is_named_by_a_pointer(people: Staff) -> None:
    body = {"name": "A", "task_type": "text-classification", "team": people.team.pk, "categories": ["a", "", "b"]}
    assert said(signed_in(people.lead).post("/api/v1/jobs", body), 400, "bad-request")["where"] == "/categories/1"


def test_a_missing_field_is_named_by_a_pointer(people: Staff) -> None:
    body = {"name": "A", "task_type": "text-classification", "categories": ["a", "b"]}
    assert said(signed_in(people.lead).post("/api/v1/jobs", body), 400, "bad-request")["where"] == "/team"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "bad-request"),
        ({"categories": ["a"]}, "invalid-job"),
        ({"categories": ["a", "a"]}, "invalid-job"),
        ({"task_type": "mind-reading"}, "bad-request"),
        ({"workers_min": 3, "workers_max": 2}, "invalid-job"),
        ({"target_error": 2}, "invalid-job"),
        ({"target_error": "nan"}, "bad-request"),
        ({"settings": {"magic": True}}, "invalid-job"),
        ({"label_attribute": "a b"}, "invalid-job"),
        ({"team": 10**30}, "not-found"),
        ({"team": 10**9}, "not-found"),
        ({"magic": True}, "bad-request"),
        ({"name": "nul \x00"}, "bad-request"),
    ],
)
def test_a_job_that_cannot_be_made_is_a_problem_and_makes_nothing(
    people: Staff, change: dict[str, Any], code: str
) -> None:
    body = {"name": "A", "task_type": "text-classification", "team": people.team.pk, "categories": ["a", "b"]}
    client = signed_in(people.lead)
    reply = client.post("/api/v1/jobs", {**body, **change})
    said(reply, {"bad-request": 400, "invalid-job": 422, "not-found": 404}[code], code)
    assert not LabelingJob.objects.exists()
    assert client.post("/api/v1/jobs", body).status_code == 201


@pytest.mark.parametrize(
    ("state", "step", "status"),
    [
        ("draft", "pause", 409),
        ("draft", "resume", 200),
        ("running", "start", 409),
        ("paused", "pause", 409),
        ("completed", "pause", 409),
        ("completed", "resume", 200),
        ("stopped", "pause", 409),
        ("running", "explode", 404),
    ],
)
def test_a_step_that_a_job_cannot_take_is_a_conflict(
    job: LabelingJob, people: Staff, state: str, step: str, status: int
) -> None:
    LabelingJob.objects.filter(pk=job.pk).update(state=state)
    reply = signed_in(people.lead).post(f"/api/v1/jobs/{job.pk}/steps/{step}")
    assert reply.status_code == status
    if status != 200:
        said(reply, status, "conflict" if status == 409 else "not-found")


def test_what_nobody_foresaw_is_a_problem_without_our_insides(
    job: LabelingJob, people: Staff, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret sauce")

    monkeypatch.setattr(JobView, "get", broken)
    client = signed_in(people.lead)
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        reply = client.get(f"/api/v1/jobs/{job.pk}")
    said(reply, 500, "problem")
    assert b"sauce" not in reply.content
    assert "sauce" in caplog.text


def test_the_pages_still_say_their_errors_as_pages(people: Staff) -> None:
    reply = signed_in(people.lead).get("/nothing-here/")
    assert reply.status_code == 404
    assert reply["Content-Type"].startswith("text/html")


def test_an_expired_session_is_told_from_a_forbidden_one(job: LabelingJob) -> None:
    said(APIClient().get(f"/api/v1/jobs/{job.pk}"), 401, "not-authenticated")


def test_a_session_without_its_csrf_token_may_not_write(job: LabelingJob, people: Staff) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(people.workers[0])
    said(client.post(f"/api/v1/jobs/{job.pk}/leases", {}), 403, "permission-denied")
    assert Editor(people.workers[0], job).ask().status_code == 200
