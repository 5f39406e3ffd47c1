"""The work on data objects: tasks, their places, drafts and answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from labeling.jobs.models.job import InstructionsVersion, LabelingJob
from labeling.jobs.models.objects import DataObject
from labeling.jobs.models.outcome import Prediction
from labeling.jobs.states import AssignmentState, Standing, TaskState
from labeling.workforce.models import User


class Task(models.Model):
    """The request to label one data object, or one range of its frames; needs `wanted` answers."""

    class Purpose(models.TextChoices):
        LABEL = "label"
        GLANCE = "glance"
        GOLD = "gold"
        AUDIT = "audit"
        REVIEW = "review"

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="tasks")
    data_object = models.ForeignKey(DataObject, on_delete=models.CASCADE, related_name="tasks")
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.LABEL)
    wanted = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, choices=TaskState.choices, default=TaskState.OPEN)
    frames_from = models.PositiveIntegerField(default=0)
    frames_to = models.PositiveIntegerField(default=0)  # exclusive; 0: the whole object
    prediction = models.ForeignKey(  # what is shown: at a glance, or with `proposals_shown` to whoever answers in full
        Prediction, null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
    )
    proposals_shown = models.BooleanField(default=False)
    wave = models.PositiveIntegerField(default=1)  # the hand-out that it belongs to: `iteration-<n>` of the export

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["data_object", "purpose", "frames_from", "frames_to"],
                condition=~Q(purpose="review"),
                name="task_once_per_purpose",
            ),
            models.UniqueConstraint(
                fields=["data_object", "frames_from", "frames_to"],
                condition=Q(purpose="review") & ~Q(state=TaskState.CLOSED),
                name="task_one_open_review",
            ),
            models.CheckConstraint(condition=Q(wanted__gte=1, wanted__lte=9), name="task_wanted_1_to_9"),
            models.CheckConstraint(
                condition=Q(prediction__isnull=False) | ~Q(purpose="glance") & Q(proposals_shown=False),
                name="task_shows_what_is_there",
            ),
            models.CheckConstraint(
                condition=~Q(purpose__in=["gold", "audit"]) | Q(prediction__isnull=True),
                name="task_blind_shows_nothing",
            ),
        ]
        indexes = [models.Index(fields=["job", "state"], name="task_by_state")]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.data_object}"

    @property
    def frames(self) -> tuple[int, int] | None:
        """The part of a long video that is asked for: first frame, one past the last; None for all."""
        return (self.frames_from, self.frames_to) if self.frames_to else None


class GlancePage(models.Model):
    """Many places, leased and answered together: labels that one worker checks at a glance.

    Its places share its token and its end. `assignments` remembers them in their order, also when some have gone on.
    """

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="glance_pages")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="glance_pages")
    token = models.CharField(max_length=160)
    assignments = models.JSONField(default=list)
    leased_at = models.DateTimeField()
    key = models.UUIDField(null=True, blank=True)  # the client's, so that a second send is the same page
    body_digest = models.CharField(max_length=64, blank=True)
    active_seconds = models.FloatField(default=0)
    accepted = models.PositiveSmallIntegerField(default=0)
    marked = models.PositiveSmallIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "key"], name="glance_page_key_once"),
            models.CheckConstraint(
                condition=Q(key__isnull=True, submitted_at__isnull=True)
                | Q(key__isnull=False, submitted_at__isnull=False),
                name="glance_page_submitted_with_its_key",
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.pk} of {self.worker}"


class Assignment(models.Model):
    """One of a task's places, for one worker. Too many answers can't exist because their rows don't."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="assignments")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments")
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.OPEN)
    worker = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    token = models.CharField(max_length=160, blank=True)  # new at each lease
    leased_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    urgency = models.SmallIntegerField(default=0)  # higher first: audits before the rest, say
    rank = models.FloatField(default=0.0)  # lower first: the loop's order
    at_a_glance = models.BooleanField(default=False)  # offered in the grid, not in the editor; as its task's purpose
    page = models.ForeignKey(GlancePage, null=True, blank=True, on_delete=models.SET_NULL, related_name="places")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "place"], name="assignment_place_once"),
            models.UniqueConstraint(fields=["task", "worker"], name="assignment_worker_once"),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=[AssignmentState.OPEN, AssignmentState.WITHDRAWN], worker__isnull=True)
                | Q(state__in=[AssignmentState.LEASED, AssignmentState.SUBMITTED], worker__isnull=False),
                name="assignment_held_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=AssignmentState.LEASED) | (~Q(token="") & Q(expires_at__isnull=False)),
                name="assignment_lease_has_token",
            ),
            models.CheckConstraint(
                condition=Q(page__isnull=True) | Q(state__in=[AssignmentState.LEASED, AssignmentState.SUBMITTED]),
                name="assignment_on_a_page_is_held",
            ),
        ]
        indexes = [
            models.Index(
                fields=["job", "at_a_glance", "-urgency", "rank", "id"],
                condition=Q(state=AssignmentState.OPEN),
                name="assignment_open_next",
            ),
            models.Index(fields=["expires_at"], condition=Q(state=AssignmentState.LEASED), name="assignment_expiring"),
            models.Index(fields=["worker", "state"], name="assignment_of_worker"),
        ]

    def __str__(self) -> str:
        return f"place {self.place} of {self.task}"


class Decline(models.Model):
    """A worker who skipped a task, and why; it is not offered to them again."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="declines")
    worker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="declines")
    reason = models.TextField(blank=True)
    declined_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "worker"], name="decline_once")]

    def __str__(self) -> str:
        return f"{self.worker} skipped {self.task}"


class Draft(models.Model):
    """Unsent work of one worker on one task; kept after the lease ends."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="drafts")
    worker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    revision = models.PositiveIntegerField(default=0)
    document = models.JSONField(default=dict)  # {record id: record}
    history = models.JSONField(default=list)  # the last diffs, oldest first
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "worker"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft {self.revision} of {self.worker} on {self.task}"


class Annotation(models.Model):
    """What one worker answered. Never changed, never deleted; only `superseded` may turn true."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="annotations")
    data_object = models.ForeignKey(DataObject, on_delete=models.CASCADE, related_name="annotations")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="annotations")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="annotations")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="annotations")
    key = models.UUIDField()  # the client's, so that a second send is the same answer
    body_digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    answer_key = models.CharField(max_length=64, blank=True)  # a large answer: gzip JSON in storage
    instructions = models.ForeignKey(InstructionsVersion, null=True, on_delete=models.PROTECT, related_name="+")
    active_seconds = models.FloatField(default=0)
    proposals_shown = models.BooleanField(default=False)
    page = models.ForeignKey(GlancePage, null=True, blank=True, on_delete=models.PROTECT, related_name="annotations")
    # What became of the proposals that were shown: instances, or the one answer for the whole.
    accepted = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    standing = models.CharField(max_length=8, choices=Standing.choices)
    leased_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField()
    supersedes = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    superseded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "key"], name="annotation_key_once"),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(standing__in=[Standing.COUNTED, Standing.LATE], superseded=False),
                name="annotation_counted_once",
            ),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="annotation_standing_known"),
            models.CheckConstraint(
                condition=Q(answer__isnull=False, answer_key="") | Q(answer__isnull=True) & ~Q(answer_key=""),
                name="annotation_kept_in_one_place",
            ),
            models.CheckConstraint(
                condition=Q(proposals_shown=True) | Q(page__isnull=True, accepted=0, corrected=0, rejected=0),
                name="annotation_took_what_was_shown",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "submitted_at"], name="annotation_of_worker"),
            models.Index(fields=["data_object"], name="annotation_of_object"),
            models.Index(fields=["job", "id"], name="annotation_of_job"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} on {self.task}"


class GlanceMark(models.Model):
    """A label that a worker marked as wrong on a page: no answer, and the reason why people are asked in full."""

    page = models.ForeignKey(GlancePage, on_delete=models.CASCADE, related_name="marks")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="marks")
    prediction = models.ForeignKey(Prediction, on_delete=models.RESTRICT, related_name="+")
    standing = models.CharField(max_length=8, choices=Standing.choices)  # surplus: somebody else had the place by then
    active_seconds = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "assignment"], name="glance_mark_once"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="glance_mark_standing_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} marked on {self.page}"
