"""The loop's decisions as rows, so that every phase can be repeated after a crash with the same outcome."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.flow.ways import prices_of
from labeling.jobs.dialect import lock_row, write
from labeling.jobs.files import store
from labeling.jobs.halting import Halted
from labeling.jobs.models import Certificate, LabelingJob, ModelVersion
from labeling.jobs.opinions import at_most, pairs_of
from labeling.jobs.questions import categories_of
from labeling.jobs.states import CertificateState
from labeling.learners import decisions
from labeling.learners.rounds import Learned
from labeling.learners.ways import Prices
from labeling.quality.audit import (
    AuditPlan,
    Order,
    Promise,
    certify,
    draw_audit,
    machine_objects,
)
from labeling.quality.audit import Certificate as Decided
from labeling.quality.guess import Evidence
from labeling.quality.people_error import UNKNOWN, PeopleError, can_promise, measured, stated
from labeling.quality.per_class import (
    ClassPlan,
    ClassResult,
    certify_classes,
    draw_classes,
    in_words,
    machine_of_classes,
    plan_classes,
)
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


def ledger_of(job: LabelingJob) -> RiskLedger:
    """What is left of the risk after the decisions that were made."""
    last = job.certificates.exclude(decided_at=None).order_by("-stage", "-pk").first()
    if last is None:
        return RiskLedger(total=job.risk)
    return RiskLedger.from_json(last.plan["ledger"])


@dataclass(frozen=True)
class Basis:
    """What an audit is planned by. predicted: (c,) what the model says, out of fold, of the evidence's objects."""

    order: Order
    evidence: Evidence
    predicted: Ints
    promise: Promise
    people: PeopleError
    ledger: RiskLedger
    prices: Prices
    glance: bool  # some objects go a cheaper way than a full answer: audits are planned in seconds
    per_class: bool


def basis_of(job: LabelingJob, learned: Learned, labels: Ints, *, open_places: Ints, random_places: Ints) -> Basis:
    """As things stand now: it grows with every answer. labels: (N,) class by people, -1 where none."""
    people = people_of(job)
    return Basis(
        order=decisions.freeze(learned, open_places),
        evidence=decisions.evidence_from(learned, labels, random_places),
        predicted=learned.oof_predicted[np.isin(learned.oof_index, random_places)],
        promise=promise_of(job, people),
        people=people,
        ledger=ledger_of(job),
        prices=prices_of(job),
        glance=job.glance,
        per_class=job.promise_per_class,
    )


def plan_of(basis: Basis) -> AuditPlan | ClassPlan:
    """The best audit; none, with the reason, where people's own errors leave no room for the machine's."""
    order, promise, ledger = basis.order, basis.promise, basis.ledger
    reason = can_promise(promise.allowed, basis.people, objects=len(order.objects))
    if basis.per_class and not reason:
        return plan_classes(order, basis.evidence, basis.predicted, promise=promise, ledger=ledger)
    return decisions.plan(order, basis.evidence, **_terms(basis))


def _terms(basis: Basis) -> dict[str, Any]:
    prices = basis.prices if basis.glance else None
    return {"promise": basis.promise, "ledger": basis.ledger, "people": basis.people, "prices": prices}


def forecast_of(basis: Basis, *, spent: int, objects: int) -> decisions.Forecast:
    """What an audit planned now would be expected to give. Never evidence."""
    plan = plan_of(basis) if basis.per_class else None
    if not isinstance(plan, ClassPlan):
        return decisions.forecast(basis.order, basis.evidence, spent=spent, objects=objects, **_terms(basis))
    rest, machine = len(basis.order.objects), sum(own.expected_machine for _, own in plan.audited)
    covered = sum(own.likely_size for _, own in plan.audited) >= decisions.COVERED * max(1, rest)
    return decisions.Forecast(spent, machine, rest, machine / max(1, objects), covered, plan.reason)


def draw_of(plan: AuditPlan | ClassPlan, order: Order, *, seed: int) -> Ints:
    """Places of the objects to audit; none where the plan is not possible."""
    if not plan.possible:
        return np.zeros(0, dtype=np.int64)
    if isinstance(plan, ClassPlan):
        return draw_classes(plan, order, seed=seed)
    return draw_audit(plan, order, seed=seed)


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
    plan: AuditPlan | ClassPlan,
    order: Order,
    drawn: list[int],
    *,
    people: PeopleError,
    now: datetime,
) -> Certificate:
    """Write a plan down before anybody is asked. Call inside a transaction.

    Raises Halted where the version says something else by now than what the plan is about.
    """
    if not lock_row(ModelVersion.objects.filter(pk=version.pk, scores_key=version.scores_key)).first():
        raise Halted
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


def withdraw_plans(job: LabelingJob, *, now: datetime) -> None:
    """Audits that an alarm interrupts are never decided, so they spend nothing. Call inside a transaction."""
    waiting = job.certificates.filter(state=CertificateState.AUDITING, decided_at=None)
    reason = "An alarm came before this check was decided. Nobody looked at its answers; no risk was spent."
    waiting.update(state=CertificateState.REFUSED, decided_at=now, reason=reason)


def plan_in(row: Certificate) -> tuple[AuditPlan | ClassPlan, Order]:
    raw: dict[str, Any] = row.plan["plan"]
    order = kept_order(row.plan["order"])
    if "plans" in raw:
        plans = tuple((category, _audit_plan(own)) for category, own in raw["plans"])
        return ClassPlan(**{**raw, "plans": plans}), order
    return _audit_plan(raw), order


def _audit_plan(raw: dict[str, Any]) -> AuditPlan:
    """`missed` came later than the first plans."""
    values: dict[str, Any] = {
        field.name: tuple(raw[field.name]) if isinstance(raw[field.name], list) else raw[field.name]
        for field in fields(AuditPlan)
        if field.name in raw
    }
    return AuditPlan(**values)


def decide(row: Certificate, *, drawn: Ints, wrong: NDArray[np.bool_], now: datetime) -> tuple[Decided, RiskLedger]:
    """Decide on the audit's answers, once: asked again after a crash, the decision that was written down comes back.

    drawn: (n,) places of the audited objects in the job's order; wrong: (n,) whether the machine was wrong there.
    """
    if row.decided_at is None:
        plan, order = plan_in(row)
        classes: list[dict[str, Any]] = []
        if isinstance(plan, ClassPlan):
            decided, results, ledger = certify_classes(plan, order, drawn=drawn, wrong=wrong, ledger=ledger_of(row.job))
            classes = [_class_row(row.job, one, plan.allowed) for one in results]
        else:
            decided, ledger = certify(plan, order, drawn=drawn, wrong=wrong, ledger=ledger_of(row.job))
        with write():  # once: another's decision, and what an alarm has made of it since, stays
            undecided = Certificate.objects.filter(pk=row.pk, decided_at__isnull=True)
            undecided.update(classes=classes, **_columns(row, decided, ledger, now=now))
        row.refresh_from_db()
    if "decided" not in row.plan:
        raise Halted  # an alarm has withdrawn the plan
    return Decided(**row.plan["decided"], curve=()), RiskLedger.from_json(row.plan["ledger"])


def _class_row(job: LabelingJob, one: ClassResult, allowed: float) -> dict[str, Any]:
    name = categories_of(job)[one.category].name
    return {**asdict(one), "name": name, "sentence": in_words(one, name, allowed=allowed)}


def machine_places(row: Certificate, decided: Decided, order: Order, drawn: Ints) -> Ints:
    """Places to label by machine under a decision that was written down."""
    if not row.classes:
        return machine_objects(decided, order, drawn)
    known = {field.name for field in fields(ClassResult)}
    results = [ClassResult(**{name: one[name] for name in known}) for one in row.classes]
    return machine_of_classes(results, order, drawn)


def _columns(row: Certificate, decided: Decided, ledger: RiskLedger, *, now: datetime) -> dict[str, Any]:
    return {
        "state": CertificateState.GRANTED if decided.granted else CertificateState.REFUSED,
        "audited": decided.audited,
        "wrong": decided.wrong,
        "covers": decided.set_size,
        "threshold": decided.threshold if decided.granted else None,
        "upper_limit": decided.upper,
        "estimate": decided.estimate,
        "reason": f"{decided.reason or decided.sentence} {PeopleError(**row.people).sentence}",
        "curve": [asdict(point) for point in decided.curve],
        "plan": {**row.plan, "ledger": ledger.as_json(), "decided": _plain(decided)},
        "decided_at": now,
    }


def _plain(decided: Decided) -> dict[str, Any]:
    return {name: value for name, value in asdict(decided).items() if name != "curve"}
