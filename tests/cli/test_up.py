"""`up` as a person runs it: real processes on a home of their own."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]


class Up:
    """One `up` and what it said."""

    def __init__(self, home: Path, port: int, *more: str) -> None:
        self.port = port
        self.log = home.with_name(f"{home.name}-{port}.log")
        plain = {"PATH": os.environ["PATH"], "HOME": str(home), "TOUCHSTONE_HOME": str(home)}
        command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port), *more]
        with self.log.open("w") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=plain, stdout=out, stderr=out)

    def said(self) -> str:
        return self.log.read_text()

    def ended(self, seconds: float = 30) -> int:
        return self.process.wait(seconds)

    def children(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(home: Path, port: int, *more: str) -> Iterator[Up]:
    one = Up(home, port, *more)
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def up(home: Path) -> Iterator[Up]:
    with running(home, free_port()) as one:
        assert eventually(lambda: healthy(one.port), 60), one.said()
        yield one


def healthy(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as reply:
        return bool(reply.read() == b"ok")
    return False


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    last = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > last:
            return False
        time.sleep(0.1)
    return True


pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
    pytest.mark.xdist_group("up"),  # one server for all of them
]


def test_the_first_run_leaves_an_address_and_sign_ins_for_the_owner_alone(up: Up, home: Path) -> None:
    assert (home / "address").read_text() == f"http://127.0.0.1:{up.port}\n"
    people = [line.split() for line in (home / "sign-in.txt").read_text().splitlines()]
    assert [person[0] for person in people] == ["lead", "worker"]
    assert len({person[1] for person in people}) == 2
    for name in ("sign-in.txt", "secret-key", "touchstone.sqlite3"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600, name


def test_it_prints_where_it_is_and_how_to_come_in(up: Up, home: Path) -> None:
    assert eventually(lambda: f"http://127.0.0.1:{up.port}/" in up.said(), 10)
    for line in (home / "sign-in.txt").read_text().splitlines():
        assert line.split()[1] in up.said()


def test_a_second_up_on_the_same_home_says_where_the_first_is(up: Up, home: Path) -> None:
    with running(home, free_port()) as second:
        assert second.ended() == 1
    assert f"already runs from {home}, at http://127.0.0.1:{up.port}" in second.said()


def test_a_killed_web_process_comes_back(up: Up) -> None:
    before = up.children()
    assert len(before) == 3
    web = next(pid for pid in before if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(web, signal.SIGKILL)
    assert eventually(lambda: web not in up.children() and len(up.children()) == 3, 10)
    assert eventually(lambda: healthy(up.port), 20)


def test_a_taken_port_is_told_in_a_sentence_before_anything_is_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(home, port) as up:
            assert up.ended() == 1
    assert f"Port {port} is taken" in up.said()
    assert "python manage.py up --port" in up.said()
    assert not (home / "touchstone.sqlite3").exists()


def test_prepare_makes_the_first_people_once_and_starts_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = []
    for _ in range(2):
        with running(home, free_port(), "--prepare") as up:
            assert up.ended(60) == 0
            said.append(up.said())
    assert "sign in as  lead" in said[0]
    assert said[0] == said[1]
    assert not (home / "address").exists()


def test_term_ends_every_process_and_takes_the_address_away(up: Up, home: Path) -> None:
    """The last test of this file: after it there is no server."""
    mine = up.children()
    up.process.send_signal(signal.SIGTERM)
    assert up.ended() == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in mine)
    assert not (home / "address").exists()
