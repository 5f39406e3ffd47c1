"""Do a job's background work now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from labeling.cli.base import HouseCommand, job_named
from labeling.errors import Conflict
from labeling.flow.background import work_off
from labeling.flow.status import status_of
from labeling.jobs.turns import turn


class Command(HouseCommand):
    help = "Do what a job owes, in the foreground: answers into labels, then the loop as far as it goes without people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", help="id or name")

    def work(self, **options: Any) -> None:
        job = job_named(options["job"])
        with turn(job.pk) as mine:
            if not mine:
                raise Conflict(f'A worker is busy with "{job}" right now.', todo="Wait a moment and try again.")
            work_off(job.pk)
        job.refresh_from_db()
        status = status_of(job)
        self.say(f"round {status['Iteration']}, {status['Phase'] or 'no loop'}, {status['Unlabeled']} unlabeled")
