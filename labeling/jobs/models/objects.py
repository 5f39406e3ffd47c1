"""What there is to label."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q

from labeling.jobs.models.job import LabelingJob
from labeling.jobs.states import ObjectState


class Media(models.Model):
    """Bytes of a data object: named by their digest, looked at once, never changed."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"

    digest = models.CharField(max_length=64)  # also the storage key of the original
    kind = models.CharField(max_length=8)
    content_type = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    facts = models.JSONField(default=dict)  # task_types.base.MediaFacts; of videos also quick, sequence
    # What is made in the background (videos: proxy, strip). Objects are labeled meanwhile; failed: there is no proxy.
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    thumbnail_key = models.CharField(max_length=64, blank=True)
    view_key = models.CharField(max_length=64, blank=True)  # what a browser shows, where the original won't do
    proxy_key = models.CharField(max_length=64, blank=True)
    frame_table_key = models.CharField(max_length=64, blank=True)
    strip_key = models.CharField(max_length=64, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    trouble = models.TextField(blank=True)  # why there is no proxy
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=16, blank=True)  # of the background worker that has it in hand
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "kind"], name="media_once")]
        indexes = [
            models.Index(fields=["id"], name="media_waiting", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"


class DataObject(models.Model):
    """One manifest line, unchanged; `position` (from 0) is its object id in every output."""

    class Draw(models.TextChoices):
        """What a random or chosen draw took it for. An object is drawn once: evidence is never used twice."""

        NONE = "", "none"
        CALIBRATION = "calibration"
        TRAINING = "training"
        AHEAD = "ahead"  # so that nobody waits for the machine
        AUDIT_1 = "audit-1"
        AUDIT_2 = "audit-2"
        STANDING = "standing"
        REST = "rest"  # not certain enough: people label it

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="objects_of")
    position = models.PositiveIntegerField()
    line = models.TextField()  # the JSON text as it came
    name = models.CharField(max_length=200)  # short, for people
    media = models.ForeignKey(Media, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ObjectState.choices, default=ObjectState.PENDING)
    drawn_for = models.CharField(max_length=12, choices=Draw.choices, default=Draw.NONE, blank=True)
    failure_reason = models.TextField(blank=True)
    from_root = models.BooleanField(default=False)  # its file stood under the job's folder, which a retry may read
    retries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="object_position_once"),
            models.CheckConstraint(condition=Q(state__in=ObjectState.values), name="object_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ObjectState.FAILED) | ~Q(failure_reason=""), name="object_failed_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["job", "state", "position"], name="object_by_state"),
            models.Index(fields=["job", "drawn_for", "position"], name="object_by_draw"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> dict[str, Any]:
        """The manifest line as a JSON value."""
        value: dict[str, Any] = json.loads(self.line)
        return value


class RefusedLine(models.Model):
    """A manifest line or file that was not taken, and why; the others went on."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="refused_lines")
    line = models.PositiveIntegerField()  # from 1, as editors count; 0: a file without a line
    rule = models.CharField(max_length=20)
    what = models.TextField()
    todo = models.TextField(blank=True)
    excerpt = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["job", "line"], name="refused_by_line")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.rule}"
