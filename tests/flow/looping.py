"""A small job that the machine can learn, and people who answer it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import Problem
from labeling.flow import consolidation, learning, leasing
from labeling.flow.background import work_off
from labeling.jobs.clock import database_now
from labeling.jobs.models import LabelingJob
from labeling.learners.run import run
from tests.factories import Staff, answered, text_job

COMMON = [f"common{number}" for number in range(20)]
OWN = [[f"{name}{number}" for number in range(25)] for name in ("river", "motor")]


def learnable_texts(count: int, *, seed: int = 1, learnable: bool = True) -> tuple[list[str], list[int]]:
    """Texts of two classes with words of their own (or, not learnable, of none), and the truth."""
    chance = random.Random(seed)
    truth = [chance.randrange(2) for _ in range(count)]
    texts = []
    for category in truth:
        words = chance.choices(COMMON, k=5) + (chance.choices(OWN[category], k=5) if learnable else [])
        chance.shuffle(words)
        texts.append(" ".join(words))
    return texts, truth


def machine_job(
    people: Staff, *, count: int = 400, learnable: bool = True, **rules: Any
) -> tuple[LabelingJob, list[int]]:
    texts, truth = learnable_texts(count, learnable=learnable)
    rules = {"target_error": 0.1, "classes": ("water", "street"), **rules}
    return text_job(people, texts=texts, handed_out=False, **rules), truth


def in_this_process(patch: pytest.MonkeyPatch) -> None:
    """Training without a child process, which takes seconds to start (test_training_child.py has the child)."""

    def train(folder: Path) -> None:
        try:
            run(folder)
        except Problem as problem:
            raise learning.TrainingFailed(str(problem), where=folder.name) from problem

    patch.setattr(learning, "_run_child", train)


def people_answer(job: LabelingJob, people: Staff, truth: list[int]) -> int:
    """Whatever is open is answered rightly; how many answers that took."""
    count = 0
    for worker in people.workers:
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            answered(lease, worker, truth[lease.task.data_object.position], database_now())
            count += 1
    while consolidation.consolidate_waiting(job.pk, now=database_now()):
        pass
    return count


def run_to_the_end(job: LabelingJob, people: Staff, truth: list[int]) -> LabelingJob:
    for _ in range(200):
        work_off(job.pk)
        job.refresh_from_db()
        if job.state != "running":
            return job
        assert people_answer(job, people, truth), "nothing is open, and the job is not complete"
    raise AssertionError("the job never ends")
