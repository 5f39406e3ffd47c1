"""What a lead reads of the models that learned from a job's answers: how each did, and what was decided about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.jobs.models import Certificate, LabelingJob, ModelVersion
from labeling.jobs.states import CertificateState

SHOWN = 40  # versions


@dataclass(frozen=True)
class Version:
    """One model version. `accuracy`, `log_loss`, `off`: out of fold, on the labels that it learned from; None where
    nothing was measured. `gain`: accuracy beside the version before. `labeled`: what it was allowed to label."""

    row: ModelVersion
    accuracy: float | None
    log_loss: float | None
    off: float | None  # mean distance between how sure it was and how often it was right
    seconds: float | None
    gain: float | None
    certificate: Certificate | None

    @property
    def labeled(self) -> int:
        decided = self.certificate
        if decided is None or decided.state not in (CertificateState.GRANTED, CertificateState.REVOKED):
            return 0
        return max(0, decided.covers - decided.audited)


def versions(job: LabelingJob) -> Sequence[Version]:
    """The newest first, at most SHOWN; imported ones, which learned nothing here, are left out."""
    rows = list(job.model_versions.filter(number__gt=0).order_by("-number")[:SHOWN])
    decided = {one.model_version_id: one for one in Certificate.objects.filter(model_version__in=rows)}
    made: list[Version] = []
    before: float | None = None
    for row in reversed(rows):
        version = _version(row, before, decided.get(row.pk))
        before = version.accuracy if version.accuracy is not None else before
        made.append(version)
    return made[::-1]


def _version(row: ModelVersion, before: float | None, certificate: Certificate | None) -> Version:
    measured = row.metrics
    accuracy = measured.get("oof_accuracy")
    spent = measured.get("seconds") or {}
    return Version(
        row=row,
        accuracy=accuracy,
        log_loss=measured.get("oof_log_loss"),
        off=measured.get("calibration_error"),
        seconds=sum(float(spent.get(step, 0.0)) for step in ("features", "learn")) if spent else None,
        gain=accuracy - before if accuracy is not None and before is not None else None,
        certificate=certificate,
    )


def last_word(job: LabelingJob) -> str:
    """Why the loop does what it does now, as the last round wrote it down; "" before the first."""
    if job.trouble:
        return job.trouble
    rows = job.iterations.order_by("-number").values_list("detail", flat=True)
    for detail in rows:
        forecast = detail.get("forecast") or {}
        said = [detail.get("step", ""), forecast.get("reason", "")]
        if any(said):
            return " ".join(one for one in said if one)
    return ""
