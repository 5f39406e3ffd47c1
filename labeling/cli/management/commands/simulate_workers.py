"""Let simulated workers answer a job from a truth file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from tqdm import tqdm

from labeling.cli.base import HouseCommand, job_named
from labeling.cli.simulation.hiring import crowd_for
from labeling.errors import BadRequest, Conflict, NotFound
from labeling.jobs.files import home
from labeling.jobs.states import WORDS, JobState

NOT_DONE = 1


class Command(HouseCommand):
    help = (
        "Workers who answer from an augmented manifest (attribute `truth`), through the API, until the job asks "
        "nothing more. Over HTTP to a running server if there is one, else in this process. For trying a job."
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
            raise Conflict(f'"{job}" is {WORDS[job.state]}.', todo="Only a running job asks its workers.")
        if not options["truth"].is_file():
            raise NotFound(f"There is no file {options['truth']}.", where="--truth", todo="Name an augmented manifest.")
        if not 0 <= options["error_rate"] <= 1 or options["workers"] < 1:
            raise BadRequest("--error-rate is a share, --workers at least 1.", todo="Write 0.1 for 10 %.")
        url = "" if options["in_process"] else options["url"] or running_server()
        with (
            tqdm(unit=" answers", disable=None) as bar,
            crowd_for(
                job,
                truth=options["truth"],
                workers=options["workers"],
                error_rate=options["error_rate"],
                seed=options["seed"],
                url=url,
                seen=lambda _count: bar.update(),
            ) as crowd,
        ):
            outcome = crowd.run(max_seconds=options["max_seconds"], max_answers=options["max_answers"])
        rate = outcome.answers / outcome.seconds if outcome.seconds else 0.0
        careless = f"({outcome.wrong} careless)"
        self.say(f"{outcome.answers} answers {careless} in {outcome.seconds:.1f} s, {rate:.0f} a second")
        self.say(f"job {job.pk} is {crowd.job.state}")
        wanted = outcome.finished or options["max_answers"] is not None
        return None if wanted else NOT_DONE


def running_server() -> str:
    """The address that `up` left in its home, or nothing."""
    note = home() / "address"
    return note.read_text().strip() if note.is_file() else ""
