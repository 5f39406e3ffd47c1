"""Show a job's counters."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from labeling.cli.base import HouseCommand, job_named
from labeling.flow.status import status_of
from labeling.jobs.models import LabelingJob


class Command(HouseCommand):
    help = "A job's counters, named as Ground Truth names them, with its round and its bound. Without a job: all jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", nargs="?", help="id or name")
        parser.add_argument("--json", action="store_true", dest="as_json", help="as one JSON object")

    def work(self, **options: Any) -> None:
        if not options["job"]:
            for job in LabelingJob.objects.order_by("pk"):
                self.say(f"{job.pk:>6}  {job.state:<10} {job.task_type:<22} {job.name}")
            return
        status = status_of(job_named(options["job"]))
        if options["as_json"]:
            self.say(json.dumps(status, ensure_ascii=False))
            return
        for name, value in status.items():
            self.say(f"{name:<24} {_plain(value)}")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_plain(inner) for inner in value) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner}" for name, inner in value.items())
    return "-" if value in (None, "") else str(value)
