"""PostgreSQL and Redis for the tests: given, else thrown up on free ports, else whatever answers, else none.

Nothing that we did not start is ever flushed: Django makes and drops a database of its own (`test_...`), and of a
Redis that is already there an empty numbered database is taken.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

PATIENCE = 20.0  # seconds that a server may take to come up


@dataclass(frozen=True)
class Server:
    """`url` is empty when there is none; `how` says in words where it comes from, or why not."""

    url: str
    how: str


@contextmanager
def postgres() -> Iterator[Server]:
    """A PostgreSQL that may create databases."""
    given = os.environ.get("DATABASE_URL", "")
    binaries = _postgres_binaries()
    if given.startswith("postgres"):
        yield Server(given, "DATABASE_URL")
    elif binaries:
        with _thrown_up_postgres(binaries) as server:
            yield server
    else:
        url = "postgresql://postgres@127.0.0.1:5432/touchstone"
        yield Server(url, "port 5432") if _postgres_answers(url) else Server("", "no initdb on PATH, none on port 5432")


@contextmanager
def redis_server() -> Iterator[Server]:
    given = os.environ.get("REDIS_URL", "")
    binary = shutil.which("redis-server")
    if given:
        yield Server(given, "REDIS_URL")
    elif binary:
        with _thrown_up_redis(binary) as server:
            yield server
    else:
        url = _empty_redis_database()
        yield Server(url, "port 6379") if url else Server("", "no redis-server on PATH, none on port 6379")


def _postgres_binaries() -> Path | None:
    found = shutil.which("initdb")
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    path = Path(found).resolve() if found else newest[-1] if newest else None
    return path.parent if path and (path.parent / "postgres").exists() else None


@contextmanager
def _thrown_up_postgres(binaries: Path) -> Iterator[Server]:
    port = free_port()
    with _folder() as folder:
        data = folder / "data"
        initdb = [
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "touchstone",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **_unprivileged())
        # Autovacuum does not see a test's rows, which are never committed: the planner would then take the tables for
        # empty and go through them again and again (over 55 s for a test of 4 s).
        quick = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100", "autovacuum=off"]
        where = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
        options = [part for option in (*quick, *where) for part in ("-c", option)]
        url = f"postgresql://touchstone@127.0.0.1:{port}/touchstone"
        with _running([str(binaries / "postgres"), "-D", str(data), *options], folder, lambda: _postgres_answers(url)):
            yield Server(url, f"thrown up from {binaries}")


@contextmanager
def _thrown_up_redis(binary: str) -> Iterator[Server]:
    port = free_port()
    with _folder() as folder:
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        url = f"redis://127.0.0.1:{port}/0"
        with _running([*command, "--dir", str(folder)], folder, lambda: _redis_answers(url)):
            yield Server(url, f"thrown up from {binary}")


@contextmanager
def _running(command: Sequence[str], folder: Path, answers: Callable[[], bool]) -> Iterator[None]:
    log = folder / "log"
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=folder, **_unprivileged())
    try:
        last = time.monotonic() + PATIENCE
        while not answers():
            if process.poll() is not None or time.monotonic() > last:
                raise RuntimeError(f"{command[0]} did not come up:\n{log.read_text()}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _folder() -> Iterator[Path]:
    """A short path (socket names are at most 107 bytes), owned by whoever runs the server."""
    folder = Path(tempfile.mkdtemp(prefix="ts-"))
    try:
        who = _unprivileged()
        if who:
            os.chown(folder, who["user"], who["group"])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> dict[str, int]:
    """Neither server should run as root, and PostgreSQL will not: as its own user then, or as nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": person.pw_uid, "group": person.pw_gid}
    return {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(url.rpartition("/")[0] + "/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _empty_redis_database() -> str:
    for number in range(15, 0, -1):
        url = f"redis://127.0.0.1:6379/{number}"
        try:
            with redis.Redis.from_url(url, socket_timeout=2) as client:
                if client.dbsize() == 0:
                    return url
        except redis.RedisError:
            return ""
    return ""
