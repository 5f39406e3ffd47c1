"""The sample project's jobs, half labeled by simulated workers, so that a newcomer sees work and can do some."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from labeling.cli.base import lead_of, team_named
from labeling.cli.demo.build import SampleJob, build_sample
from labeling.cli.simulation.hiring import crowd_for, do_background
from labeling.flow import creation, intake
from labeling.flow.job_rules import Rules
from labeling.formats.categories import read_category_file
from labeling.jobs.clock import database_now
from labeling.jobs.files import home
from labeling.jobs.models import Label, LabelingJob
from labeling.task_types.registry import task_type
from labeling.workforce.models import Team, User

SHARE: Final = 0.5  # of a job's places that simulated workers fill
CARELESS: Final = 0.06
CAREFUL: Final = 0.01  # where the machine learns: it can't promise more than people keep
CROWD: Final = 3
STEPS: Final = 20
PATIENCE: Final = 60  # seconds a step
LEASE: Final = 1800  # seconds: a newcomer looks around


def install(*, say: Callable[[str], object]) -> None:
    """Make what is missing of the sample jobs. A run that was cut short is taken up again."""
    team = team_named("")
    lead = lead_of(team)
    for sample in build_sample(home() / "sample"):
        job = LabelingJob.objects.filter(organisation=team.organisation, name=sample.name).first()
        if job is None:
            say(f"  {sample.name}: {sample.title.lower()}")
            job = _make(sample, team, lead)
            do_background(job.pk)  # hands out the first objects
            if sample.truth is not None:
                _half(job, sample, sample.truth)


def _make(sample: SampleJob, team: Team, lead: User) -> LabelingJob:
    kind = task_type(sample.task_type)
    file = read_category_file(
        sample.categories.read_bytes(), min_count=kind.min_categories, where=str(sample.categories)
    )
    job = creation.create_job(
        name=sample.name,
        task_type=kind.name,
        categories=file.categories,
        attributes=file.attributes,
        team=team,
        by=lead,
        now=database_now(),
        instructions=sample.instructions,
        root=str(sample.folder),
        rules=Rules(
            workers=sample.workers,
            target_error=sample.target_error,
            lease_seconds=LEASE,
            submit_on_digit=kind.min_categories > 1,
        ),
    )
    with sample.input.open("rb") as stream:
        intake.take_manifest(job, stream=stream, root=sample.folder, by=lead, now=database_now())
    creation.start_job(job, by=lead, now=database_now())
    return job


def _half(job: LabelingJob, sample: SampleJob, truth: Path) -> None:
    places = job.objects_of.count() * job.workers_min
    learns = job.target_error is not None
    careless = CAREFUL if learns else CARELESS
    with crowd_for(job, truth=truth, workers=CROWD, error_rate=careless) as crowd:
        for share in np.linspace(0, SHARE, STEPS + 1)[1:] if learns else [SHARE]:
            crowd.run(max_seconds=PATIENCE, max_answers=round(places * share))
            do_background(job.pk)
            if learns and job.labels.filter(by=Label.By.MACHINE).exists():
                break  # the rest is for the newcomer
