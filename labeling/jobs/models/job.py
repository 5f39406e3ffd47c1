"""What a lead sets up: the job, its categories, its instructions."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from labeling.jobs.states import JobState
from labeling.workforce.models import Organisation, Team, User


class LabelingJob(models.Model):
    """A manifest, one task type, label categories, a work team, and rules."""

    class Kind(models.TextChoices):
        LABEL = "label"
        VERIFY = "verify"
        ADJUST = "adjust"

    class ScoresFrom(models.TextChoices):
        """Where the machine's answers and scores come from."""

        TRAINED = "trained"  # here, by our learner
        PREDICTIONS = "predictions"  # came with the input, or by the API
        BACKEND = "backend"  # an HTTP server of the lead's

    class TextFeatures(models.TextChoices):
        """What a model that is trained here goes by in texts."""

        WORDS = "words"
        MEANING = "meaning"  # by a language model, which is an extra

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="jobs")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="jobs")
    name = models.CharField(max_length=63)
    task_type = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.LABEL)
    label_attribute = models.CharField(max_length=127)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.DRAFT)
    settings = models.JSONField(default=dict, blank=True)  # the task type's own, checked by its settings_schema
    attributes = models.JSONField(default=list, blank=True)
    tools = models.JSONField(default=list, blank=True)  # shapes that people may draw; empty: all of the task type

    workers_min = models.PositiveSmallIntegerField(default=1)
    workers_max = models.PositiveSmallIntegerField(default=1)
    lease_seconds = models.PositiveIntegerField(default=600)
    priority = models.SmallIntegerField(default=0)
    show_proposals = models.BooleanField(default=False)
    blind_share = models.FloatField(default=0.1)  # of the tasks that have a proposal, asked without it
    glance = models.BooleanField(default=False)  # people may check many proposed labels at a glance
    model_voice = models.BooleanField(default=True)  # what a trained model says counts where people's answers are few
    predictions_attribute = models.CharField(max_length=127, blank=True)  # of the input, read as predictions
    scores_from = models.CharField(max_length=11, choices=ScoresFrom.choices, default=ScoresFrom.TRAINED)
    text_features = models.CharField(max_length=7, choices=TextFeatures.choices, default=TextFeatures.WORDS)
    submit_on_digit = models.BooleanField(default=False)

    target_error = models.FloatField(null=True, blank=True)  # None: nothing is labeled by machine
    risk = models.FloatField(default=0.05)  # that the promise is broken all the same
    promise_per_class = models.BooleanField(
        default=False
    )  # the allowed error holds for each class that the machine says
    people_error = models.FloatField(null=True, blank=True)  # how often one answer is wrong, if the lead says so
    audit_share = models.FloatField(default=0.01)  # of machine labels, checked blind later; 0: no alarm
    seed = models.PositiveIntegerField(default=1)  # of every random draw that the job makes

    root = models.TextField(blank=True)  # the folder that the lead named for relative references
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True)  # why the machine stopped helping, for the lead to read

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="job_name_once"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(workers_min__gte=1, workers_max__lte=9, workers_max__gte=F("workers_min")),
                name="job_workers_1_to_9",
            ),
            models.CheckConstraint(
                condition=Q(target_error__isnull=True) | Q(target_error__gt=0, target_error__lt=1),
                name="job_target_error_a_share",
            ),
            models.CheckConstraint(
                condition=Q(people_error__isnull=True) | Q(people_error__gte=0, people_error__lt=0.5),
                name="job_people_error_below_half",
            ),
            models.CheckConstraint(condition=Q(audit_share__gte=0, audit_share__lte=1), name="job_audit_share_a_share"),
            models.CheckConstraint(condition=Q(blind_share__gte=0, blind_share__lte=1), name="job_blind_share_a_share"),
        ]
        indexes = [models.Index(fields=["team", "state"], name="job_by_team")]

    def __str__(self) -> str:
        return self.name

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)


class Category(models.Model):
    """A class of the job; `place` is its class id."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="categories")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=256)
    colour = models.PositiveSmallIntegerField(default=1)
    key = models.CharField(max_length=1, blank=True)
    attributes = models.JSONField(default=list, blank=True)
    skeleton = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["job", "place"], name="category_place_once"),
            models.UniqueConstraint(fields=["job", "name"], name="category_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class InstructionsVersion(models.Model):
    """What workers read; an answer remembers which version its worker saw."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="instructions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)  # Markdown
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="instructions_number_once")]

    def __str__(self) -> str:
        return f"instructions {self.number} of {self.job}"
