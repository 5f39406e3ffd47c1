"""A job's counters as Ground Truth names them, with the round and the bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, Max, OuterRef

from labeling.jobs.models import Certificate, Iteration, LabelingJob, Tally
from labeling.jobs.states import CertificateState


def status_of(job: LabelingJob) -> dict[str, Any]:
    """TotalLabeled, HumanLabeled, MachineLabeled, FailedNonRetryableError, Unlabeled; iteration, phase, bound."""
    return statuses_of([job])[job.pk]


def statuses_of(jobs: Sequence[LabelingJob]) -> dict[int, dict[str, Any]]:
    """`status_of` each, by id: three queries, however many they are."""
    pks = [job.pk for job in jobs]
    tallies = Tally.objects.in_bulk(pks)
    iterations = _last_iterations(pks)
    certificates = _certificates(pks)
    return {job.pk: _status(job, tallies[job.pk], iterations.get(job.pk), certificates.get(job.pk)) for job in jobs}


def _last_iterations(pks: Iterable[int]) -> dict[int, Iteration]:
    newer = Iteration.objects.filter(job=OuterRef("job"), number__gt=OuterRef("number"))
    return {row.job_id: row for row in Iteration.objects.filter(~Exists(newer), job__in=pks)}


def _certificates(pks: Iterable[int]) -> dict[int, Certificate]:
    """Of each job the last certificate that was granted, or else the last one that was decided."""
    decided = Certificate.objects.filter(job__in=pks, decided_at__isnull=False)
    last = decided.order_by().values("job", "state").annotate(last=Max("pk")).values("last")
    rows = sorted(
        Certificate.objects.filter(pk__in=last), key=lambda row: (row.state == CertificateState.GRANTED, row.pk)
    )
    return {row.job_id: row for row in rows}


def _status(
    job: LabelingJob, tally: Tally, current: Iteration | None, certificate: Certificate | None
) -> dict[str, Any]:
    return {
        "State": job.state,
        "TotalLabeled": tally.by_people + tally.by_machine,
        "HumanLabeled": tally.by_people,
        "MachineLabeled": tally.by_machine,
        "FailedNonRetryableError": tally.failed,
        "Unlabeled": tally.waiting,
        "Answers": tally.answers,
        "ActiveSeconds": round(tally.seconds, 1),
        "RefusedLines": tally.refused,
        "Predictions": tally.predictions,
        "RefusedPredictions": tally.refused_predictions,
        "Proposals": _proposals(tally),
        "Glance": _glance(tally),
        "Iteration": current.number if current else 0,
        "Phase": current.phase if current else "",
        "Bound": certificate and _bound(job, certificate),
        "Trouble": job.trouble,
    }


def _proposals(tally: Tally) -> dict[str, int] | None:
    """What people did with the proposals that they saw: instances, or the one answer for the whole."""
    shown = tally.accepted + tally.corrected + tally.rejected
    if not shown:
        return None
    return {"Accepted": tally.accepted, "Corrected": tally.corrected, "Rejected": tally.rejected}


def _glance(tally: Tally) -> dict[str, float] | None:
    if not tally.glanced:
        return None
    return {"Looked": tally.glanced, "Marked": tally.marked, "Seconds": round(tally.glance_seconds, 1)}


def _bound(job: LabelingJob, row: Certificate) -> dict[str, Any]:
    return {
        "State": row.state,
        "Promise": row.promise,
        "Risk": job.risk,
        "Audited": row.audited,
        "Wrong": row.wrong,
        "UpperLimit": row.upper_limit,
        "Reason": row.reason,
    }
