"""The OpenAPI schema says everything, and reading never writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.urls import URLPattern
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from labeling.api.urls import urlpatterns
from labeling.flow import background
from labeling.flow.export import Wishes
from labeling.flow.export_requests import request_export
from labeling.jobs.clock import database_now
from labeling.jobs.media_links import lead_link
from labeling.jobs.models import DataObject, LabelingJob
from tests.factories import Editor, Staff, signed_in

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def test_the_schema_is_valid(schema: Any) -> None:
    validate_schema(schema)  # type: ignore[no-untyped-call]


def test_every_route_is_in_the_schema_with_its_methods(schema: Any) -> None:
    wanted = set()
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view: Any = pattern.callback
        path = "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        methods = [name for name in ("get", "post", "put", "patch", "delete") if hasattr(view.view_class, name)]
        wanted |= {(path, method) for method in methods if pattern.name != "api-schema"}
    assert {
        (path.replace("{id}", "{pk}"), method) for path, calls in schema["paths"].items() for method in calls
    } == wanted


def test_every_call_says_what_it_does_and_what_comes_back(schema: Any) -> None:
    for path, calls in schema["paths"].items():
        for method, call in calls.items():
            assert call.get("description"), f"{method} {path} has no sentence"
            assert any(status.startswith("2") for status in call["responses"]), f"{method} {path}"
            assert {"token": []} in call["security"], f"{method} {path} forgets tokens"


def test_the_schema_is_generated_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert "Warning" not in capsys.readouterr().err


@contextmanager
def nothing_is_written() -> Iterator[None]:
    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        assert sql.lstrip().split()[0] in ("SELECT", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"), sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield


def test_reading_writes_nothing(people: Staff, photos: LabelingJob) -> None:
    worker, lead = Editor(people.workers[0], photos), signed_in(people.lead)
    export = request_export(photos, wishes=Wishes(), by=people.lead, now=database_now())
    background.work_off(photos.pk)
    lease = worker.lease()
    thumbnail = lead_link(DataObject.objects.earliest("pk"))
    with nothing_is_written():
        assert worker.client.get(lease["media"]["original"]).status_code == 200
        for path in (
            "/api/v1/schema",
            "/api/v1/jobs",
            f"/api/v1/jobs/{photos.pk}",
            f"/api/v1/jobs/{photos.pk}/exports",
            f"/api/v1/exports/{export.pk}",
            f"/api/v1/exports/{export.pk}/manifest",
            f"/api/v1/exports/{export.pk}/archive",
            thumbnail,
        ):
            assert lead.get(path).status_code == 200, path


def test_jobs_come_a_page_at_a_time(people: Staff, job: LabelingJob, monkeypatch: pytest.MonkeyPatch) -> None:
    from labeling.api import jobs

    monkeypatch.setattr(jobs, "PAGE", 1)
    lead = signed_in(people.lead)
    body = {"name": "Newer", "task_type": "text-classification", "team": people.team.pk, "categories": ["a", "b"]}
    newer = lead.post("/api/v1/jobs", body).json()["id"]
    first = lead.get("/api/v1/jobs").json()
    assert ([row["id"] for row in first["jobs"]], first["before"]) == ([newer], newer)
    second = lead.get("/api/v1/jobs", {"before": first["before"]}).json()
    assert [row["id"] for row in second["jobs"]] == [job.pk]
    assert lead.get("/api/v1/jobs", {"before": second["before"]}).json() == {"jobs": [], "before": None}
    assert lead.get("/api/v1/jobs", {"before": "x"}).status_code == 400
    assert lead.get("/api/v1/jobs", {"before": "9" * 40}).status_code == 400


def test_a_job_says_its_counters(people: Staff, job: LabelingJob) -> None:
    status = signed_in(people.lead).get(f"/api/v1/jobs/{job.pk}").json()["status"]
    assert (status["TotalLabeled"], status["Unlabeled"], status["FailedNonRetryableError"]) == (0, 3, 0)
