"""A job's counters as Ground Truth names them, with the round and the bound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, Max, OuterRef

from labeling.flow.overview_time import PeoplesTime, peoples_time
from labeling.jobs.models import Certificate, Iteration, LabelingJob, StandingAudit, Tally
from labeling.jobs.states import CertificateState


def status_of(job: LabelingJob) -> dict[str, Any]:
    """TotalLabeled, HumanLabeled, MachineLabeled, FailedNonRetryableError, Unlabeled; iteration, bound, alarms."""
    return statuses_of([job])[job.pk]


def statuses_of(jobs: Sequence[LabelingJob]) -> dict[int, dict[str, Any]]:
    """`status_of` each, by id: four queries, however many they are."""
    pks = [job.pk for job in jobs]
    tallies = Tally.objects.in_bulk(pks)
    iterations = _last_iterations(pks)
    certificates = _certificates(pks)
    audits = _standing_audits(pks)
    return {
        job.pk: _status(job, tallies[job.pk], iterations.get(job.pk), certificates.get(job.pk), audits.get(job.pk, []))
        for job in jobs
    }


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


def _standing_audits(pks: Iterable[int]) -> dict[int, list[StandingAudit]]:
    found: dict[int, list[StandingAudit]] = defaultdict(list)
    rows = StandingAudit.objects.filter(certificate__job__in=pks).select_related("certificate__model_version")
    for row in rows.order_by("pk"):
        found[row.certificate.job_id].append(row)
    return found


def _status(
    job: LabelingJob,
    tally: Tally,
    current: Iteration | None,
    certificate: Certificate | None,
    audits: Sequence[StandingAudit],
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
        "PeopleSeconds": _seconds(peoples_time(job, tally, current)),
        "Iteration": current.number if current else 0,
        "Phase": current.phase if current else "",
        "Bound": certificate and _bound(job, certificate),
        "StandingAudit": None if job.target_error is None else _standing(job, audits),
        "Alarms": [_alarm(row) for row in audits if row.alarm_at is not None],
        "Trouble": job.trouble,
    }


def _standing(job: LabelingJob, audits: Sequence[StandingAudit]) -> dict[str, Any]:
    """The blind check of the last certificate that labeled anything."""
    last = audits[-1] if audits else StandingAudit()
    return {
        "Share": job.audit_share if last.share is None else last.share,
        "RaisedByDrift": last.share is not None,
        "Drawn": last.drawn,
        "Checked": last.answered,
        "Wrong": last.wrong,
        "Alarm": last.alarm_at is not None,
    }


def _alarm(row: StandingAudit) -> dict[str, Any]:
    """What happened, when, and what it cost."""
    return {
        "At": row.alarm_at and row.alarm_at.isoformat(),
        "Model": row.certificate.model_version.number,
        "Promise": row.certificate.promise,
        "Checked": row.alarm_answered,
        "Wrong": row.alarm_wrong,
        "LabelsSentBack": row.sent_back,
        "AnswersThatMeans": row.answers_back,
        "AllBackAt": row.settled_at and row.settled_at.isoformat(),
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


def _seconds(time: PeoplesTime) -> dict[str, float]:
    return {
        "Spent": round(time.spent, 1),
        "Expected": round(time.expected, 1),
        "ByHand": round(time.by_hand, 1),
        "FullAnswer": round(time.prices.full, 2),
        "Glance": round(time.prices.glance, 2),
    }


def _class(row: dict[str, Any]) -> dict[str, Any]:
    """What was decided of one class that the machine says."""
    return {
        "Class": row["name"],
        "Granted": row["granted"],
        "MachineLabels": row["machine"],
        "Audited": row["audited"],
        "Wrong": row["wrong"],
        "UpperLimit": row["upper"],
        "Reason": row["sentence"],
    }


def _bound(job: LabelingJob, row: Certificate) -> dict[str, Any]:
    return {
        "State": row.state,
        "Promise": row.promise,
        "Risk": job.risk,
        "Audited": row.audited,
        "Wrong": row.wrong,
        "UpperLimit": row.upper_limit,
        "PeopleError": row.people.get("upper", 0.0),
        "Classes": [_class(one) for one in row.classes] if row.classes else None,
        "Reason": row.reason,
    }
