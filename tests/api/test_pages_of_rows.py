"""Reading page by page: a key that is none is said to be none; many rows cost no more queries than one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from labeling.flow.status import status_of, statuses_of
from labeling.jobs.clock import database_now
from labeling.jobs.models import Certificate, Iteration, LabelingJob, ModelVersion
from labeling.jobs.states import CertificateState
from labeling.workforce.models import Membership, Role
from tests.api.test_problems import said
from tests.factories import Staff, draft_job, member, signed_in, team_called

LISTS = ["jobs/{}/objects?after=", "jobs/{}/refused?after=", "jobs?before=", "answers?before="]


@pytest.mark.parametrize("key", ["--5", "1-1", "-", "5-", "²", "1e3", "9" * 19, " 1"])
@pytest.mark.parametrize("path", LISTS)
def test_a_key_that_is_none_is_refused(job: LabelingJob, people: Staff, path: str, key: str) -> None:
    address = "/api/v1/" + path.format(job.pk)
    assert said(signed_in(people.lead).get(address + key), 400, "bad-request")["where"] in ("after", "before")


@pytest.mark.parametrize("key", ["", "-1", "-5", "0", "9" * 18])
def test_any_number_is_a_place_to_read_from(job: LabelingJob, people: Staff, key: str) -> None:
    lead = signed_in(people.lead)
    for path in LISTS:
        assert lead.get(f"/api/v1/{path.format(job.pk)}{key}").status_code == 200
    objects = lead.get(f"/api/v1/jobs/{job.pk}/objects?after={key}").json()["objects"]
    assert len(objects) == {"0": 2, "9" * 18: 0}.get(key, 3)


def queries(client: APIClient, path: str, rows: int) -> int:
    with CaptureQueriesContext(connection) as found:
        reply = client.get(path).json()
    assert len(reply["jobs"] if isinstance(reply, dict) else reply) == rows
    return len(found)


def test_many_jobs_are_listed_with_as_many_queries_as_one(job: LabelingJob, people: Staff) -> None:
    lead = signed_in(people.lead)
    one = queries(lead, "/api/v1/jobs", 1)
    for number in range(5):
        draft_job(people, name=f"Job {number}")
    assert queries(lead, "/api/v1/jobs", 6) == one <= 8


def test_many_teams_are_listed_with_as_many_queries_as_one(people: Staff) -> None:
    lead = signed_in(people.lead)
    one = queries(lead, "/api/v1/teams", 1)
    for number in range(5):
        team = team_called(f"Team {number}")
        member(team, f"somebody {number}")
        Membership.objects.create(user=people.lead, team=team, role=Role.LEAD)
    assert queries(lead, "/api/v1/teams", 6) == one <= 5


def certify(job: LabelingJob, number: int, state: CertificateState) -> None:
    """A round of `job`, with its certificate."""
    now = database_now()
    version = ModelVersion.objects.create(job=job, number=number, training_digest="0" * 64, created_at=now)
    Iteration.objects.create(job=job, number=number, started_at=now)
    Certificate.objects.create(
        job=job,
        model_version=version,
        stage=number,
        state=state,
        promise=0.05,
        risk=0.01,
        order_digest="0" * 64,
        audited=number,
        created_at=now,
        decided_at=now,
    )


def test_each_job_of_many_has_its_own_round_and_bound(people: Staff) -> None:
    granted, refused, fresh = (draft_job(people, name=name) for name in ("Granted", "Refused", "Fresh"))
    for job, states in ((granted, ["refused", "granted", "refused"]), (refused, ["refused", "refused"])):
        for number, state in enumerate(states, 1):
            certify(job, number, CertificateState(state))
    found = statuses_of([fresh, granted, refused])
    assert found == {job.pk: status_of(job) for job in (fresh, granted, refused)}
    assert [found[job.pk]["Iteration"] for job in (granted, refused, fresh)] == [3, 2, 0]
    bounds = [found[job.pk]["Bound"] for job in (granted, refused, fresh)]
    assert [bound and (bound["State"], bound["Audited"]) for bound in bounds] == [("granted", 2), ("refused", 2), None]
