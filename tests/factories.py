"""People, jobs and the calls of an editor, in as few words as a test deserves."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from rest_framework.test import APIClient

from labeling.flow import creation, intake, leasing
from labeling.flow.background import work_off
from labeling.flow.job_rules import Rules
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import Annotation, Assignment, LabelingJob
from labeling.task_types.base import Category
from labeling.workforce.models import Membership, Organisation, Role, Team, User

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
LONG_AGO = timedelta(days=1)


def team_called(name: str = "Crossings") -> Team:
    organisation, _ = Organisation.objects.get_or_create(name="House")
    return Team.objects.create(organisation=organisation, name=name)


def member(team: Team, username: str, role: Role = Role.WORKER) -> User:
    user = User.objects.create_user(username, password="correct-horse-battery")
    Membership.objects.create(user=user, team=team, role=role)
    return user


@dataclass
class Staff:
    """A team with its lead and some workers."""

    team: Team
    lead: User
    workers: list[User]


def staff(name: str = "Crossings", *, workers: int = 2) -> Staff:
    team = team_called(name)
    lead = member(team, f"{name.lower()}-lead", Role.LEAD)
    return Staff(team, lead, [member(team, f"{name.lower()}-{number}") for number in range(1, workers + 1)])


def draft_job(people: Staff, *, name: str = "Sorting", task_type: str = "text-classification", **rules: Any) -> Any:
    """A draft job without objects."""
    classes = rules.pop("classes", ("good", "bad"))
    beside = {name: rules.pop(name) for name in ("attributes", "instructions", "root") if name in rules}
    return creation.create_job(
        name=name,
        task_type=task_type,
        categories=[Category(name) for name in classes],
        team=people.team,
        by=people.lead,
        now=MONDAY,
        rules=Rules(**rules),
        **beside,
    )


def lines_of(texts: Sequence[str]) -> bytes:
    return b"".join(json.dumps({"source": text}).encode() + b"\n" for text in texts)


def take(job: LabelingJob, manifest: bytes, root: Path | None = None) -> intake.Intake:
    return intake.take_manifest(job, stream=BytesIO(manifest), root=root, by=job.created_by, now=MONDAY)


def text_job(people: Staff, *, texts: Sequence[str] | int = 3, handed_out: bool = True, **rules: Any) -> LabelingJob:
    """A running text job; its objects are with people (`handed_out`) or wait for the background to look."""
    job: LabelingJob = draft_job(people, **rules)
    texts = [f"text {number}" for number in range(texts)] if isinstance(texts, int) else texts
    take(job, lines_of(texts))
    creation.start_job(job, by=people.lead, now=MONDAY)
    if handed_out:
        work_off(job.pk)
    return job


def predicted(source: str, category: int, *, confidence: float = 0.9, name: str = "guess") -> bytes:
    """A line of a manifest with the label that a model gave its text."""
    classes = ("good", "bad")
    meta = {
        "class-name": (*classes, *["?"] * 9)[category],
        "confidence": confidence,
        "type": "groundtruth/text-classification",
        "job-name": "labeling-job/guess",
        "human-annotated": "no",
        "creation-date": "2026-01-02T03:04:05",
    }
    return json.dumps({"source": source, name: category, f"{name}-metadata": meta}).encode() + b"\n"


def glance_job(
    people: Staff, *, categories: Sequence[int] = (0, 1, 0), plain: int = 0, handed_out: bool = True, **rules: Any
) -> LabelingJob:
    """A running text job whose objects come with a predicted class each; `plain` more have none."""
    job: LabelingJob = draft_job(people, **{"predictions": "guess", "glance": True, **rules})
    lines = b"".join(predicted(f"text {number}", category) for number, category in enumerate(categories))
    take(job, lines + lines_of([f"plain {number}" for number in range(plain)]))
    creation.start_job(job, by=people.lead, now=MONDAY)
    if handed_out:
        work_off(job.pk)
    return job


def held(job: LabelingJob, worker: User, now: datetime) -> Assignment:
    """A fresh lease. Fails the test when nothing is open."""
    one = leasing.claim(job, worker=worker, now=now)
    assert one is not None, f"nothing is open to {worker}"
    return one


def answered(lease: Assignment, worker: User, category: int, now: datetime, **more: Any) -> Annotation:
    return leasing.receive_answer(
        lease,
        worker=worker,
        token=more.pop("token", None) or token_of(lease),
        key=more.pop("key", None) or uuid.uuid4(),
        answer={"category": category},
        active_seconds=more.pop("active_seconds", 2.0),
        now=now,
    )


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


class Editor:
    """A worker's browser tab: the calls of the editor, each returning the reply."""

    def __init__(self, worker: User, job: LabelingJob) -> None:
        self.client, self.job = signed_in(worker), job

    def ask(self, **body: Any) -> Any:
        return self.client.post(f"/api/v1/jobs/{self.job.pk}/leases", body)

    def lease(self, **body: Any) -> Any:
        """One lease. Fails the test when there is none."""
        reply = self.ask(**body)
        assert reply.status_code == 200, reply.content
        leases = reply.json()["leases"]
        assert leases, reply.json()["reason"]
        return leases[0]

    def page(self, **body: Any) -> Any:
        """One page of the grid. Fails the test when there is none."""
        reply = self.ask(**{"purpose": "glance", "count": 28, **body})
        assert reply.status_code == 200, reply.content
        assert reply.json()["page"], reply.json()["reason"]
        return reply.json()["page"]

    def submit_page(self, page: Any, wrong: Sequence[int] = (), *, key: str = "", **more: Any) -> Any:
        """`wrong`: places on the page."""
        marked = [page["objects"][place]["assignment"] for place in wrong]
        return self._page(page, "answer", key=key or str(uuid.uuid4()), wrong=marked, **more)

    def renew_page(self, page: Any) -> Any:
        return self._page(page, "renew")

    def release_page(self, page: Any) -> Any:
        return self._page(page, "release")

    def _page(self, page: Any, call: str, **body: Any) -> Any:
        return self.client.post(f"/api/v1/pages/{page['id']}/{call}", {"token": page["token"], **body})

    def renew(self, lease: Any) -> Any:
        return self._post(lease, "renew")

    def release(self, lease: Any) -> Any:
        return self._post(lease, "release")

    def decline(self, lease: Any, reason: str = "too dark") -> Any:
        return self._post(lease, "decline", reason=reason)

    def draft(self, lease: Any, base: int, *diffs: Any) -> Any:
        body = {"token": lease["token"], "base": base, "diffs": list(diffs)}
        return self.client.patch(f"/api/v1/assignments/{lease['assignment']}/draft", body)

    def answer(self, lease: Any, answer: Any, *, key: str = "", **more: Any) -> Any:
        return self._post(lease, "answer", key=key or str(uuid.uuid4()), answer=answer, **more)

    def choose(self, lease: Any, category: int = 0, **more: Any) -> Any:
        return self.answer(lease, {"category": category}, **more)

    def _post(self, lease: Any, call: str, **body: Any) -> Any:
        path = f"/api/v1/assignments/{lease['assignment']}/{call}"
        return self.client.post(path, {"token": lease["token"], **body})


def time_passes(lease: Any) -> None:
    """The lease runs out; the sweep has not come by yet."""
    past = database_now() - timedelta(seconds=1)
    Assignment.objects.filter(pk=lease["assignment"]).update(expires_at=past)


def time_passes_over(page: Any) -> None:
    """The page runs out; the sweep has not come by yet."""
    past = database_now() - timedelta(seconds=1)
    Assignment.objects.filter(page=page["id"]).update(expires_at=past)


def sweep_comes_by() -> None:
    leasing.expire(now=database_now())
