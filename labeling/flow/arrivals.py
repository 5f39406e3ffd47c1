"""Objects that came after a decision: enough of them get a round of their own, few go to people.

Never under the certificate that is there: it speaks of the objects of its own order. A new model is trained and frozen
over what is open now, and audited by a draw of its own, paid by what is left of the job's risk.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from labeling.flow.evidence import ledger_of
from labeling.flow.scores import learned_by
from labeling.jobs.models import DataObject, Iteration, LabelingJob
from labeling.jobs.states import CertificateState, ObjectState, Phase
from labeling.learners import decisions
from labeling.learners.decisions import Sizes, Step
from labeling.learners.drift import Shift, raised, shift_of
from labeling.learners.rounds import Learned

CAME = "came"  # in a round's detail: {objects: that waited, since: its first round, known: objects certified before}


def start_round(job: LabelingJob, current: Iteration, *, now: datetime) -> bool:
    """After the loop: a new round for what waits, where it may get a certificate, or a look costs less than an answer.

    Where an alarm finds the risk spent, what it sent back goes to people at once.
    """
    waiting = DataObject.objects.filter(job=job, state=ObjectState.PENDING).count()
    if not waiting or waiting < _batch(job):
        return False
    if ledger_of(job).stage is None and ("alarm" in current.detail or not job.glance):
        return False
    number = current.number + 1
    came = {"objects": waiting, "since": number, "known": _known(job)}
    Iteration.objects.create(job=job, number=number, phase=Phase.TRAIN, detail={CAME: came}, started_at=now)
    return True


def _batch(job: LabelingJob) -> int:
    return decisions.sizes_for(_size(job), classes=job.categories.count()).batch


def _size(job: LabelingJob) -> int:
    """Objects that the machine may learn of: all but those that failed."""
    return DataObject.objects.filter(job=job).exclude(state=ObjectState.FAILED).count()


def _known(job: LabelingJob) -> int:
    """How many of the job's objects, from the first, were there when the last certificate was granted; 0 without."""
    granted = job.certificates.filter(state=CertificateState.GRANTED).select_related("model_version")
    last = granted.order_by("-stage").first()
    return 0 if last is None else len(learned_by(last.model_version).readable)


def sizes_of(job: LabelingJob, current: Iteration) -> Sizes:
    """Objects that came later are asked about in batches of their own size: a batch of the job might be all of them."""
    objects = current.detail[CAME]["objects"] if CAME in current.detail else _size(job)
    return decisions.sizes_for(objects, classes=job.categories.count())


def carried(current: Iteration) -> dict[str, Any]:
    """What the next round must know: that it is about objects that came later."""
    return {CAME: current.detail[CAME]} if CAME in current.detail else {}


def first_round(current: Iteration) -> int:
    """With which round that began which `current` belongs to: forecasts before it were about other objects."""
    return int(current.detail[CAME]["since"]) if CAME in current.detail else 1


def no_more_training(job: LabelingJob, current: Iteration) -> Step | None:
    """Where the risk is spent, more training can't let the machine label more; one model says what a look would do."""
    if CAME in current.detail and ledger_of(job).stage is None:
        return Step(go=False, reason="The risk of the promise is spent; people label what came later.")
    return None


def drift_in(current: Iteration, learned: Learned) -> dict[str, Any]:
    """For the round's detail: how far what came later lies from what was certified. Nothing rests on it."""
    known = current.detail.get(CAME, {}).get("known", 0)
    return {"drift": asdict(shift_of(learned, known))} if known else {}


def audit_share(job: LabelingJob, current: Iteration) -> float | None:
    """Of the labels that are about to be given, the share to check blind, where a hint of drift raises it."""
    if "drift" not in current.detail or not Shift(**current.detail["drift"]).hint:
        return None
    share = raised(job.audit_share)
    return share if share > job.audit_share else None
