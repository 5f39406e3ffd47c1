"""The loop's decisions as rows, so that every phase can be repeated after a crash with the same outcome."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.jobs.dialect import write
from labeling.jobs.files import store
from labeling.jobs.models import Certificate, LabelingJob, ModelVersion
from labeling.jobs.opinions import at_most, pairs_of
from labeling.jobs.states import CertificateState
from labeling.quality.audit import AuditPlan, Order, Promise, certify, impossible, plan_audit
from labeling.quality.audit import Certificate as Decided
from labeling.quality.guess import Evidence
from labeling.quality.people_error import UNKNOWN, PeopleError, can_promise, measured, stated
from labeling.quality.risk import RiskLedger

Ints = NDArray[np.int64]


def promise_of(job: LabelingJob, people: PeopleError) -> Promise:
    if job.target_error is None:
        raise ValueError("a job without a target error promises nothing")
    return Promise(allowed=job.target_error, risk=job.risk, missed=people.upper)


def people_of(job: LabelingJob) -> PeopleError:
    """How often people's labels of checked objects are taken to be wrong: measured, else as the lead says, else
    unknown. It grows with the answers, so what a decision rests on is written down with its plan."""
    pairs, differing = pairs_of(job)
    found = measured(pairs, differing, opinions=at_most(job))
    if found.source == UNKNOWN and job.people_error is not None:
        return stated(job.people_error, opinions=at_most(job))
    return found


def plan_of(
    order: Order, evidence: Evidence, *, promise: Promise, people: PeopleError, ledger: RiskLedger
) -> AuditPlan:
    """The best audit; none, with the reason, where people's own errors leave no room for the machine's."""
    if reason := can_promise(promise.allowed, people, objects=len(order.objects)):
        return impossible(order, promise, ledger, reason)
    return plan_audit(order, evidence, promise=promise, ledger=ledger)


def ledger_of(job: LabelingJob) -> RiskLedger:
    """What is left of the risk after the decisions that were made."""
    last = job.certificates.exclude(decided_at=None).order_by("-stage", "-pk").first()
    if last is None:
        return RiskLedger(total=job.risk)
    return RiskLedger.from_json(last.plan["ledger"])


def keep_order(order: Order) -> str:
    """The frozen order as a file in storage; returns its key."""
    buffer = BytesIO()
    np.savez(buffer, objects=order.objects, scores=order.scores, predicted=order.predicted, digest=order.digest)
    return store().put(buffer.getvalue())


def kept_order(key: str) -> Order:
    with store().open(key) as stream, np.load(BytesIO(stream.read())) as arrays:
        return Order(
            objects=arrays["objects"],
            scores=arrays["scores"],
            predicted=arrays["predicted"],
            digest=str(arrays["digest"]),
        )


def plan_row(
    job: LabelingJob,
    version: ModelVersion,
    plan: AuditPlan,
    order: Order,
    drawn: list[int],
    *,
    people: PeopleError,
    now: datetime,
) -> Certificate:
    """Write a plan down before anybody is asked."""
    stage = job.certificates.count() + 1
    return Certificate.objects.create(
        job=job,
        model_version=version,
        stage=stage,
        state=CertificateState.AUDITING if plan.possible else CertificateState.REFUSED,
        promise=plan.allowed,
        risk=plan.risk,
        order_digest=order.digest,
        plan={"plan": asdict(plan), "order": keep_order(order), "drawn": drawn, "ledger": ledger_of(job).as_json()},
        reason=plan.reason,
        people=people.as_json(),
        created_at=now,
        decided_at=None if plan.possible else now,
    )


def plan_in(row: Certificate) -> tuple[AuditPlan, Order]:
    raw: dict[str, Any] = row.plan["plan"]
    values: dict[str, Any] = {
        field.name: tuple(raw[field.name]) if isinstance(raw[field.name], list) else raw[field.name]
        for field in fields(AuditPlan)
        if field.name in raw
    }
    return AuditPlan(**values), kept_order(row.plan["order"])


def decide(row: Certificate, *, drawn: Ints, wrong: NDArray[np.bool_], now: datetime) -> tuple[Decided, RiskLedger]:
    """Decide on the audit's answers, once: asked again after a crash, the decision that was written down comes back.

    drawn: (n,) places of the audited objects in the job's order; wrong: (n,) whether the machine was wrong there.
    """
    if row.decided_at is not None:
        return Decided(**row.plan["decided"], curve=()), RiskLedger.from_json(row.plan["ledger"])
    plan, order = plan_in(row)
    decided, ledger = certify(plan, order, drawn=drawn, wrong=wrong, ledger=ledger_of(row.job))
    with write():
        _decide_row(row, decided, ledger, now=now)
    return decided, ledger


def _decide_row(row: Certificate, decided: Decided, ledger: RiskLedger, *, now: datetime) -> None:
    row.state = CertificateState.GRANTED if decided.granted else CertificateState.REFUSED
    row.audited, row.wrong, row.covers = decided.audited, decided.wrong, decided.set_size
    row.threshold = decided.threshold if decided.granted else None
    row.upper_limit, row.estimate = decided.upper, decided.estimate
    row.reason = f"{decided.reason or decided.sentence} {PeopleError(**row.people).sentence}"
    row.curve = [asdict(point) for point in decided.curve]
    row.plan = {**row.plan, "ledger": ledger.as_json(), "decided": _plain(decided)}
    row.decided_at = now
    row.save()


def _plain(decided: Decided) -> dict[str, Any]:
    return {name: value for name, value in asdict(decided).items() if name != "curve"}
