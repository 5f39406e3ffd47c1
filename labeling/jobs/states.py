"""Every state of every record, and every step that is allowed between two of them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from labeling.errors import Conflict


class JobState(models.TextChoices):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"


class ObjectState(models.TextChoices):
    PENDING = "pending"
    WITH_PEOPLE = "with_people"
    LABELED = "labeled"
    FAILED = "failed"


UNFINISHED = (ObjectState.PENDING, ObjectState.WITH_PEOPLE)


class TaskState(models.TextChoices):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class AssignmentState(models.TextChoices):
    OPEN = "open"
    LEASED = "leased"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"  # its task closed before anybody took it; never offered again


class Standing(models.TextChoices):
    COUNTED = "counted"
    LATE = "late"
    SURPLUS = "surplus"


class Phase(models.TextChoices):
    """What an iteration of the loop has reached. Each can be repeated safely after a crash."""

    SELECT = "select"
    ASK = "ask"
    TRAIN = "train"
    CALIBRATE = "calibrate"
    AUDIT = "audit"
    AUTO_LABEL = "auto_label"
    DONE = "done"


class ModelState(models.TextChoices):
    TRAINING = "training"
    READY = "ready"
    FAILED = "failed"
    RETIRED = "retired"


class CertificateState(models.TextChoices):
    PLANNED = "planned"
    AUDITING = "auditing"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"


JOB_STEPS: Mapping[str, frozenset[str]] = {
    JobState.DRAFT: frozenset({JobState.RUNNING, JobState.STOPPED, JobState.FAILED}),
    JobState.RUNNING: frozenset({JobState.PAUSED, JobState.COMPLETED, JobState.STOPPED, JobState.FAILED}),
    JobState.PAUSED: frozenset({JobState.RUNNING, JobState.STOPPED, JobState.FAILED}),
    JobState.COMPLETED: frozenset({JobState.RUNNING}),  # new objects, or failed ones tried again
    JobState.STOPPED: frozenset({JobState.RUNNING}),
    JobState.FAILED: frozenset({JobState.RUNNING}),
}

WORDS: Mapping[str, str] = {
    JobState.DRAFT: "a draft",
    JobState.RUNNING: "running",
    JobState.PAUSED: "paused",
    JobState.COMPLETED: "complete",
    JobState.STOPPED: "stopped",
    JobState.FAILED: "failed",
}


def check_job_step(before: str, after: str) -> None:
    """Raises Conflict when a job may not go from `before` to `after`."""
    if after not in JOB_STEPS[before]:
        todo = "It can go to: " + ", ".join(sorted(JOB_STEPS[before])) + "."
        raise Conflict(f"The job is {WORDS[before]}, so it can't become {WORDS[after]}.", where="state", todo=todo)
