"""kill -9 of the web process and of the Celery worker in mid-work: nothing acknowledged is lost or changed."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_up import ROOT, Up, eventually, healthy, running
from tests.servers import free_port

OBJECTS, EACH, WORKERS = 120, 2, 4
NAMES = ("good", "bad")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]

SET_UP = """
import sys, json, datetime, django
django.setup()
from django.core.management import call_command
from labeling.jobs.clock import database_now
from labeling.jobs.models import LabelingJob
from labeling.workforce import tokens
from labeling.workforce.models import Membership, Team, User
call_command("create_job", "Kill", "--task-type", "text-classification", "--input", sys.argv[1],
             "--categories", sys.argv[2], "--workers", sys.argv[3], "--start", stdout=sys.stderr)
job = LabelingJob.objects.get()
def token(user, *scopes):
    return tokens.mint(user, name="t", scopes=list(scopes), lifetime=datetime.timedelta(days=1), now=database_now())
people = [User.objects.create_user(f"w{n}") for n in range(int(sys.argv[4]))]
for user in people:
    Membership.objects.create(user=user, team=job.team, role="worker")
lead = User.objects.get(username="lead")
print(json.dumps({"job": job.pk, "lead": token(lead, "lead"), "workers": [token(user, "work") for user in people]}))
"""


@dataclass
class Journal:
    """What one worker sent and what was acknowledged: key -> (assignment, category)."""

    sent: dict[str, tuple[int, int]] = field(default_factory=dict)
    acknowledged: dict[str, tuple[int, int]] = field(default_factory=dict)
    odd: list[Any] = field(default_factory=list)


class Person(threading.Thread):
    """Leases and answers until told to stop; sends an answer again, with its key, until somebody says something."""

    def __init__(self, port: int, job: int, token: str, stop: threading.Event, seed: int) -> None:
        super().__init__(daemon=True)
        self.port, self.job, self.token, self.stop_now = port, job, token, stop
        self.chance, self.journal = random.Random(seed), Journal()

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Until there is a reply."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        while not self.stop_now.is_set():
            connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
            with suppress(OSError, HTTPException, ValueError), closing(connection):
                connection.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
                reply = connection.getresponse()
                return reply.status, json.loads(reply.read())
            time.sleep(0.2)
        return 0, None

    def run(self) -> None:
        while not self.stop_now.is_set():
            status, reply = self.post(f"jobs/{self.job}/leases", {"count": 1})
            if status != 200 or not reply["leases"]:
                time.sleep(0.2)
                continue
            self.answer(reply["leases"][0])

    def answer(self, lease: Any) -> None:
        time.sleep(self.chance.uniform(0, 0.02))
        key, category = str(uuid.uuid4()), self.chance.randrange(2)
        self.journal.sent[key] = (lease["assignment"], category)
        body = {"token": lease["token"], "key": key, "answer": {"category": category}}
        status, reply = self.post(f"assignments/{lease['assignment']}/answer", body)
        if status == 201:
            self.journal.acknowledged[key] = self.journal.sent[key]
        elif status:
            self.journal.odd.append((status, reply))


class World:
    def __init__(self, up: Up, home: Path) -> None:
        self.up, self.home, self.stop = up, home, threading.Event()
        manifest, classes = home / "in.jsonl", home / "classes.json"
        manifest.write_text("".join(json.dumps({"source": f"text {n}"}) + "\n" for n in range(OBJECTS)))
        classes.write_text(json.dumps({"labels": [{"label": name} for name in NAMES]}))
        said = self.python("-c", SET_UP, str(manifest), str(classes), str(EACH), str(WORKERS))
        self.given = json.loads(said.splitlines()[-1])
        self.people = [
            Person(up.port, self.given["job"], token, self.stop, seed)
            for seed, token in enumerate(self.given["workers"])
        ]

    def python(self, *arguments: str) -> str:
        plain = {"PATH": os.environ["PATH"], "HOME": str(self.home), "TOUCHSTONE_HOME": str(self.home)}
        plain["DJANGO_SETTINGS_MODULE"] = "labeling.config.settings"
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=plain, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def acknowledged(self) -> int:
        return sum(len(person.journal.acknowledged) for person in self.people)

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.home / "touchstone.sqlite3", timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def kill(self, word: bytes) -> None:
        """kill -9 of the supervisor's child whose command has `word`."""
        for pid in self.up.children():
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if word in command:
                os.kill(pid, signal.SIGKILL)
                return
        raise AssertionError(f"no child runs {word!r}")

    def finished(self) -> bool:
        return self.rows("SELECT state FROM jobs_labelingjob") == [("completed",)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    home = tmp_path / "home"
    home.mkdir()
    with running(home, free_port()) as up:
        assert eventually(lambda: healthy(up.port), 60), up.said()
        world = World(up, home)
        try:
            yield world
        finally:
            world.stop.set()


def test_nothing_acknowledged_is_lost_and_nothing_is_stuck(world: World, tmp_path: Path) -> None:
    for person in world.people:
        person.start()
    whole = OBJECTS * EACH
    assert eventually(lambda: world.acknowledged() > whole // 5, 60), world.up.said()
    world.kill(b"gunicorn")
    world.kill(b"worker")
    assert eventually(lambda: world.acknowledged() > whole // 2, 60), world.up.said()
    world.kill(b"gunicorn")
    assert eventually(world.finished, 90), (world.acknowledged(), world.up.said())
    world.stop.set()
    for person in world.people:
        person.join(30)
    sent = {key: what for person in world.people for key, what in person.journal.sent.items()}
    acknowledged = {key: what for person in world.people for key, what in person.journal.acknowledged.items()}
    assert [person.journal.odd for person in world.people] == [[]] * WORKERS

    sql = "SELECT key, assignment_id, answer, standing, task_id, worker_id FROM jobs_annotation"
    rows = {str(uuid.UUID(key)): rest for key, *rest in world.rows(sql)}
    stored = {key: (rest[0], json.loads(rest[1])["category"]) for key, rest in rows.items()}
    assert {key: stored.get(key) for key in acknowledged} == acknowledged, "lost or changed"
    assert {key: sent.get(key) for key in stored} == stored, "nobody sent this"
    counted = [(task, worker) for _, _, standing, task, worker in rows.values() if standing != "surplus"]
    assert len(counted) == len(set(counted)) == whole, "a place was finished twice, or never"
    assert {state for (state,) in world.rows("SELECT DISTINCT state FROM jobs_assignment")} == {"submitted"}
    assert world.rows("SELECT count(*) FROM jobs_outbox") == [(0,)]
    assert world.rows("SELECT total, by_people, answers FROM jobs_tally") == [(OBJECTS, OBJECTS, len(stored))]
    all_in_a_fresh_export(world, stored, tmp_path / "out")


def all_in_a_fresh_export(world: World, stored: dict[str, tuple[int, int]], out: Path) -> None:
    world.python("manage.py", "export_job", "Kill", "--output", str(out))
    lines = [json.loads(line) for line in (out / "Kill/manifests/output/output.manifest").read_text().splitlines()]
    assert [line["source"] for line in lines] == [f"text {n}" for n in range(OBJECTS)]
    assert all("Kill" in line for line in lines)
    place = "SELECT a.id, o.position FROM jobs_assignment a JOIN jobs_task t ON t.id = a.task_id"
    positions = dict(world.rows(f"{place} JOIN jobs_dataobject o ON o.id = t.data_object_id"))
    wanted = sorted((positions[assignment], NAMES[category]) for assignment, category in stored.values())
    found = []
    for file in (out / "Kill/annotations/worker-response").rglob("*.json"):
        for answer in json.loads(file.read_text())["answers"]:
            (content,) = answer["answerContent"].values()
            found.append((int(file.parent.name), content["label"]))
    assert sorted(found) == wanted
