"""Who sees which page. The table names every route: a new one must take its place here before the suite is green."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from django.utils import timezone

from labeling.flow import people
from labeling.jobs.models import Export, LabelingJob, ModelVersion
from labeling.pages.urls import urlpatterns
from labeling.workforce.models import Role
from tests.factories import Staff, staff, text_job

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
ANYBODY, WORKERS, LEADS = "anybody", "workers", "leads"

# route -> (who, what the lead of the job gets on GET)
TABLE = {
    "home": (WORKERS, 302),
    "work": (WORKERS, 200),
    "label": (WORKERS, 200),
    "glance": (WORKERS, 200),
    "results": (WORKERS, 200),
    "jobs": (LEADS, 200),
    "new-job": (LEADS, 200),
    "new-job-look": (LEADS, 200),
    "new-job-picture": (LEADS, 422),
    "job": (LEADS, 200),
    "job-live": (LEADS, 200),
    "job-people": (LEADS, 200),
    "job-model": (LEADS, 200),
    "job-model-why": (LEADS, 200),
    "job-settings": (LEADS, 200),
    "job-own-model": (LEADS, 405),
    "job-instructions": (LEADS, 405),
    "job-refused": (LEADS, 200),
    "job-failed": (LEADS, 200),
    "job-retry": (LEADS, 405),
    "job-data": (LEADS, 200),
    "job-doubts": (LEADS, 200),
    "job-exports": (LEADS, 200),
    "job-input": (LEADS, 405),
    "job-step": (LEADS, 405),
    "exports": (LEADS, 200),
    "export-download": (LEADS, 404),
    "teams": (LEADS, 200),
    "team": (LEADS, 200),
    "team-invite": (LEADS, 405),
    "team-remove": (LEADS, 405),
    "tokens": (WORKERS, 200),
    "token-revoke": (WORKERS, 405),
    "invitation": (ANYBODY, 404),
}
OF_A_JOB = {name for name in TABLE if name.startswith("job-")} | {"job"}
OF_SOMEBODY = OF_A_JOB | {"team", "team-invite", "team-remove", "export-download", "label", "glance"}


@pytest.fixture
def ours(db: None) -> Staff:
    return staff("Ours", workers=1)


@pytest.fixture
def theirs(db: None) -> Staff:
    return staff("Theirs", workers=1)


@pytest.fixture
def job(ours: Staff) -> LabelingJob:
    return text_job(ours)


@pytest.fixture
def address(ours: Staff, job: LabelingJob) -> dict[str, str]:
    export = Export.objects.create(job=job, made_at=timezone.now(), options={})
    ModelVersion.objects.create(job=job, number=1, state="ready", training_digest="0" * 64, created_at=timezone.now())
    member = ours.team.memberships.get(role=Role.WORKER)
    words = {
        "label": [job.pk],
        "job-model-why": [job.pk, 1],
        "glance": [job.pk],
        "new-job-picture": [0],
        "job-step": [job.pk, "pause"],
        "export-download": [export.pk, "archive"],
        "team": [ours.team.pk],
        "team-invite": [ours.team.pk],
        "team-remove": [ours.team.pk, member.pk],
        "invitation": ["no-such-secret"],
        "token-revoke": [1],
    }
    return {name: reverse(name, args=words.get(name, [job.pk] if name in OF_A_JOB else [])) for name in TABLE}


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def writes(queries: CaptureQueriesContext) -> Iterator[str]:
    for query in queries:
        if query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE")):
            yield query["sql"]


def test_every_route_is_in_the_table() -> None:
    assert {pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)} == set(TABLE)


def test_a_stranger_is_sent_to_sign_in_from_every_page(address: dict[str, str]) -> None:
    for name, (who, _status) in TABLE.items():
        if who == ANYBODY:
            continue
        for reply in (Client().get(address[name]), Client().post(address[name])):
            assert reply.status_code == 302, name
            assert reply.headers["Location"].startswith(reverse(settings.LOGIN_URL)), name


def test_a_worker_finds_no_page_of_leads(ours: Staff, address: dict[str, str]) -> None:
    client = signed_in(ours.workers[0])
    for name, (who, status) in TABLE.items():
        wanted = 404 if who == LEADS else status
        assert client.get(address[name]).status_code == wanted, name
        if who == LEADS:
            assert client.post(address[name]).status_code == 404, name


def test_the_lead_of_another_team_finds_nothing_of_ours(theirs: Staff, address: dict[str, str]) -> None:
    client = signed_in(theirs.lead)
    for name in OF_SOMEBODY:
        for reply in (client.get(address[name]), client.post(address[name])):
            assert reply.status_code in (404, 405), name
            assert b"Sorting" not in reply.content, name


def test_somebody_without_a_membership_finds_only_an_empty_desk(
    ours: Staff, address: dict[str, str], django_user_model: type
) -> None:
    client = signed_in(django_user_model.objects.create_user("nobody"))  # type: ignore[attr-defined]
    assert client.get(address["work"]).status_code == 200
    assert client.get(address["label"]).status_code == 404
    assert client.get(address["jobs"]).status_code == 404


def test_what_is_not_ours_looks_like_what_is_not_there(theirs: Staff, address: dict[str, str]) -> None:
    client = signed_in(theirs.lead)
    ours, nobodys = (client.get(place).content for place in (address["job"], reverse("job", args=[987654])))
    assert TOKEN.sub(b"", ours) == TOKEN.sub(b"", nobodys)


def test_the_lead_sees_every_page(ours: Staff, address: dict[str, str]) -> None:
    client = signed_in(ours.lead)
    for name, (_who, status) in TABLE.items():
        assert client.get(address[name]).status_code == status, name


def test_looking_at_a_page_writes_nothing(ours: Staff, address: dict[str, str]) -> None:
    client = signed_in(ours.lead)
    for name in TABLE:
        with CaptureQueriesContext(connection) as queries:
            client.get(address[name])
        assert list(writes(queries)) == [], name


def test_a_page_counts_no_rows_of_a_large_table(ours: Staff, address: dict[str, str]) -> None:
    client = signed_in(ours.lead)
    for name in ("work", "jobs", "job", "job-live", "job-data", "results"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address[name])
        counted = [q["sql"] for q in queries if "COUNT(" in q["sql"].upper() and "failure_reason" not in q["sql"]]
        assert counted == [], name


def test_a_worker_reads_no_confidence_no_counts_of_others_and_no_answers_of_others(
    ours: Staff, job: LabelingJob
) -> None:
    page = signed_in(ours.workers[0]).get(reverse("work")).content.decode()
    assert ours.lead.username not in page
    assert "%" not in page.split("<main", 1)[1].split("</main>")[0]


def test_a_post_without_its_token_is_refused(ours: Staff, job: LabelingJob) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ours.lead)
    assert client.post(reverse("job-step", args=[job.pk, "pause"])).status_code == 403
    job.refresh_from_db()
    assert job.state == "running"


def test_an_ended_membership_ends_what_one_sees(ours: Staff, job: LabelingJob) -> None:
    client = signed_in(ours.workers[0])
    assert client.get(reverse("label", args=[job.pk])).status_code == 200
    people.remove_member(ours.team.memberships.get(user=ours.workers[0]), by=ours.lead, now=timezone.now())
    assert client.get(reverse("label", args=[job.pk])).status_code == 404


def test_every_reply_carries_the_content_policy_and_forbids_frames(address: dict[str, str]) -> None:
    for reply in (Client().get(address["work"]), Client().get(reverse(settings.LOGIN_URL)), Client().get("/nowhere/")):
        policy = reply.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert reply.headers["Referrer-Policy"] == "same-origin"
        assert reply.headers["Cache-Control"].find("no-store") >= 0 or reply.headers["Cache-Control"]
