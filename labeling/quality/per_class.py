"""A promise for each class: of the labels by which the machine says a class, so many are wrong at most, in every class.

The average hides the rare class, so each predicted class gets an audit of its own: its own nested sets, ladders and
draw, planned and decided as `audit` does it. What may go wrong in any of them adds up, so the classes that are audited
share the stage's risk evenly; which ones are is settled before the draw. What was certified in any class is labeled by
machine; of a class that could not be certified nothing is, and its reason is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labeling.quality.audit import (
    LEAST,
    AuditPlan,
    Certificate,
    Order,
    Promise,
    certify,
    draw_audit,
    impossible,
    make_order,
    plan_audit,
)
from labeling.quality.guess import Evidence
from labeling.quality.risk import RiskLedger

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FEW = 15  # objects of a class in the evidence, below which it is planned by the evidence of all


@dataclass(frozen=True)
class ClassPlan:
    """What will be audited in each class that the machine says, fixed before the draw. `plans`: (class, its plan), all
    classes of the order; those that are not possible say why. risk: of this stage, over all classes."""

    stage: str
    allowed: float
    risk: float
    missed: float
    order_digest: str
    plans: tuple[tuple[int, AuditPlan], ...]
    reason: str = ""

    @property
    def possible(self) -> bool:
        return any(plan.possible for _, plan in self.plans)

    @property
    def audited(self) -> tuple[tuple[int, AuditPlan], ...]:
        return tuple((category, plan) for category, plan in self.plans if plan.possible)


@dataclass(frozen=True)
class ClassResult:
    """What was found and decided of one class. objects: of the order that the machine says are of it; the first
    `set_size` of them, without the audited ones, are the machine's."""

    category: int
    objects: int
    granted: bool
    set_size: int
    audited: int
    wrong: int
    machine: int
    threshold: float
    estimate: float
    upper: float
    reason: str  # why nothing was granted


def split(order: Order) -> Mapping[int, Order]:
    """The order of each predicted class, by class."""
    found: dict[int, Order] = {}
    for category in np.unique(order.predicted).tolist():
        own = order.predicted == category
        found[category] = make_order(order.objects[own], order.scores[own], order.predicted[own])
    return found


def plan_classes(
    order: Order, evidence: Evidence, predicted: Ints, *, promise: Promise, ledger: RiskLedger
) -> ClassPlan:
    """An audit for each class that has a chance. predicted: (c,) what the machine says of the evidence's objects.

    A class of which the evidence has few is planned by all of it: that costs yield if it is another kind, never the
    promise.
    """
    orders = split(order)
    plans = {category: impossible(own, promise, ledger, _too_few(own)) for category, own in orders.items()}
    chosen = [category for category, own in orders.items() if len(own.objects) >= LEAST]
    while chosen:
        share = replace(ledger, total=ledger.total / len(chosen))
        for category in chosen:
            own = _evidence_of(category, evidence, predicted)
            plans[category] = plan_audit(orders[category], own, promise=promise, ledger=share)
        possible = [category for category in chosen if plans[category].possible]
        if len(possible) == len(chosen):
            break
        chosen = possible  # they share the risk of those that have no chance
    return ClassPlan(
        stage=ledger.stage or "none",
        allowed=promise.allowed,
        risk=ledger.share,
        missed=promise.missed,
        order_digest=order.digest,
        plans=tuple(sorted(plans.items())),
        reason="" if chosen else _why_not(plans.values(), ledger),
    )


def _evidence_of(category: int, evidence: Evidence, predicted: Ints) -> Evidence:
    own = predicted == category
    return Evidence(evidence.scores[own], evidence.wrong[own]) if own.sum() >= FEW else evidence


def _too_few(order: Order) -> str:
    return f"The machine says it of {len(order.objects):,} objects only: too few to check any."


def _why_not(plans: Iterable[AuditPlan], ledger: RiskLedger) -> str:
    if ledger.stage is None:
        return "The risk of this promise is spent; what is left goes to people."
    reasons = [plan.reason for plan in plans]
    if not reasons:
        return "No objects are left."
    return f"In none of {len(reasons):,} classes could an audit prove the promise. Of the first: {reasons[0]}"


def draw_classes(plan: ClassPlan, order: Order, *, seed: int) -> Ints:
    """The objects to audit in all classes, places ascending. Same plan, order and seed: same draw."""
    orders = split(order)
    drawn = [draw_audit(own, orders[category], seed=seed) for category, own in plan.audited]
    return np.sort(np.concatenate(drawn)) if drawn else np.zeros(0, dtype=np.int64)


def certify_classes(
    plan: ClassPlan, order: Order, *, drawn: Ints, wrong: Bools, ledger: RiskLedger
) -> tuple[Certificate, tuple[ClassResult, ...], RiskLedger]:
    """Decide once, class by class; the certificate sums up what the classes came to.

    As `audit.certify`: drawn: (n,) places as drawn, wrong: (n,). Raises ValueError when drawn does not fit the plan,
    RiskRefused when the ledger has no share left or has seen an object before.
    """
    if plan.order_digest != order.digest:
        raise ValueError("the plan was made for another order")
    after = ledger.spend(order=order.digest, objects=drawn.tolist())
    share = replace(ledger, total=ledger.total / max(1, len(plan.audited)))
    orders = split(order)
    answers = dict(zip(drawn.tolist(), wrong.tolist(), strict=True))
    results = []
    for category, own in plan.plans:
        results.append(
            _decided(category, own, orders[category], answers, share)
            if own.possible
            else _left(category, own.reason, orders[category])
        )
    return _summed(plan, order, results, ledger), tuple(results), after


def _decided(
    category: int, plan: AuditPlan, order: Order, answers: Mapping[int, bool], ledger: RiskLedger
) -> ClassResult:
    drawn = np.array([place for place in order.objects.tolist() if place in answers], dtype=np.int64)
    wrong = np.array([answers[place] for place in drawn.tolist()], dtype=np.bool_)
    one, _ = certify(plan, order, drawn=drawn, wrong=wrong, ledger=ledger)
    return ClassResult(
        category=category,
        objects=len(order.objects),
        granted=one.granted,
        set_size=one.set_size,
        audited=one.audited,
        wrong=one.wrong,
        machine=one.machine,
        threshold=one.threshold,
        estimate=one.estimate,
        upper=one.upper,
        reason=one.reason,
    )


def _left(category: int, reason: str, order: Order) -> ClassResult:
    return ClassResult(
        category=category,
        objects=len(order.objects),
        granted=False,
        set_size=0,
        audited=0,
        wrong=0,
        machine=0,
        threshold=1.0,
        estimate=0.0,
        upper=1.0,
        reason=reason,
    )


def _summed(plan: ClassPlan, order: Order, results: list[ClassResult], ledger: RiskLedger) -> Certificate:
    granted = [one for one in results if one.granted]
    counted = granted or [one for one in results if one.audited]
    audited, wrong = sum(one.audited for one in counted), sum(one.wrong for one in counted)
    machine = sum(one.machine for one in granted)
    left = len(results) - len(granted)
    checked = f"People checked {audited:,} objects, drawn at random class by class, and found {wrong:,} wrong."
    sentence = (
        f"In each of {len(granted):,} classes at most {plan.allowed:.1%} of the machine labels are wrong, with "
        f"{1 - ledger.total:.0%} confidence for all of them together; {machine:,} labels. {checked}"
    )
    if left:
        sentence += f" What the machine takes for one of {left:,} other classes goes to people."
    return Certificate(
        granted=bool(granted),
        stage=plan.stage,
        allowed=plan.allowed,
        risk=ledger.total,
        order_digest=order.digest,
        set_size=sum(one.set_size for one in granted),
        audited=audited,
        wrong=wrong,
        machine=machine,
        threshold=min((one.threshold for one in granted), default=1.0),
        estimate=wrong / audited if audited else 0.0,
        upper=max((one.upper for one in counted), default=1.0),
        reason="" if granted else f"{checked} In no class did that show at most {plan.allowed:.1%} wrong.",
        sentence=sentence if granted else "Nothing was labeled by machine.",
        curve=(),
    )


def machine_of_classes(results: Iterable[ClassResult], order: Order, drawn: Ints) -> Ints:
    """Places to label by machine: of each class the certified set without the audited objects, in the order's order."""
    orders = split(order)
    inside = [orders[one.category].objects[: one.set_size] for one in results if one.granted]
    if not inside:
        return np.zeros(0, dtype=np.int64)
    chosen = np.isin(order.objects, np.concatenate(inside)) & ~np.isin(order.objects, drawn)
    return order.objects[chosen]


def in_words(one: ClassResult, name: str, *, allowed: float) -> str:
    """What holds of a class, for the lead to read."""
    if one.granted:
        return (
            f"{name}: at most {allowed:.1%} of {one.machine:,} machine labels are wrong. People checked "
            f"{one.audited:,} of {one.set_size:,} and found {one.wrong:,} wrong."
        )
    return f"{name}: people label it. {one.reason}"
