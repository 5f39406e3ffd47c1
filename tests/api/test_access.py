"""Who may call what: a table, and every route against every role. What the table does not give is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern
from rest_framework.test import APIClient

from labeling.api.urls import urlpatterns
from labeling.flow import backends, background, creation, intake
from labeling.flow.export import Wishes
from labeling.flow.export_requests import request_export
from labeling.jobs.clock import database_now
from labeling.jobs.models import DataObject, LabelingJob
from labeling.workforce import tokens
from labeling.workforce.models import ApiToken, User
from tests.explaining import text_job_with_reasons
from tests.factories import MONDAY, Editor, Staff, draft_job, glance_job, signed_in
from tests.media.samples import film
from tests.ml_backend import MlBackend, chosen, ml_backend
from tests.model_server import ModelServer

pytestmark = pytest.mark.one_database

ROLES = ("anonymous", "worker", "colleague", "lead", "other worker", "other lead", "nobody's")

# Route and method -> who gets it. `worker` holds a lease of the job, `colleague` is of the same team; the other two
# belong to another team, and the last one to none.
TABLE: dict[tuple[str, str], set[str]] = {
    ("api-schema", "GET"): set(ROLES),  # what the API is, is no secret
    ("api-jobs", "GET"): set(ROLES) - {"anonymous"},  # of each their own: see below
    ("api-jobs", "POST"): {"lead"},
    ("api-job", "GET"): {"lead"},
    ("api-objects", "GET"): {"lead"},
    ("api-objects", "POST"): {"lead"},
    ("api-instructions", "POST"): {"lead"},
    ("api-refused", "GET"): {"lead"},
    ("api-retry", "POST"): {"lead"},
    ("api-step", "POST"): {"lead"},
    ("api-doubts", "GET"): {"lead"},
    ("api-doubts", "POST"): {"lead"},
    ("api-predictions", "POST"): {"lead"},
    ("api-backend", "GET"): {"lead"},
    ("api-backend", "PUT"): {"lead"},
    ("api-backend", "DELETE"): {"lead"},
    ("api-backend-try", "POST"): {"lead"},
    ("api-ml-health", "GET"): {"lead"},
    ("api-ml-setup", "POST"): {"lead"},
    ("api-ml-predict", "POST"): {"lead"},
    ("api-exports", "GET"): {"lead"},
    ("api-exports", "POST"): {"lead"},
    ("api-export", "GET"): {"lead"},
    ("api-export-file", "GET"): {"lead"},
    ("api-leases", "POST"): {"worker", "colleague", "lead"},
    ("api-renew", "POST"): {"worker"},
    ("api-release", "POST"): {"worker"},
    ("api-decline", "POST"): {"worker"},
    ("api-draft", "PATCH"): {"worker"},
    ("api-answer", "POST"): {"worker"},
    ("api-why", "GET"): {"worker"},
    ("api-model-why", "GET"): {"lead"},
    ("api-page-renew", "POST"): {"worker"},
    ("api-page-release", "POST"): {"worker"},
    ("api-page-answer", "POST"): {"worker"},
    ("api-own-answers", "GET"): set(ROLES) - {"anonymous"},
    ("api-teams", "GET"): set(ROLES) - {"anonymous"},
    ("api-teams", "POST"): {"lead", "other lead"},
    ("api-invite", "POST"): {"lead"},
    ("api-member", "DELETE"): {"lead"},
    ("api-own-keys", "GET"): set(ROLES) - {"anonymous"},
    ("api-own-keys", "PUT"): set(ROLES) - {"anonymous"},
    ("api-tokens", "GET"): set(ROLES) - {"anonymous"},
    ("api-tokens", "POST"): set(ROLES) - {"anonymous"},
    ("api-token", "DELETE"): {"worker"},
    ("api-assist", "GET"): set(ROLES) - {"anonymous"},  # names of models
    ("api-suggest", "POST"): {"worker"},
    ("api-suggest without a lease", "POST"): {"lead"},
    ("api-warm", "POST"): {"worker"},
    ("api-media", "GET"): {"worker"},
    ("api-media without a signature", "GET"): {"lead"},
    ("api-media-frame", "GET"): {"worker"},
    ("api-media-frame without a signature", "GET"): {"lead"},
}


OF_NOBODY = {
    "api-schema",
    "api-jobs",
    "api-own-answers",
    "api-teams",
    "api-tokens",
    "api-own-keys",
}  # of each their own
BY_BODY = {
    "api-assist",
    "api-suggest",
    "api-suggest without a lease",
    "api-warm",
}  # no row in the address: test_assist.py
WITH_MODEL = {"api-why", "api-model-why"}
OF_ONE_ROW = {route for route, _ in TABLE} - OF_NOBODY - BY_BODY


@dataclass
class World:
    """A job with a lease, a picture and an export, and a client for each role."""

    clients: dict[str, APIClient]
    calls: dict[str, tuple[str, dict[str, Any]]]  # route -> path and body


@pytest.fixture
def reasons(
    request: pytest.FixtureRequest, people: Staff, monkeypatch: pytest.MonkeyPatch
) -> dict[str, tuple[str, dict[str, Any]]]:
    """The calls that need a trained model; it takes a while, so only for the tests that make them."""
    spec = getattr(request.node, "callspec", None)
    if spec is None or spec.params.get("route") not in WITH_MODEL:
        return {}
    job, version = text_job_with_reasons(people, monkeypatch, name="Reasons")
    lease = Editor(people.workers[0], job).lease()
    return {
        "api-why": (f"/api/v1/assignments/{lease['assignment']}/why", {}),
        "api-model-why": (f"/api/v1/jobs/{job.pk}/models/{version.number}/why", {}),
    }


@pytest.fixture
def guesser(models: ModelServer) -> Iterator[MlBackend]:
    with ml_backend(lambda _: {"result": chosen("good"), "score": 0.9}) as server:
        yield server


@pytest.fixture
def frames(request: pytest.FixtureRequest, people: Staff, tmp_path: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """The calls that need a video; only for the tests that make them."""
    spec = getattr(request.node, "callspec", None)
    if spec is None or not spec.params.get("route", "").startswith("api-media-frame"):
        return {}
    (tmp_path / "film").mkdir()
    film(tmp_path / "film" / "a.mp4")
    job = draft_job(people, task_type="video-classification", name="Clips")
    intake.take_folder(job, folder=tmp_path / "film", by=people.lead, now=MONDAY)
    creation.start_job(job, by=people.lead, now=MONDAY)
    background.work_off(job.pk)
    lease = Editor(people.workers[0], job).lease()
    return {
        "api-media-frame": (lease["media"]["frame"].replace("{n}", "1"), {}),
        "api-media-frame without a signature": (f"/api/v1/media/{lease['object']['id']}/frame/1", {}),
    }


def calls_of_models(job: LabelingJob, guesser: MlBackend) -> dict[str, tuple[str, dict[str, Any]]]:
    """A server of the lead's own, and ours as one for others."""
    own, ml = f"/api/v1/jobs/{job.pk}/backend", f"/api/v1/ml/{job.pk}"
    return {
        "api-backend": (own, {"url": guesser.url}),
        "api-backend-try": (f"{own}/try", {}),
        "api-ml-health": (f"{ml}/health", {}),
        "api-ml-setup": (f"{ml}/setup", {}),
        "api-ml-predict": (f"{ml}/predict", {"tasks": [{"data": {"object": job.objects_of.earliest("position").pk}}]}),
    }


def calls_of_a_lease(lease: dict[str, Any], held: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """What the editor asks beside an answer."""
    suggest, point = "/api/v1/assist/colours/suggest", {"kind": "point", "x": 1, "y": 1, "inside": True}
    return {
        "api-assist": ("/api/v1/assist", {}),
        "api-suggest": (suggest, {**held, "prompts": [point]}),
        "api-suggest without a lease": (suggest, {"object": held["object"], "prompts": [point]}),
        "api-warm": ("/api/v1/assist/colours/warm", held),
        "api-media": (lease["media"]["original"], {}),
        "api-media without a signature": (f"/api/v1/media/{held['object']}/original", {}),
    }


def clients_of(people: Staff, strangers: Staff) -> dict[str, APIClient]:
    return {
        "anonymous": APIClient(),
        "worker": signed_in(people.workers[0]),
        "colleague": signed_in(people.workers[1]),
        "lead": signed_in(people.lead),
        "other worker": signed_in(strangers.workers[0]),
        "other lead": signed_in(strangers.lead),
        "nobody's": signed_in(User.objects.create_user("nobody")),
    }


@pytest.fixture
def world(
    people: Staff,
    strangers: Staff,
    photos: LabelingJob,
    models: ModelServer,
    reasons: dict[str, tuple[str, dict[str, Any]]],
    guesser: MlBackend,
    frames: dict[str, tuple[str, dict[str, Any]]],
) -> World:
    lease = Editor(people.workers[0], photos).lease()
    grid = glance_job(people, name="Checking")
    page = Editor(people.workers[0], grid).page()
    backends.register_backend(grid, url=guesser.url, by=people.lead, now=database_now())
    pages, of_page = f"/api/v1/pages/{page['id']}", {"token": page["token"]}
    export = request_export(photos, wishes=Wishes(), by=people.lead, now=database_now())
    background.work_off(photos.pk)
    picture, token = DataObject.objects.get(pk=lease["object"]["id"]), {"token": lease["token"]}
    job, assignment = f"/api/v1/jobs/{photos.pk}", f"/api/v1/assignments/{lease['assignment']}"
    made = {"name": "New", "task_type": "text-classification", "team": people.team.pk, "categories": ["a", "b"]}
    colleague = people.workers[1].memberships.get()
    tokens.mint(people.workers[0], name="mine", scopes=["work"], lifetime=timedelta(days=1), now=database_now())
    held = {"object": picture.pk, "assignment": lease["assignment"], **token}
    key = "5d1d1f6e-2f3c-4a8e-9a3e-0f5a4c1b2d3e"
    return World(
        clients=clients_of(people, strangers),
        calls={
            "api-schema": ("/api/v1/schema", {}),
            "api-jobs": ("/api/v1/jobs", made),
            "api-job": (job, {}),
            "api-objects": (f"{job}/objects", {"lines": ['{"source-ref":"x.png"}']}),
            "api-retry": (f"{job}/retry", {}),
            "api-doubts": (f"{job}/doubts", {"right": [1]}),
            "api-step": (f"{job}/steps/pause", {}),
            "api-exports": (f"{job}/exports", {}),
            "api-export": (f"/api/v1/exports/{export.pk}", {}),
            "api-export-file": (f"/api/v1/exports/{export.pk}/manifest", {}),
            "api-leases": (f"{job}/leases", {}),
            "api-renew": (f"{assignment}/renew", token),
            "api-release": (f"{assignment}/release", token),
            "api-decline": (f"{assignment}/decline", token),
            "api-draft": (f"{assignment}/draft", {**token, "base": 0, "diffs": []}),
            "api-answer": (f"{assignment}/answer", {**token, "key": key, "answer": {"category": 0}}),
            **reasons,
            "api-page-renew": (f"{pages}/renew", of_page),
            "api-page-release": (f"{pages}/release", of_page),
            "api-page-answer": (f"{pages}/answer", {**of_page, "key": key}),
            "api-predictions": (f"/api/v1/jobs/{grid.pk}/predictions", {"lines": []}),
            **calls_of_models(grid, guesser),
            "api-instructions": (f"{job}/instructions", {"text": "Look twice."}),
            "api-refused": (f"{job}/refused", {}),
            "api-own-answers": ("/api/v1/answers", {}),
            "api-teams": ("/api/v1/teams", {"name": "Night shift"}),
            "api-invite": (f"/api/v1/teams/{people.team.pk}/invitations", {"role": "worker"}),
            "api-member": (f"/api/v1/teams/{people.team.pk}/members/{colleague.pk}", {}),
            "api-own-keys": ("/api/v1/own/keys", {"keys": {"box": ["r"]}}),
            "api-tokens": ("/api/v1/tokens", {"name": "script", "scopes": ["work"]}),
            "api-token": (f"/api/v1/tokens/{ApiToken.objects.get().pk}", {}),
            **calls_of_a_lease(lease, held),
            **frames,
        },
    )


def routes() -> Iterator[tuple[str, str]]:
    """Every route of the API with every method that it has."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view: Callable[..., Any] = pattern.callback
        for method in ("get", "post", "put", "patch", "delete"):
            if hasattr(view.view_class, method):  # type: ignore[attr-defined]
                yield str(pattern.name), method.upper()


def call(world: World, route: str, method: str, role: str) -> Any:
    path, body = world.calls[route]
    client = world.clients[role]
    return client.get(path) if method == "GET" else getattr(client, method.lower())(path, body)


def test_the_table_names_every_route_and_method() -> None:
    assert {(route.partition(" ")[0], method) for route, method in TABLE} == set(routes())


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written meanwhile was never there: the world is dear, and each role must find it as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize(("route", "method"), TABLE)
def test_a_route_opens_for_those_whom_the_table_names(world: World, route: str, method: str) -> None:
    for role in ROLES:
        with undone():
            reply = call(world, route, method, role)
        if role in TABLE[route, method]:
            assert 200 <= reply.status_code < 300, (role, reply.content)
            continue
        assert reply.status_code == (401 if role == "anonymous" else 404), (role, reply.content)
        assert reply["Content-Type"] == "application/problem+json", role


@pytest.mark.parametrize(("route", "method"), [pair for pair in TABLE if pair[0] in OF_ONE_ROW])
def test_an_outsider_learns_nothing_of_a_row_that_is_there(world: World, route: str, method: str) -> None:
    there = call(world, route, method, "other lead")
    path, body = world.calls[route]
    number = next(part for part in path.split("/") if part.isdecimal())
    world.calls[route] = (path.replace(f"/{number}", "/999999999", 1), body)
    missing = call(world, route, method, "other lead")
    assert (there.status_code, there.content) == (missing.status_code, missing.content)


def test_each_sees_the_jobs_that_they_lead(world: World, photos: LabelingJob) -> None:
    seen = {role: [job["id"] for job in call(world, "api-jobs", "GET", role).json()["jobs"]] for role in ROLES[1:]}
    checking = LabelingJob.objects.get(name="Checking")
    assert seen == {role: [checking.pk, photos.pk] if role == "lead" else [] for role in ROLES[1:]}


def test_a_job_is_made_for_a_team_that_one_leads(world: World, strangers: Staff) -> None:
    path, body = world.calls["api-jobs"]
    assert world.clients["lead"].post(path, {**body, "team": strangers.team.pk}).status_code == 404
    assert world.clients["other lead"].post(path, {**body, "team": strangers.team.pk}).status_code == 201


def test_who_has_left_a_team_is_an_outsider(world: World, people: Staff) -> None:
    people.lead.memberships.all().delete()
    assert call(world, "api-job", "GET", "lead").status_code == 404
    assert call(world, "api-export-file", "GET", "lead").status_code == 404


def test_a_worker_never_reads_what_others_answered(world: World) -> None:
    lease = call(world, "api-leases", "POST", "colleague").json()["leases"][0]
    text = str(lease)
    for word in ("confidence", "annotation", "votes", "gold", "worker"):
        assert word not in text
