"""The child: a file may break it, and nothing else breaks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import UnsupportedMedia
from labeling.media import Limits, sandbox
from labeling.media.child import WORKS

# A reader whose files are orders to itself: what a broken decoder might do.
MISCHIEF = """
import os, pathlib, signal, socket, time
def do(task, limits):
    order = task["order"]
    if order == "die": os.kill(os.getpid(), signal.SIGSEGV)
    if order == "sleep": time.sleep(60)
    if order == "burn":
        while True: pass
    if order == "eat": bytearray(3 << 30)
    if order == "raise": raise KeyError("odd")
    if order == "print": print("between the replies", flush=True); os.write(1, b"more")
    if order == "write": pathlib.Path(task["path"]).write_bytes(b"x")
    if order == "call": socket.create_connection(("127.0.0.1", task["port"]), 1)
    return {"order": order, "environment": sorted(os.environ)}, order.encode()
"""


@pytest.fixture
def started() -> list[subprocess.Popen[bytes]]:
    """The children of this test."""
    return []


@pytest.fixture
def mischief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]) -> Path:
    """Teach the child the work "mischief"; returns a folder."""
    (tmp_path / "mischief.py").write_text(MISCHIEF)
    (tmp_path / "starter.py").write_text(
        "from labeling.media import child\nchild.WORKS['mischief'] = ('mischief', 'do')\nchild.main()\n"
    )
    real = sandbox.subprocess.Popen

    def popen(command: list[str], **how: Any) -> subprocess.Popen[bytes]:
        if "env" not in how:  # not the sandbox's
            return real(command, **how)
        environment = how.pop("env")
        environment = {**environment, "PYTHONPATH": f"{environment['PYTHONPATH']}{os.pathsep}{tmp_path}"}
        started.append(real([sys.executable, "-s", str(tmp_path / "starter.py")], env=environment, **how))
        return started[-1]

    monkeypatch.setattr(sandbox.subprocess, "Popen", popen)
    return tmp_path


def orders(folder: Path, *names: str, **limits: float) -> list[str]:
    """What became of each order: itself, or the word "refused"."""
    tasks = [{"path": str(folder / f"{number}-{name}"), "order": name} for number, name in enumerate(names)]
    replies = sandbox.run("mischief", tasks, Limits(**limits))  # type: ignore[arg-type]
    return ["refused" if isinstance(reply, Exception) else reply.content.decode() for reply in replies]


def test_a_file_that_kills_the_child_is_marked_and_the_rest_goes_on(mischief: Path) -> None:
    assert orders(mischief, "a", "die", "b", "die", "die", "c") == ["a", "refused", "b", "refused", "refused", "c"]


def test_the_last_file_may_kill_the_child_too(mischief: Path) -> None:
    assert orders(mischief, "a", "die") == ["a", "refused"]


def test_a_file_that_takes_too_long_is_marked(mischief: Path) -> None:
    assert orders(mischief, "sleep", "b", wall_seconds=0.2) == ["refused", "b"]


def test_a_file_that_takes_too_much_cpu_is_marked(mischief: Path) -> None:
    assert orders(mischief, "burn", "b", cpu_seconds=0) == ["refused", "b"]


def test_a_file_that_takes_too_much_memory_is_marked(mischief: Path) -> None:
    assert orders(mischief, "eat", "b") == ["refused", "b"]


def test_an_unexpected_error_of_a_reader_is_the_files_reason(mischief: Path) -> None:
    (reply,) = sandbox.run("mischief", [{"path": "/somewhere/x.png", "order": "raise"}], Limits())
    assert isinstance(reply, UnsupportedMedia)
    assert "odd" in reply.what
    assert reply.where == "x.png", "the name alone: the folder is nobody's business"


def test_what_a_library_prints_does_not_get_between_the_replies(mischief: Path) -> None:
    assert orders(mischief, "print", "b") == ["print", "b"]


def test_the_child_cannot_write_a_file(mischief: Path) -> None:
    assert orders(mischief, "write", "b") == ["refused", "b"]
    assert not list(mischief.glob("*-write")) or (mischief / "0-write").stat().st_size == 0


def test_the_child_sees_no_secret_of_ours(mischief: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    (reply,) = sandbox.run("mischief", [{"path": "x", "order": "a"}], Limits())
    assert isinstance(reply, sandbox.Reply)
    assert "DATABASE_URL" not in reply.facts["environment"]


def test_a_child_that_cannot_start_is_no_files_fault() -> None:
    with pytest.raises(RuntimeError, match="did not start"):
        list(sandbox.run("no such work", [{"path": "x"}], Limits()))


def test_who_stops_reading_leaves_no_child_behind(mischief: Path, started: list[subprocess.Popen[bytes]]) -> None:
    replies = sandbox.run("mischief", [{"path": "x", "order": "a"}, {"path": "y", "order": "sleep"}], Limits())
    next(replies)
    (child,) = started
    assert child.poll() is None
    replies.close()  # type: ignore[attr-defined]
    assert child.poll() is not None


def test_a_child_has_no_network(mischief: Path) -> None:
    """Where the system gives no namespace (some containers), the demuxer's own rules still hold."""
    if not _namespaces():
        pytest.skip("this system gives no network namespace")
    with socket.create_server(("127.0.0.1", 0)) as server:
        task = {"path": "x", "order": "call", "port": server.getsockname()[1]}
        (reply,) = sandbox.run("mischief", [task], Limits())
    assert isinstance(reply, UnsupportedMedia)


def _namespaces() -> bool:
    probe = (
        "import os; from labeling.media.child import leave_the_network; "
        "leave_the_network(); print(os.readlink('/proc/self/ns/net'))"
    )
    inside = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout.strip()
    return inside != str(Path("/proc/self/ns/net").readlink())


def test_every_work_of_the_child_exists() -> None:
    from labeling.media.child import find_work

    assert all(callable(find_work(name)) for name in WORKS)
