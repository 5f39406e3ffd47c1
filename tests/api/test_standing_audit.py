"""The share of machine labels that is checked later, and alarms, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.jobs.models import LabelingJob, StandingAudit
from tests.factories import MONDAY, Staff, signed_in, staff, text_job
from tests.pages.test_job_pages import certificate

pytestmark = pytest.mark.one_database


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


def make(people: Staff, **more: Any) -> Any:
    body = {"name": "Sorting", "task_type": "text-classification", "team": people.team.pk, "categories": ["a", "b"]}
    return signed_in(people.lead).post("/api/v1/jobs", {**body, **more})


@pytest.mark.parametrize(("given", "kept"), [({}, 0.01), ({"audit_share": 0.005}, 0.005), ({"audit_share": 0}, 0)])
def test_a_job_is_made_with_its_share_of_later_checks(people: Staff, given: dict[str, Any], kept: float) -> None:
    reply = make(people, target_error=0.05, **given)
    assert reply.status_code == 201
    assert reply.json()["audit_share"] == kept
    assert LabelingJob.objects.get().audit_share == kept


@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_what_is_no_share_is_refused_with_its_field(people: Staff, share: float) -> None:
    reply = make(people, target_error=0.05, audit_share=share)
    assert reply.status_code == 422
    assert reply.json()["where"] == "audit_share"
    assert "0.01 for 1 %" in reply.json()["todo"]


@pytest.mark.parametrize(("given", "kept"), [({}, None), ({"people_error": 0.03}, 0.03)])
def test_a_job_may_say_how_often_people_are_wrong(people: Staff, given: dict[str, Any], kept: float | None) -> None:
    reply = make(people, target_error=0.05, **given)
    assert reply.status_code == 201
    assert reply.json()["people_error"] == kept
    assert LabelingJob.objects.get().people_error == kept
    wrong = make(people, name="Another", target_error=0.05, people_error=0.6)
    assert (wrong.status_code, wrong.json()["where"]) == (422, "people_error")


def test_a_promise_may_hold_for_each_class(people: Staff) -> None:
    reply = make(people, target_error=0.05, promise_per_class=True)
    assert (reply.status_code, reply.json()["promise_per_class"]) == (201, True)
    assert LabelingJob.objects.get().promise_per_class
    assert not make(people, name="Plain", target_error=0.05).json()["promise_per_class"]
    wrong = make(people, name="Another", promise_per_class=True)
    assert (wrong.status_code, wrong.json()["where"]) == (422, "promise_per_class")


def test_a_jobs_status_has_its_checks_and_its_alarms(people: Staff) -> None:
    job = text_job(people, target_error=0.05, handed_out=False)
    told = {"alarm_answered": 41, "alarm_wrong": 11, "sent_back": 20, "answers_back": 18, "settled_at": MONDAY}
    row = certificate(job, state="revoked")
    StandingAudit.objects.create(certificate=row, drawn=90, answered=47, wrong=12, alarm_at=MONDAY, **told)
    status = signed_in(people.lead).get(f"/api/v1/jobs/{job.pk}").json()["status"]
    checks = {"Share": 0.01, "RaisedByDrift": False, "Drawn": 90, "Checked": 47, "Wrong": 12, "Alarm": True}
    assert status["StandingAudit"] == checks
    (alarm,) = status["Alarms"]
    assert (alarm["LabelsSentBack"], alarm["AnswersThatMeans"], alarm["Checked"], alarm["Wrong"]) == (20, 18, 41, 11)
    assert alarm["At"] == alarm["AllBackAt"] == MONDAY.isoformat()


def test_a_job_without_a_promise_has_no_checks(people: Staff) -> None:
    job = text_job(people, handed_out=False)
    status = signed_in(people.lead).get(f"/api/v1/jobs/{job.pk}").json()["status"]
    assert (status["StandingAudit"], status["Alarms"]) == (None, [])


def test_a_worker_is_told_nothing_of_it(people: Staff) -> None:
    job = text_job(people, target_error=0.05, handed_out=False)
    assert signed_in(people.workers[0]).get(f"/api/v1/jobs/{job.pk}").status_code == 404
