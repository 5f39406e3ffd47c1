"""What came of the work: labels, models, certificates, rounds of the loop."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from labeling.jobs.models.job import LabelingJob
from labeling.jobs.models.objects import DataObject
from labeling.jobs.states import CertificateState, ModelState, Phase
from labeling.workforce.models import User


class ModelVersion(models.Model):
    """One trained state of a learner; or, numbered 0 and with a name, whatever made imported predictions."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="model_versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=127, blank=True)  # of an imported one: where its predictions came from
    state = models.CharField(max_length=8, choices=ModelState.choices, default=ModelState.TRAINING)
    training_digest = models.CharField(max_length=64)  # of the frozen set: object ids and their answers
    trained_on = models.PositiveIntegerField(default=0)  # labels
    parameters = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    model_key = models.CharField(max_length=64, blank=True)  # skops file in storage
    scores_key = models.CharField(max_length=64, blank=True)  # npz: positions, probabilities, out-of-fold ones
    background_key = models.CharField(max_length=64, blank=True)  # npz: what explanations need; none: there are none
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], condition=Q(number__gt=0), name="model_number_once"),
            models.UniqueConstraint(fields=["job", "name"], condition=Q(number=0), name="model_name_once"),
            models.CheckConstraint(
                condition=Q(number=0) & ~Q(name="") | Q(number__gt=0, name=""), name="model_imported_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} of {self.job}"

    @property
    def title(self) -> str:
        """What an answer's `origin` calls it."""
        called: str = self.parameters.get("called", "")
        return self.name or called or f"model {self.number}"


class Prediction(models.Model):
    """What a model version says of one data object. Kept for the versions that decide or propose something."""

    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="predictions")
    data_object = models.ForeignKey(DataObject, on_delete=models.CASCADE, related_name="predictions")
    answer = models.JSONField(null=True)
    answer_key = models.CharField(max_length=64, blank=True)  # a large answer: gzip JSON in storage
    confidence = models.FloatField()
    parts = models.JSONField(default=dict)  # instance id -> its own confidence
    score = models.FloatField(default=0)  # the learned chance to be right, by which objects are ordered
    probabilities = models.JSONField(default=list)  # of the classes, by place; empty where none were given
    complete = models.BooleanField(default=True)  # False: it lacks fields that people must fill in, so it is no answer

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model_version", "data_object"], name="prediction_once"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="prediction_confidence_a_share"
            ),
            models.CheckConstraint(
                condition=Q(answer__isnull=False, answer_key="") | Q(answer__isnull=True) & ~Q(answer_key=""),
                name="prediction_kept_in_one_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_version} on {self.data_object}"


class Certificate(models.Model):
    """A promise about machine labels and the evidence for it. Every machine label points to one."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="certificates")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="certificates")
    stage = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=CertificateState.choices, default=CertificateState.PLANNED)
    promise = models.FloatField()  # the share of machine labels that may be wrong
    risk = models.FloatField()  # the share of the job's risk that this decision spends
    order_digest = models.CharField(max_length=64)  # of the frozen order of objects
    plan = models.JSONField(default=dict)
    audited = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    covers = models.PositiveIntegerField(default=0)  # objects in the certified set, audited ones included
    threshold = models.FloatField(null=True, blank=True)
    upper_limit = models.FloatField(null=True, blank=True)
    estimate = models.FloatField(null=True, blank=True)
    reason = models.TextField(blank=True)
    curve = models.JSONField(default=list)  # [{share, estimate, upper}] of the tested sets
    people = models.JSONField(default=dict)  # quality.people_error.PeopleError: what was assumed of those who checked
    classes = models.JSONField(default=list)  # a promise per class: what was found and decided of each
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model_version"], name="certificate_once")]

    def __str__(self) -> str:
        return f"certificate {self.stage} for {self.model_version}"


class StandingAudit(models.Model):
    """The blind check of one certificate's machine labels after it was granted, and the alarm that it raised.

    Counts are added to where something happens. An alarm, once raised, stays.
    """

    certificate = models.OneToOneField(Certificate, on_delete=models.CASCADE, related_name="standing", primary_key=True)
    drawn = models.PositiveIntegerField(default=0)  # machine labels that go blind to people
    answered = models.PositiveIntegerField(default=0)  # of these, those that people have decided on
    wrong = models.PositiveIntegerField(default=0)  # of these, those where the machine was wrong
    share = models.FloatField(null=True, blank=True)  # of labels drawn, where a hint of drift raised the job's own
    by_class = models.JSONField(default=dict)  # a promise per class: class -> [answered, wrong]
    alarm_class = models.PositiveSmallIntegerField(null=True, blank=True)  # that raised the alarm
    alarm_at = models.DateTimeField(null=True, blank=True)
    alarm_answered = models.PositiveIntegerField(default=0)  # the counts that raised it
    alarm_wrong = models.PositiveIntegerField(default=0)
    sent_back = models.PositiveIntegerField(default=0)  # labels taken from the machine
    answers_back = models.PositiveIntegerField(default=0)  # answers of people, if they had to give them all
    settled_at = models.DateTimeField(null=True, blank=True)  # all of them are back

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrong__lte=F("answered"), answered__lte=F("drawn")), name="standing_counts_nest"
            ),
            models.CheckConstraint(
                condition=Q(alarm_at__isnull=False) | Q(settled_at__isnull=True, sent_back=0, answers_back=0),
                name="standing_sends_back_on_alarm",
            ),
        ]

    def __str__(self) -> str:
        return f"standing audit of {self.certificate}"


class Label(models.Model):
    """The consolidated outcome of a data object. Versions are kept; one is current."""

    class By(models.TextChoices):
        PEOPLE = "people"
        MACHINE = "machine"

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="labels")
    data_object = models.ForeignKey(DataObject, on_delete=models.CASCADE, related_name="labels")
    current = models.BooleanField(default=True)
    answer = models.JSONField(null=True)
    answer_key = models.CharField(max_length=64, blank=True)
    confidence = models.FloatField()
    parts = models.JSONField(default=dict)
    votes = models.PositiveSmallIntegerField(default=0)
    by = models.CharField(max_length=8, choices=By.choices)
    annotations = models.JSONField(default=list)  # ids, in order
    notes = models.JSONField(default=list, blank=True)  # for whoever reviews it: {said, part, frame}
    model_version = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(Certificate, null=True, blank=True, on_delete=models.PROTECT, related_name="labels")
    voice = models.ForeignKey(  # the version whose voice counted beside people's answers
        ModelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    voice_decided = models.BooleanField(default=False)  # people alone would have given another label
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["data_object"], condition=Q(current=True), name="label_current_once"),
            models.CheckConstraint(
                condition=~Q(by="machine") | Q(certificate__isnull=False), name="label_by_machine_is_certified"
            ),
        ]
        indexes = [models.Index(fields=["job", "by"], condition=Q(current=True), name="label_current_by")]

    def __str__(self) -> str:
        return f"label of {self.data_object} by {self.by}"


class DoubtCheck(models.Model):
    """A lead has looked at a label of people that a model doubts: it is right, or it went back to people."""

    class Verdict(models.TextChoices):
        RIGHT = "right"
        WRONG = "wrong"

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="doubt_checks")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="checks")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=5, choices=Verdict.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["label"], name="doubt_check_once"),
            models.CheckConstraint(condition=Q(verdict__in=["right", "wrong"]), name="doubt_check_verdict_known"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.label}"


class Iteration(models.Model):
    """One round of the loop and the phase that it reached."""

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="iterations")
    number = models.PositiveIntegerField()
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.SELECT)
    model_version = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    detail = models.JSONField(default=dict)  # what the phase decided: batch, forecast, plan
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="iteration_number_once")]

    def __str__(self) -> str:
        return f"round {self.number} of {self.job}"
