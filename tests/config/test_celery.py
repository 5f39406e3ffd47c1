"""A real worker over Redis and over files: what is sent by name is run, in a process that knows Django."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labeling.config.queue import celery_settings

ROOT = Path(__file__).resolve().parents[2]
ASK = """
from labeling.config.celery import app
print(app.control.inspect(timeout=4, limit=1).registered())  # returns with the first answer
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    return {"PATH": os.environ["PATH"], "TOUCHSTONE_HOME": str(home), "TMPDIR": str(home / "tmp"), **more}


def worker_answers(environ: dict[str, str]) -> str:
    """Start a worker, ask it over the broker what it knows, kill it; its answer as printed."""
    celery = [sys.executable, "-m", "celery", "-q", "-A", "labeling.config"]
    command = [*celery, "worker", "-P", "solo", "--without-gossip", "--without-mingle", "-l", "ERROR"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        said, last = "", time.monotonic() + 90
        while "sweep" not in said and time.monotonic() < last:
            asked = subprocess.run(
                [sys.executable, "-c", ASK], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
            )
            said = asked.stdout
        return said
    finally:
        worker.kill()  # a warm shutdown takes 5 s, and nothing of it is asked for here
        worker.wait()


def test_a_worker_over_files_answers_and_knows_the_sweep(tmp_path: Path) -> None:
    assert "labeling.flow.background.sweep" in worker_answers(environment(tmp_path))


def test_a_worker_over_redis_answers_and_knows_the_sweep(tmp_path: Path, redis_url: str) -> None:
    said = worker_answers(environment(tmp_path, REDIS_URL=redis_url))
    assert "labeling.flow.background.sweep" in said


@pytest.mark.parametrize("url", ["", "redis://h/0"])
def test_the_sweep_runs_every_twenty_seconds_whatever_the_broker(url: str, tmp_path: Path) -> None:
    settings = celery_settings(url, tmp_path)
    assert settings["beat_schedule"]["sweep"]["task"] == "labeling.flow.background.sweep"
    assert settings["beat_schedule"]["sweep"]["schedule"].total_seconds() == 20
    assert settings["accept_content"] == ["json"]
