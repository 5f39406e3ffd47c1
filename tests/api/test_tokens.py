"""Programs sign in by token: in the header alone, kept as a digest, scoped, with an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from labeling.jobs.clock import database_now
from labeling.jobs.models import LabelingJob
from labeling.workforce import tokens
from labeling.workforce.models import ApiToken, User
from tests.factories import Staff

HOUR = timedelta(hours=1)


def token_for(user: User, *scopes: str, lifetime: timedelta = HOUR) -> str:
    return tokens.mint(user, name="test", scopes=list(scopes), lifetime=lifetime, now=database_now())


def with_token(secret: str) -> APIClient:
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {secret}")


@pytest.fixture
def path(job: LabelingJob) -> str:
    return f"/api/v1/jobs/{job.pk}"


def refused(reply: Any, status: int) -> bool:
    return reply.status_code == status and reply["Content-Type"] == "application/problem+json"


def test_a_live_token_opens_what_its_owners_memberships_open(people: Staff, path: str) -> None:
    assert with_token(token_for(people.lead, "lead")).get(path).status_code == 200
    assert with_token(token_for(people.workers[0], "lead")).get(path).status_code == 404


def test_only_a_digest_of_a_token_is_kept(people: Staff) -> None:
    secret = token_for(people.lead, "lead")
    row = ApiToken.objects.get()
    assert secret not in str(vars(row))
    assert secret[: len(row.prefix)] == row.prefix
    assert len(secret) - len(row.prefix) > 30
    assert len(row.digest) == 64


def test_a_token_that_has_run_out_opens_nothing(people: Staff, path: str) -> None:
    client = with_token(token_for(people.lead, "lead"))
    assert client.get(path).status_code == 200
    ApiToken.objects.update(expires_at=database_now() - timedelta(seconds=1))
    reply = client.get(path)
    assert refused(reply, 401)
    assert reply["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("secret", ["", "ts_", "ts_unknown", "x" * 5000, "\x00", "ts_\u2603"])
def test_an_unknown_token_opens_nothing(path: str, secret: str) -> None:
    assert refused(with_token(secret.encode().decode("latin-1")).get(path), 401)


def test_the_digest_is_no_token(people: Staff, path: str) -> None:
    token_for(people.lead, "lead")
    assert refused(with_token(ApiToken.objects.get().digest).get(path), 401)


def test_a_bad_token_is_not_rescued_by_a_session(people: Staff, path: str) -> None:
    client = with_token("ts_unknown")
    client.force_login(people.lead)
    assert refused(client.get(path), 401)


def test_a_token_of_somebody_who_was_closed_opens_nothing(people: Staff, path: str) -> None:
    client = with_token(token_for(people.lead, "lead"))
    User.objects.filter(pk=people.lead.pk).update(is_active=False)
    assert refused(client.get(path), 401)


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "key"])
def test_a_token_in_the_address_is_ignored(people: Staff, path: str, name: str) -> None:
    assert refused(APIClient().get(path, {name: token_for(people.lead, "lead")}), 401)


def test_a_scope_is_what_a_token_may_do_at_most(people: Staff, path: str) -> None:
    worker, lead = (with_token(token_for(people.lead, scope)) for scope in ("work", "lead"))
    assert refused(worker.get(path), 403)
    assert worker.post(f"{path}/leases", {}).status_code == 200
    assert lead.get(path).status_code == 200
    assert refused(lead.post(f"{path}/leases", {}), 403)


def test_a_token_without_scopes_opens_nothing(people: Staff, path: str) -> None:
    assert refused(with_token(token_for(people.lead)).get(path), 403)


def test_a_tokens_last_use_is_noted_now_and_then(people: Staff, path: str) -> None:
    client = with_token(token_for(people.workers[0], "work"))
    client.post(f"{path}/leases", {})
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    client.post(f"{path}/leases", {})
    assert ApiToken.objects.get().last_used_at == first


@pytest.mark.parametrize("call", ["get", "head", "options"])
def test_reading_with_a_token_writes_nothing(people: Staff, path: str, call: str) -> None:
    client = with_token(token_for(people.lead, "lead"))
    with CaptureQueriesContext(connection) as queries:
        assert getattr(client, call)(path).status_code == 200
    assert not [sql for query in queries if not (sql := query["sql"]).startswith("SELECT")]


def test_a_token_needs_no_csrf_token(people: Staff, path: str) -> None:
    client = APIClient(enforce_csrf_checks=True, HTTP_AUTHORIZATION=f"Bearer {token_for(people.workers[0], 'work')}")
    assert client.post(f"{path}/leases", {}).status_code == 200
