"""Model servers that leads bring along."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from labeling.jobs.models.job import LabelingJob
from labeling.workforce.models import User


class Backend(models.Model):
    """One registration of a lead's HTTP model server for a job; the one that has not ended is asked.

    Its key is no column: `key_file` names a file under home that only we can read.
    """

    job = models.ForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="backends")
    number = models.PositiveIntegerField()
    url = models.CharField(max_length=500)  # without a slash at its end
    key_file = models.CharField(max_length=64, blank=True)
    model_version = models.CharField(max_length=100, blank=True)  # as it called itself last
    asked_at = models.DateTimeField(null=True, blank=True)  # when it last answered as it should
    fault = models.TextField(blank=True)  # what was wrong at the last call; empty when it went well
    fault_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="backend_number_once"),
            models.UniqueConstraint(fields=["job"], condition=Q(ended_at__isnull=True), name="backend_current_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("created_at")),
                name="backend_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"backend {self.number} of {self.job}"
