"""Training runs in a process of its own, which learns nothing of ours but its folder."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection

from labeling.flow import learning
from labeling.flow.learning import TrainingFailed
from labeling.learners.confined import memory_of_the_machine
from tests.factories import Staff, draft_job, staff, take
from tests.flow.looping import machine_job

SECRET = ("TOUCHSTONE_SECRET_KEY", "DATABASE_URL", "REDIS_URL", "AWS_SECRET_ACCESS_KEY", "HOME")
KNOWN = {"PATH", "PYTHONPATH", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}


@pytest.fixture
def crew(db: None) -> Staff:
    return staff(workers=1)


def test_the_child_gets_no_variable_of_ours(crew: Staff, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SECRET:
        monkeypatch.setenv(name, "a-secret")
    seen: list[dict[str, Any]] = []

    def watch(command: list[str], **options: Any) -> Any:
        seen.append({"command": command, **options})
        return type("Done", (), {"returncode": 0, "stderr": ""})()

    monkeypatch.setattr(learning.subprocess, "run", watch)
    learning._run_child(tmp_path)
    (call,) = seen
    assert set(call["env"]) <= KNOWN
    assert "a-secret" not in str(call)
    assert call["cwd"] == tmp_path


@pytest.mark.one_database
def test_a_real_child_trains_and_leaves_its_scores(crew: Staff, tmp_path: Path) -> None:
    job, truth = machine_job(crew, count=60)
    pool = learning.pool_of(job)
    pool.labels[:40] = truth[:40]
    with learning.learn(job, pool, ask=5, number=1) as (folder, learned):
        assert {path.name for path in folder.iterdir()} >= {"metrics.json", "model.skops", "outputs.npz"}
    assert not folder.exists()
    assert learned.trained
    assert learned.proba.shape == (60, 2)
    assert len(learned.picks) == 5
    accuracy = (learned.predicted[40:] == truth[40:]).mean()
    assert accuracy > 0.8


@pytest.mark.one_database
def test_a_child_that_fails_says_its_last_words(crew: Staff, tmp_path: Path) -> None:
    (tmp_path / "params.json").write_text("{")
    with pytest.raises(TrainingFailed, match=r"The machine could not learn: .*params\.json"):
        learning._run_child(tmp_path)


def test_a_killed_child_is_told(crew: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning.sys, "executable", "/bin/false")
    with pytest.raises(TrainingFailed, match="ended with code 1"):
        learning._run_child(tmp_path)


def test_lines_of_one_group_are_told_to_the_child(crew: Staff, tmp_path: Path) -> None:
    job = draft_job(crew)
    lines = [{"source": "a", "group": "clip 1"}, {"source": 'b "group" b'}, {"source": "c", "group": "clip 1"}]
    take(job, b"".join(json.dumps(line).encode() + b"\n" for line in [*lines, {"source": "d", "group": 7}]))
    groups = learning.pool_of(job).groups
    assert groups is not None
    assert groups[0] == groups[2] >= 0
    assert groups[1] == -1
    assert groups[3] not in (-1, groups[0])
    take(job, b'{"source": "e", "group": ""}\n')
    plain, _ = machine_job(crew, count=3, name="Plain")
    assert learning.pool_of(plain).groups is None


@pytest.fixture
def waiting_child(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The pid of a real child in the middle of its work, and its folder: one of its pictures is a pipe, which makes
    whoever opens it wait."""
    pipe = tmp_path / "picture.png"
    os.mkfifo(pipe)
    folder = tmp_path / "round"
    folder.mkdir()
    params = {"medium": "image", "classes": 2, "seed": 1, "ask": 1, "features": None}
    (folder / "params.json").write_text(json.dumps(params))
    (folder / "images.jsonl").write_text((json.dumps({"path": str(pipe)}) + "\n") * 4)
    np.savez(folder / "inputs.npz", labels=np.array([0, 1, -1, -1]), closed=np.zeros(4, bool))
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(learning._run_child, folder)
        writing = os.open(pipe, os.O_WRONLY)  # returns when the child has opened it for reading
        try:
            (pid,) = [pid for pid in children() if str(folder) in command_of(pid)]
            yield pid, folder
        finally:
            os.close(writing)
            while not run.done():  # the picture is opened again for each of the four objects
                with suppress(OSError):
                    os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
                time.sleep(0.01)
            run.result()


def children() -> list[int]:
    mine = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    return [int(pid) for line in mine for pid in line.split()]


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")
@pytest.mark.django_db(transaction=True)
class TestWhatAChildSees:
    @pytest.fixture(autouse=True)
    def _things_to_find(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
        """Secrets in the environment, a listening socket and an open file that careless code would hand down, and an
        open database connection."""
        for name in SECRET:
            monkeypatch.setenv(name, "a-secret")
        (tmp_path / "secrets.txt").write_text("a-secret")
        connection.ensure_connection()
        with socket.create_server(("127.0.0.1", 0)) as server, (tmp_path / "secrets.txt").open() as secrets:
            for handle in (server.fileno(), secrets.fileno()):
                os.set_inheritable(handle, True)
            yield

    def test_its_environment_its_files_and_its_sockets(self, waiting_child: tuple[int, Path]) -> None:
        pid, _ = waiting_child
        given = dict(entry.split("=", 1) for entry in Path(f"/proc/{pid}/environ").read_text().split("\0") if entry)
        assert set(given) <= KNOWN
        assert "a-secret" not in str(given)
        opened = {int(fd.name): str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir()}
        assert opened.pop(0) == "/dev/null"
        said = {opened.pop(1), opened.pop(2)}
        assert all(name.startswith("pipe:") for name in said)
        own = {name for name in opened.values() if not name.startswith("/dev/")}
        assert {Path(name).name for name in own} == {"picture.png"}, "no socket, no database, no file of ours"

    def test_it_has_no_database_and_no_network(self, waiting_child: tuple[int, Path]) -> None:
        pid, _ = waiting_child
        loaded = Path(f"/proc/{pid}/maps").read_text()
        assert "sklearn" in loaded
        assert not [word for word in ("sqlite", "libpq", "psycopg", "redis") if word in loaded]
        if Path(f"/proc/{pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
            pytest.skip("this system lets nobody leave the network")
        routes = Path(f"/proc/{pid}/net/route").read_text().splitlines()
        assert len(routes) <= 1, routes

    def test_its_memory_ends_with_the_machine(self, waiting_child: tuple[int, Path]) -> None:
        pid, _ = waiting_child
        (line,) = [one for one in Path(f"/proc/{pid}/limits").read_text().splitlines() if "address space" in one]
        assert line.split()[3] == str(memory_of_the_machine())


def child_instead(monkeypatch: pytest.MonkeyPatch, path: Path, script: str) -> None:
    """What is started in place of Python; `$PYTHON` is the real one."""
    path.write_text(f"#!/bin/sh\nPYTHON={sys.executable}\n{script}\n")
    path.chmod(0o700)
    monkeypatch.setattr(learning.sys, "executable", str(path))


@pytest.mark.one_database
def test_a_child_that_is_killed_once_is_started_again(
    crew: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, truth = machine_job(crew, count=60)
    pool = learning.pool_of(job)
    pool.labels[:40] = truth[:40]
    script = f'[ -e {tmp_path}/killed ] || {{ touch {tmp_path}/killed; kill -9 $$; }}\nexec "$PYTHON" "$@"'
    child_instead(monkeypatch, tmp_path / "child", script)
    with learning.learn(job, pool, ask=5, number=1) as (_, learned):
        assert learned.trained
    assert (tmp_path / "killed").exists()


def test_a_child_that_is_always_killed_gives_up_with_a_sentence(
    crew: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child_instead(monkeypatch, tmp_path / "child", f"echo x >> {tmp_path}/times; kill -9 $$")
    with pytest.raises(TrainingFailed, match="ended by SIGKILL, 3 times"):
        learning._run_child(tmp_path)
    assert (tmp_path / "times").read_text() == "x\n" * 3


def test_a_child_that_never_ends_is_ended(crew: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "PATIENCE", 0.2)
    child_instead(monkeypatch, tmp_path / "child", "exec sleep 60")
    with pytest.raises(TrainingFailed, match="could not learn within"):
        learning._run_child(tmp_path)
