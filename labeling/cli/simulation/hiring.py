"""A crowd for a job: workers hired, their doors opened, the truth read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from labeling.cli.simulation.crowd import Crowd, Worker, dismiss, hire
from labeling.cli.simulation.doors import Door, HttpDoor, InProcessDoor
from labeling.cli.simulation.truth import read_truth
from labeling.flow.background import work_off
from labeling.jobs.clock import database_now
from labeling.jobs.models import LabelingJob
from labeling.jobs.questions import type_of
from labeling.jobs.turns import turn

PACE = (2.0, 6.0)  # seconds that an answer takes, as workers report it: one value a worker


@contextmanager
def crowd_for(
    job: LabelingJob,
    *,
    truth: Path,
    workers: int,
    error_rate: float = 0.0,
    seed: int = 1,
    url: str = "",
    seen: Callable[[int], None] = lambda _count: None,
) -> Iterator[Crowd]:
    """Over HTTP to the server at `url`; without one in this process, which then does the background work too.

    The workers belong to the job's team inside the block only.
    """
    answers = read_truth(job, truth)
    people = hire(job.team, workers, now=database_now())
    hired = []
    for (_, token), sequence in zip(people, np.random.SeedSequence(seed).spawn(workers), strict=True):
        door: Door = HttpDoor(url, token) if url else InProcessDoor(token)
        generator = np.random.default_rng(sequence)
        hired.append(Worker(door, generator, seconds=round(float(generator.uniform(*PACE)), 1)))
    try:
        yield Crowd(
            job,
            hired,
            answers,
            type_of(job),
            error_rate=error_rate,
            between=(lambda: None) if url else (lambda: do_background(job.pk)),
            seen=seen,
        )
    finally:
        dismiss(job.team, [user for user, _ in people])


def do_background(job_id: int) -> None:
    """What a worker process would do now, in this one."""
    with turn(job_id) as mine:
        if mine:
            work_off(job_id)
