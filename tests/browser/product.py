"""The product as its users run it: `manage.py up` with web, worker and beat on a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "labeling" / "pages" / "static" / "editor" / "editor.js"
WORK = "/work/"  # the page of a worker's jobs
PATIENCE = 120.0  # seconds that the first start may take on a busy machine

# People who are signed in already: the stories that are not about signing in begin at their second page.
PEOPLE = """
import json, sys
from datetime import timedelta
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from labeling.jobs.clock import database_now
from labeling.workforce import tokens
from labeling.workforce.models import Membership, Role, Team, User
lead, team = User.objects.get(username="lead"), Team.objects.get()
def session(user):
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key
def worker(number):
    user = User(username=f"worker-{number}", display_name=f"Worker {number}")
    user.set_unusable_password()
    user.save()
    Membership.objects.create(user=user, team=team, role=Role.WORKER)
    return session(user)
token = tokens.mint(lead, name="tests", scopes=["lead", "work"], lifetime=timedelta(days=1), now=database_now())
print(json.dumps({"team": team.pk, "token": token, "lead": session(lead), "workers": [worker(n) for n in range(150)]}))
"""

T = TypeVar("T")


def label_page(job: int) -> str:
    """Where people label in a job."""
    return f"{WORK}{job}/"


def wait_for(what: Callable[[], T], *, words: str, seconds: float = 30.0) -> T:
    """The first true value of `what`. Fails the test with `words` when none comes."""
    last = time.monotonic() + seconds
    while not (value := what()):
        assert time.monotonic() < last, f"{words}: not within {seconds:.0f} s"
        time.sleep(0.1)
    return value


class Product:
    """One `up`. `lead`, `workers`: session keys; `api` speaks as the lead."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.with_suffix(".log")
        self._env = {"PATH": os.environ["PATH"], "HOME": str(home), "TOUCHSTONE_HOME": str(home), **settings}
        self._start()
        people = json.loads(self.shell(PEOPLE).splitlines()[-1])
        self.team: int = people["team"]
        self.lead: str = people["lead"]
        self.workers: list[str] = people["workers"]
        self._token: str = people["token"]

    def _start(self) -> None:
        command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(self.port)]
        with self.log.open("w") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self._env, stdout=out, stderr=out)
        wait_for(self.answers, words=f"the product to come up (its words: {self.log})", seconds=PATIENCE)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/health", timeout=5):  # noqa: S310
            return True
        return False

    def kill_web(self) -> None:
        """As the kernel kills: the web process and its workers at once; the supervisor starts it again."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        web = next(int(pid) for pid in children if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.killpg(web, signal.SIGKILL)
        wait_for(lambda: not self.answers(), words="the web process to be gone")

    def manage(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._env, input=stdin, text=True, capture_output=True, check=False, timeout=120
        )

    def shell(self, code: str) -> str:
        done = self.manage("shell", "--no-imports", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sign_in_of(self, username: str) -> str:
        """The password that the first run has made."""
        lines = (line.split() for line in (self.home / "sign-in.txt").read_text().splitlines())
        return dict(lines)[username]

    def api(self, method: str, path: str, body: Any = None, *, files: Sequence[Path] = ()) -> Any:
        """A call as the lead. Raises urllib.error.HTTPError on a refusal."""
        content_type, data = "application/json", json.dumps(body).encode() if body is not None else None
        if files:
            opened = [file.open("rb") for file in files]
            content_type, data = MULTIPART_CONTENT, encode_multipart(BOUNDARY, {"files": opened})
            for file in opened:
                file.close()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": content_type}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
            return json.load(reply)

    def status(self, job: int) -> dict[str, Any]:
        status: dict[str, Any] = self.api("GET", f"/jobs/{job}")["status"]
        return status
