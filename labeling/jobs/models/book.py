"""Book-keeping: what must still be done, who did what, numbers that pages show, exports."""

from __future__ import annotations

from django.db import models

from labeling.jobs.models.job import LabelingJob
from labeling.workforce.models import User


class Outbox(models.Model):
    """What must still be done. Written in the transaction that caused it; a lost hint loses nothing."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="outbox")
    kind = models.CharField(max_length=20)  # a key of flow/background.py's list
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["job", "kind", "id"], name="outbox_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.job}"


class AuditEvent(models.Model):
    """Who did what, when, from where. Append only."""

    who = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(max_length=40)
    job = models.ForeignKey(LabelingJob, null=True, on_delete=models.SET_NULL, related_name="+")
    detail = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["job", "-id"], name="audit_event_by_job")]

    def __str__(self) -> str:
        return f"{self.what} by {self.who}"


class Tally(models.Model):
    """A job's counters: added to where something happens, so that no page counts rows."""

    job = models.OneToOneField(LabelingJob, on_delete=models.CASCADE, related_name="tally", primary_key=True)
    total = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    by_people = models.PositiveIntegerField(default=0)
    by_machine = models.PositiveIntegerField(default=0)
    audited = models.PositiveIntegerField(default=0)  # people's labels that checked the machine
    answers = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)  # active seconds of people
    # Proposals that were shown to people: instances, or the one answer for the whole.
    accepted = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    glanced = models.PositiveIntegerField(default=0)  # labels that somebody looked at in the grid
    marked = models.PositiveIntegerField(default=0)  # of these, marked as wrong
    glance_seconds = models.FloatField(default=0)  # of `seconds`, spent in the grid
    predictions = models.PositiveIntegerField(default=0)  # imported
    refused_predictions = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"tally of {self.job}"

    @property
    def waiting(self) -> int:
        return max(0, self.total - self.failed - self.by_people - self.by_machine)


class WorkDay(models.Model):
    """One worker's answers for one job on one day (UTC)."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="work_days")
    worker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="work_days")
    day = models.DateField()
    answers = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "worker", "day"], name="work_day_once")]

    def __str__(self) -> str:
        return f"{self.worker} on {self.day}"


class Report(models.Model):
    """Numbers over a job that take longer than a page: agreement, worker quality, model quality."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=20)  # "people", "labels-a-day"
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "kind"], name="report_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.job}"


class Export(models.Model):
    """An augmented manifest and its folder, written for somebody."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    options = models.JSONField(default=dict)
    folder = models.TextField(blank=True)
    archive_key = models.CharField(max_length=64, blank=True)  # zip of the folder, in storage
    manifest_key = models.CharField(max_length=64, blank=True)
    lines = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"export of {self.job}"


class Turn(models.Model):
    """Whose turn it is to do a job's background work: one holder at a time, on both databases.

    It runs out by itself, so that a killed worker blocks nobody for long; a long piece of work renews it.
    """

    job = models.OneToOneField(LabelingJob, on_delete=models.CASCADE, related_name="turn", primary_key=True)
    token = models.CharField(max_length=32, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"turn of {self.job}"
