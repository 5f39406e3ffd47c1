"""Let simulated workers answer a job from a truth file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from labeling.cli.base import HouseCommand, job_named
from labeling.cli.simulation.crowd import Crowd, Worker, hire
from labeling.cli.simulation.doors import Door, HttpDoor, InProcessDoor
from labeling.cli.simulation.truth import read_truth
from labeling.errors import BadRequest, Conflict, NotFound
from labeling.flow.background import work_off
from labeling.jobs.clock import database_now
from labeling.jobs.files import home
from labeling.jobs.questions import type_of
from labeling.jobs.states import JobState
from labeling.jobs.turns import turn

NOT_DONE = 1


class Command(HouseCommand):
    help = (
        "Workers who answer from an augmented manifest (attribute `truth`), through the API, until the job asks "
        "nothing more. Over HTTP to a running server where there is one, else in this process. For trying a job's settings."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", help="id or name")
        parser.add_argument("--truth", required=True, type=Path, help="augmented manifest with the attribute `truth`")
        parser.add_argument("--workers", type=int, default=1, help="how many (1); members sim-1..N of the job's team")
        parser.add_argument("--error-rate", type=float, default=0.0, help="share of careless answers (0)")
        parser.add_argument("--seed", type=int, default=1, help="of their errors and their speed (1)")
        parser.add_argument("--max-seconds", type=float, help="stop after this long")
        parser.add_argument("--max-answers", type=int, help="stop after so many answers")
        parser.add_argument("--url", default="", help="address of a server (default: the one that `up` started)")
        parser.add_argument("--in-process", action="store_true", help="without a server, background work included")

    def work(self, **options: Any) -> int | None:
        job = job_named(options["job"])
        if job.state != JobState.RUNNING:
            raise Conflict(f'"{job}" is {job.state}.', todo="Start it first.")
        if not options["truth"].is_file():
            raise NotFound(f"There is no {options['truth']}.", where="--truth", todo="Name an augmented manifest.")
        if not 0 <= options["error_rate"] <= 1 or options["workers"] < 1:
            raise BadRequest("--error-rate is a share, --workers at least 1.", todo="Write 0.1 for 10 %.")
        url = "" if options["in_process"] else options["url"] or running_server()
        crowd = self._crowd(job, options, url)
        with tqdm(unit=" answers", disable=None) as bar:
            crowd.seen = lambda _count: bar.update()
            outcome = crowd.run(max_seconds=options["max_seconds"], max_answers=options["max_answers"])
        rate = outcome.answers / outcome.seconds if outcome.seconds else 0.0
        careless = f"({outcome.wrong} careless)"
        self.say(f"{outcome.answers} answers {careless} in {outcome.seconds:.1f} s, {rate:.0f} a second")
        self.say(f"job {job.pk} is {crowd.job.state}")
        wanted = outcome.finished or options["max_answers"] is not None
        return None if wanted else NOT_DONE

    def _crowd(self, job: Any, options: dict[str, Any], url: str) -> Crowd:
        people = hire(job.team, options["workers"], now=database_now())
        seeds = np.random.SeedSequence(options["seed"]).spawn(len(people))
        workers = []
        for (_, token), seed in zip(people, seeds, strict=True):
            door: Door = HttpDoor(url, token) if url else InProcessDoor(token)
            generator = np.random.default_rng(seed)
            workers.append(Worker(door, generator, seconds=round(float(generator.uniform(2.0, 6.0)), 1)))
        return Crowd(
            job,
            workers,
            read_truth(job, options["truth"]),
            type_of(job),
            error_rate=options["error_rate"],
            between=(lambda: None) if url else (lambda: do_background(job.pk)),
            seen=lambda _count: None,
        )


def do_background(job_id: int) -> None:
    with turn(job_id) as mine:
        if mine:
            work_off(job_id)


def running_server() -> str:
    """The address that `up` left in its home, or nothing."""
    note = home() / "address"
    return note.read_text().strip() if note.is_file() else ""
