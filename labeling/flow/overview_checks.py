"""What a lead reads of the standing audit: how the blind checks stand, and each alarm with what it cost."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.jobs.models import Certificate, LabelingJob, StandingAudit


def checks_of(certificate: Certificate | None) -> StandingAudit | None:
    """The blind checks of what a certificate let the machine label; None where none were drawn."""
    if certificate is None:
        return None
    return StandingAudit.objects.filter(certificate=certificate).first()


def alarms(job: LabelingJob) -> Sequence[StandingAudit]:
    """The newest first."""
    rows = StandingAudit.objects.filter(certificate__job=job, alarm_at__isnull=False)
    return list(rows.select_related("certificate__model_version").order_by("-alarm_at", "-pk"))
