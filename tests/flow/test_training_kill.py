"""kill -9 of real workers and of their training processes at random points: nothing is lost, nothing is there twice.

A worker is a process forked from this one; so is its training, which would otherwise spend seconds to start
(test_training_child.py has the real command).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.models import Count

from labeling.flow import learning
from labeling.flow.background import work_off
from labeling.jobs.files import home
from labeling.jobs.models import Certificate, DataObject, Iteration, Label, LabelingJob, ModelVersion, Prediction, Tally
from labeling.learners.run import run
from tests.factories import Staff, staff, text_job
from tests.flow.looping import learnable_texts, people_answer

KILLS = 20
RULES: dict[str, Any] = {
    "target_error": 0.12, "classes": ("water", "street"), "audit_share": 0.0, "show_proposals": True,
}  # fmt: skip
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]


def partly_learnable() -> tuple[list[str], list[int]]:
    """400 texts, a quarter of them without a telling word: rounds, a refused certificate, a granted one."""
    texts, truth = learnable_texts(300, seed=1)
    hard, hidden = learnable_texts(100, seed=2, learnable=False)
    order = sorted(range(400), key=lambda place: place * 7919 % 1009)
    return [(texts + hard)[place] for place in order], [(truth + hidden)[place] for place in order]


def forked(work: Callable[[], Any], *, own_group: bool = False) -> int:
    """The pid of a copy of this process that does `work` and ends: 0 if well, else 1."""
    connections.close_all()  # a connection in two processes belongs to neither
    pid = os.fork()
    if pid:
        if own_group:
            with suppress(OSError):  # both do it: whoever comes first
                os.setpgid(pid, pid)
        return pid
    code = 1
    with suppress(BaseException):
        if own_group:
            os.setpgid(0, 0)
        work()
        code = 0
    os._exit(code)


def training_in_a_fork(folder: Path) -> tuple[int, str]:
    """In place of `learning._one_child`: (folder)/pid names the process while it runs."""

    def train() -> None:
        run(folder)

    pid = forked(train)
    with suppress(OSError):
        (folder / "pid").write_text(str(pid))
    _, status = os.waitpid(pid, 0)
    with suppress(OSError):
        (folder / "pid").unlink()
    return os.waitstatus_to_exitcode(status), "the training failed"


def ends(pid: int) -> int | None:
    """The code that a child ended with; None while it lives."""
    gone, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if gone else None


def kill_at(worker: int, delay: float, whom: str) -> bool:
    """After `delay` seconds kill the worker alone, the worker with its training, or the next training alone. False when
    the worker had done its work by then."""
    until = time.monotonic() + delay
    while ends(worker) is None:
        if time.monotonic() > until and kill(worker, whom):
            return True
        time.sleep(0.001)
    return False


def kill(worker: int, whom: str) -> bool:
    if whom == "training":
        return kill_the_training()
    (os.killpg if whom == "both" else os.kill)(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    return True


def kill_the_training() -> bool:
    for path in (home() / "runs").glob("*/*/pid"):
        with suppress(OSError, ValueError):
            os.kill(int(path.read_text()), signal.SIGKILL)
            return True
    return False


def run_with_kills(job: LabelingJob, crew: Staff, truth: list[int], chance: random.Random, kills: int) -> list[str]:
    """The whole job, with at most so many kills; returns what was killed."""
    killed: list[str] = []
    for _ in range(500):
        worker = forked(lambda: work_off(job.pk), own_group=True)
        if len(killed) < kills:
            whom, delay = chance.choice(("worker", "both", "training")), chance.expovariate(4)
            if kill_at(worker, delay, whom):
                killed.append(f"{whom} after {delay:.3f} s")
                if whom != "training":
                    continue
        with suppress(ChildProcessError):  # it has ended before
            assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == 0
        job.refresh_from_db()
        if job.state != "running":
            return killed
        people_answer(job, crew, truth)
    raise AssertionError("the job never ends")


def what_is_left(job: LabelingJob) -> dict[str, Any]:
    """Everything that must not depend on kills."""
    objects = DataObject.objects.filter(job=job).order_by("position")
    labels = Label.objects.filter(job=job).order_by("data_object__position", "pk")
    said = Prediction.objects.filter(model_version__job=job).order_by("model_version__number", "data_object__position")
    rows = said.values_list("model_version__number", "data_object__position", "answer", "confidence", "score")
    models = ModelVersion.objects.filter(job=job).order_by("number")
    recorded = ("digest", "model_digest", "source_digest", "split", "fits")
    certificates = Certificate.objects.filter(job=job).order_by("stage")
    rounds = Iteration.objects.filter(job=job).order_by("number")
    return {
        "objects": list(objects.values_list("state", "drawn_for")),
        "labels": list(labels.values_list("data_object__position", "by", "current", "answer", "confidence")),
        "models": [
            (one.number, one.state, one.trained_on, *(one.metrics[what] for what in recorded)) for one in models
        ],
        "predictions": [(*which, round(confidence, 6), round(score, 6)) for *which, confidence, score in rows],
        "certificates": list(certificates.values_list("stage", "state", "order_digest", "covers")),
        "rounds": [(row.number, row.phase, row.detail.get("forecast"), row.detail.get("step")) for row in rounds],
        "tally": list(Tally.objects.filter(job=job).values_list("total", "by_machine", "by_people")),
    }


def test_twenty_kills_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = int(os.environ.get("KILL_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"KILL_SEED={seed}")  # noqa: T201 - pytest shows it when the test fails
    monkeypatch.setattr(learning, "_one_child", training_in_a_fork)
    crew, chance = staff(workers=1), random.Random(seed)

    def outcome(number: int, kills: int) -> tuple[dict[str, Any], list[str]]:
        texts, truth = partly_learnable()
        job = text_job(crew, texts=texts, handed_out=False, name=f"Job {number}", **RULES)
        LabelingJob.objects.filter(pk=job.pk).update(seed=7)
        job.refresh_from_db()
        killed = run_with_kills(job, crew, truth, chance, kills)
        return what_is_left(job), killed

    calm, _ = outcome(0, 0)
    assert len(calm["models"]) >= 3
    assert calm["predictions"]
    assert {by for _, by, *_ in calm["labels"]} == {"people", "machine"}
    assert [state for _, state, *_ in calm["certificates"]] == ["refused", "granted"]
    assert {phase for _, phase, *_ in calm["rounds"]} == {"done"}
    killed: list[str] = []
    for number in range(1, KILLS + 1):
        disturbed, more = outcome(number, KILLS - len(killed))
        killed += more
        for what, value in calm.items():
            assert disturbed[what] == value, (what, killed)
        if len(killed) == KILLS:
            break
    assert len(killed) == KILLS
    assert {one.split()[0] for one in killed} == {"worker", "both", "training"}
    twice = Prediction.objects.values("model_version", "data_object").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()
