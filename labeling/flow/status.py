"""A job's counters as Ground Truth names them, with the round and the bound."""

from __future__ import annotations

from typing import Any

from labeling.jobs.models import Certificate, LabelingJob, Tally
from labeling.jobs.states import CertificateState


def status_of(job: LabelingJob) -> dict[str, Any]:
    """TotalLabeled, HumanLabeled, MachineLabeled, FailedNonRetryableError, Unlabeled; iteration, phase, bound."""
    tally = Tally.objects.get(job=job)
    current = job.iterations.order_by("-number").first()
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
        "Iteration": current.number if current else 0,
        "Phase": current.phase if current else "",
        "Bound": _bound(job),
        "Trouble": job.trouble,
    }


def _bound(job: LabelingJob) -> dict[str, Any] | None:
    """The last certificate that was granted, or else the last one that was decided."""
    decided = Certificate.objects.filter(job=job, decided_at__isnull=False)
    row = decided.filter(state=CertificateState.GRANTED).order_by("-pk").first() or decided.order_by("-pk").first()
    if row is None:
        return None
    return {
        "State": row.state,
        "Promise": row.promise,
        "Risk": job.risk,
        "Audited": row.audited,
        "Wrong": row.wrong,
        "UpperLimit": row.upper_limit,
        "Reason": row.reason,
    }
