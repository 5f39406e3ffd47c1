"""`up`: everything that one machine needs, in one process group, until Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from labeling.cli import first_run
from labeling.supervisor import Child, Supervisor

HOST = "127.0.0.1"  # this machine only; a proxy or docker-compose.yml is for more


class Command(BaseCommand):
    help = "Run Touchstone on this machine: web, worker and beat, until Ctrl-C. Makes what is missing on its first run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.TOUCHSTONE_PORT, help="default: %(default)s")
        parser.add_argument("--prepare", action="store_true", help="only make what is missing and end; starts nothing")
        parser.add_argument("--no-demo", action="store_true", help="start empty: no sample jobs on the first run")

    def handle(self, *, port: int, no_demo: bool, prepare: bool, **_: Any) -> None:
        os.umask(0o077)  # whatever is made from here on is for its owner alone
        home: Path = settings.TOUCHSTONE_HOME
        with only_one(home):
            if prepare:
                self.prepare(home, demo=not no_demo)
                self.say("\n".join(sign_in_lines(home)))
                return
            check_port(port)
            self.prepare(home, demo=not no_demo)
            address = f"http://{HOST}:{port}"
            with left_in(home / "address", address):
                sys.exit(self.supervise(port, address))

    def prepare(self, home: Path, *, demo: bool) -> None:
        """Migrations always; people and sample jobs once. A first run that was cut short is taken up again."""
        call_command("migrate", interactive=False, verbosity=0)
        pending = home / "demo-pending"
        if not first_run.someone_is_here():
            if demo:
                pending.touch()
            _, lead, worker = first_run.make_people()
            first_run.keep(home / "sign-in.txt", lead, worker)
        if demo and pending.exists():
            from labeling.cli.demo import install  # brings scikit-learn: for a first run only

            self.stdout.write("First run: making the sample jobs ...")
            install.install(say=self.stdout.write)
            pending.unlink()

    def supervise(self, port: int, address: str) -> int:
        home: Path = settings.TOUCHSTONE_HOME
        (home / "tmp").mkdir(exist_ok=True, mode=0o700)
        # The file broker takes a message by moving it to the temporary folder: atomic only on one file system.
        os.environ["TMPDIR"] = str(home / "tmp")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(settings.BASE_DIR), os.environ.get("PYTHONPATH"))))
        threading.Thread(target=self.greet, args=(home, address), daemon=True).start()
        return Supervisor(children(port), say=self.say).run()

    def greet(self, home: Path, address: str) -> None:
        """Once the web process answers: where it is and how to come in."""
        wait_for(f"{address}/health")
        lines = ["", f"  Touchstone is at  {address}/", "", *sign_in_lines(home), "", "  Ctrl-C stops it.", ""]
        self.say("\n".join(lines))

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def sign_in_lines(home: Path) -> list[str]:
    """How the first people come in, while their passwords are kept."""
    file = home / "sign-in.txt"
    if not file.exists():
        return ["  Sign in with the account that you have."]
    people = [line.split() for line in file.read_text().splitlines()]
    return [f"  sign in as  {name:<8} password  {password}" for name, password in people] + [f"  (kept in {file})"]


def children(port: int) -> list[Child]:
    """Settings and what was measured: docs/decisions/0004-supervisor.md."""
    python = (sys.executable, "-m")
    celery = (*python, "celery", "-q", "-A", "labeling.config")
    web = (*python, "gunicorn", "labeling.config.wsgi", "--bind", f"{HOST}:{port}", "-k", "gthread", "--workers", "1")
    limits = ("--threads", str(settings.TOUCHSTONE_THREADS), "--keep-alive", "75", "--graceful-timeout", "5")
    quiet = ("--no-control-socket", "--log-level", "warning")
    worker = ("worker", "-P", "prefork", "-c", "2", "--without-gossip", "--without-mingle", "-l", "WARNING")
    return [
        Child("web", (*web, *limits, *quiet)),
        Child("worker", (*celery, *worker)),
        Child("beat", (*celery, "beat", "-l", "WARNING", "--pidfile=")),
    ]


def check_port(port: int) -> None:
    """Raises CommandError with a free port to try, before anything is made or started."""
    if _free(port):
        return
    others = (other for other in range(port + 1, min(port + 100, 65536)) if _free(other))
    other = next(others, None)
    todo = f"try: python manage.py up --port {other}" if other else "name another with --port"
    raise CommandError(f"Port {port} is taken or not allowed; {todo}")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
    return True


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """A second set of processes on one home would take turns on its database without knowing of the first's lock."""
    with (home / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            address = home / "address"
            where = address.read_text().strip() if address.exists() else "an address not known yet"
            raise CommandError(f"Touchstone already runs from {home}, at {where}.") from None
        yield


@contextmanager
def left_in(file: Path, address: str) -> Iterator[None]:
    """For `simulate_workers` and others who look for the running server."""
    file.write_text(address + "\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def wait_for(url: str) -> None:
    while True:
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310
            return
        time.sleep(0.1)
