"""Long background work looks now and then whether its job still runs."""

from __future__ import annotations

from labeling.jobs.models import LabelingJob
from labeling.jobs.states import JobState


class Halted(Exception):
    """The job was paused or stopped meanwhile, or somebody else has gone on with it. What was done stays right."""


def still_running(job: LabelingJob) -> None:
    """Raises Halted unless the job runs. Cheap: one row by its key."""
    if not LabelingJob.objects.filter(pk=job.pk, state=JobState.RUNNING).exists():
        raise Halted
