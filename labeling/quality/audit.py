"""The audit that lets a machine label: plan it, draw it, decide by it. Functions over arrays, no state, no clock.

Order of events, on which the guarantee rests: the model, the order of the objects and the nested set sizes are frozen;
then objects are drawn at random inside the largest set; then people answer; then, once, `certify`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.quality.error_bound import Counts, ladders, rest_upper
from labeling.quality.guess import Evidence, Guess, guess_errors
from labeling.quality.planning import Worth, choose
from labeling.quality.risk import RiskLedger, RiskRefused

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

GRID = 40  # nested sizes, evenly spaced
LEAST = 20  # machine labels below which an audit is not worth people's while


@dataclass(frozen=True)
class Promise:
    """At most `allowed` (a share) of the machine labels are wrong, with confidence 1 - `risk`.

    missed: share of the machine's errors that people may fail to see (`people_error.PeopleError.upper`); an audit is
    held to so much less disagreement.
    """

    allowed: float
    risk: float = 0.05
    missed: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.allowed < 1 and 0 < self.risk < 1 and 0 <= self.missed < 1):
            said = f"{self.allowed}, {self.risk}, {self.missed}"
            raise ValueError(f"allowed, risk and missed must lie between 0 and 1, got {said}")

    @property
    def held_to(self) -> float:
        return self.allowed * (1 - self.missed)


@dataclass(frozen=True)
class Order:
    """The open objects, surest first, as frozen: places (m,), correctness scores (m,), predicted class (m,), digest."""

    objects: Ints
    scores: Floats
    predicted: Ints
    digest: str


@dataclass(frozen=True)
class AuditPlan:
    """What will be audited, fixed before the draw. Not possible: `reason` says why, in words."""

    stage: str
    allowed: float
    risk: float  # of this stage
    order_digest: str
    sizes: tuple[int, ...]  # nested sets, ascending
    starts: tuple[int, ...]  # places in `sizes` where a ladder begins
    probability: float  # of each object inside the largest set to be audited
    expected_audit: int
    expected_machine: int  # over all outcomes, none certified included
    expected_error: float  # at the likely size
    likely_size: int  # the largest set that is certified at least every other time
    chance: float  # that any set is certified
    reason: str = ""
    missed: float = 0.0  # of the machine's errors, by people

    @property
    def possible(self) -> bool:
        return bool(self.sizes)

    @property
    def held_to(self) -> float:
        """The share of disagreement with people that the sets are tested against."""
        return self.allowed * (1 - self.missed)


@dataclass(frozen=True)
class CurvePoint:
    """One nested set: share of the order that the machine would label, its size, score threshold, error found, and the
    upper limit of the error, with what people may have missed."""

    share: float
    objects: int
    threshold: float
    estimate: float
    upper: float


@dataclass(frozen=True)
class Certificate:
    """The decision. granted: the first `set_size` of the order, without the audited ones, are the machine's."""

    granted: bool
    stage: str
    allowed: float
    risk: float  # of the whole promise
    order_digest: str
    set_size: int
    audited: int  # inside the set; inside the largest set if nothing was granted
    wrong: int
    machine: int
    threshold: float
    estimate: float
    upper: float
    reason: str
    sentence: str
    curve: tuple[CurvePoint, ...]


def make_order(objects: Ints, scores: Floats, predicted: Ints) -> Order:
    """Freeze: sort by score, ties by place. All (m,). The digest covers places, rounded scores and predictions."""
    by = np.lexsort((objects, -scores))
    rounded = np.round(scores[by], 6)
    digest = hashlib.sha256()
    for part in (objects[by].astype("<i8"), rounded.astype("<f8"), predicted[by].astype("<i8")):
        digest.update(part.tobytes())
    return Order(objects[by], scores[by], predicted[by], digest.hexdigest())


def plan_audit(
    order: Order, evidence: Evidence, *, promise: Promise, ledger: RiskLedger, worth: Worth | None = None
) -> AuditPlan:
    """Choose the starting sizes and the audit probability with the best expected number of machine labels.

    Audited objects cost nothing beyond the machine label they replace: without a certificate people would label them
    too. With `worth`, of the objects of the order, the fewest seconds of people's time are best.
    """
    stage, risk = ledger.stage, ledger.share
    if stage is None:
        return impossible(order, promise, ledger, "The risk of this promise is spent; what is left goes to people.")
    count = len(order.objects)
    if count < LEAST:
        return impossible(
            order, promise, ledger, f"Only {count} objects are left; an audit would cost as much as labeling them."
        )
    sizes = np.unique(np.ceil(count * np.arange(1, GRID + 1) / GRID)).astype(np.int64)
    guess = guess_errors(order.scores, sizes, evidence)
    choice = choose(sizes, guess, allowed=promise.held_to, risk=risk, worth=worth)
    if choice is None or choice.expected < LEAST:
        return impossible(order, promise, ledger, _why_not(sizes, guess, promise))
    first = choice.starts[0]
    likely = max(choice.likely, first)
    return AuditPlan(
        stage=stage,
        allowed=promise.allowed,
        risk=risk,
        order_digest=order.digest,
        sizes=tuple(sizes[first : choice.top + 1].tolist()),
        starts=tuple(start - first for start in choice.starts),
        probability=choice.probability,
        expected_audit=round(int(sizes[choice.top]) * choice.probability),
        expected_machine=round(choice.expected),
        expected_error=float(guess.error[likely]),
        likely_size=int(sizes[likely]),
        chance=choice.chance,
        missed=promise.missed,
    )


def _why_not(sizes: Ints, guess: Guess, promise: Promise) -> str:
    surest = float(guess.error.min())
    size = int(sizes[int(guess.error.argmin())])
    if surest > promise.allowed:
        return (
            f"Even among the {size:,} surest objects about {surest:.1%} are wrong; {promise.allowed:.1%} are allowed. "
            "More labels, clearer categories, or a larger allowed error would be needed."
        )
    return (
        f"About {surest:.1%} of the {size:,} surest objects are wrong. Either that is too close to the allowed "
        f"{promise.allowed:.1%}, or the set is too small, for an audit of it to prove the promise."
    )


def impossible(order: Order, promise: Promise, ledger: RiskLedger, reason: str) -> AuditPlan:
    """A plan that audits nothing, and why."""
    return AuditPlan(
        stage=ledger.stage or "none",
        allowed=promise.allowed,
        risk=ledger.share,
        order_digest=order.digest,
        sizes=(),
        starts=(),
        probability=0.0,
        expected_audit=0,
        expected_machine=0,
        expected_error=1.0,
        likely_size=0,
        chance=0.0,
        reason=reason,
        missed=promise.missed,
    )


def draw_audit(plan: AuditPlan, order: Order, *, seed: int) -> Ints:
    """The objects to audit: each inside the largest set independently with the planned probability, places ascending.

    Same plan, order and seed: same draw, so a crash between drawing and asking costs nothing. At least one object.
    Raises ValueError for a plan that is not possible or belongs to another order.
    """
    _belongs(plan, order)
    inside = order.objects[: plan.sizes[-1]]
    generator = np.random.default_rng([seed, int(plan.order_digest[:12], 16)])
    drawn = inside[generator.random(len(inside)) < plan.probability]
    return np.sort(drawn) if len(drawn) else inside[:1]


def certify(
    plan: AuditPlan, order: Order, *, drawn: Ints, wrong: NDArray[np.bool_], ledger: RiskLedger
) -> tuple[Certificate, RiskLedger]:
    """Decide, once, by the audit's answers; returns the certificate and the ledger with the risk spent.

    drawn: (n,) places as `draw_audit` gave them; wrong: (n,) whether people's label differs from the order's
    prediction. An object without an answer counts as wrong. Raises ValueError when drawn does not fit the plan,
    RiskRefused when the ledger has no share left or has seen an object before.
    """
    _belongs(plan, order)
    if ledger.stage != plan.stage:
        raise RiskRefused(f"the plan is for the {plan.stage} stage, the ledger stands at {ledger.stage or 'its end'}")
    after = ledger.spend(order=order.digest, objects=drawn.tolist())
    nested = _counts(plan, order, drawn, wrong)
    reached = ladders(nested, plan.starts, allowed=plan.held_to, risk=plan.risk)
    return _certificate(plan, order, nested, reached, ledger), after


def machine_objects(certificate: Certificate, order: Order, drawn: Ints) -> Ints:
    """Places to label by machine: the certified set without the audited objects; none if nothing was granted."""
    if certificate.order_digest != order.digest:
        raise ValueError("the certificate belongs to another order")
    inside = order.objects[: certificate.set_size]
    return inside[~np.isin(inside, drawn)]


def _belongs(plan: AuditPlan, order: Order) -> None:
    if not plan.possible:
        raise ValueError("this plan audits nothing")
    if plan.order_digest != order.digest:
        raise ValueError("the plan was made for another order")


def _counts(plan: AuditPlan, order: Order, drawn: Ints, wrong: NDArray[np.bool_]) -> list[Counts]:
    rank_of = {int(place): rank for rank, place in enumerate(order.objects[: plan.sizes[-1]])}
    if len(drawn) != len(wrong) or len(np.unique(drawn)) != len(drawn):
        raise ValueError("each drawn object needs one answer")
    try:
        ranks = np.array([rank_of[int(place)] for place in drawn], dtype=np.int64)
    except KeyError as missing:
        raise ValueError(f"object {missing} was not in the planned set") from None
    return [Counts(size, int((ranks < size).sum()), int(wrong[ranks < size].sum())) for size in plan.sizes]


def _certificate(plan: AuditPlan, order: Order, nested: list[Counts], reached: int, ledger: RiskLedger) -> Certificate:
    each = plan.risk / len(plan.starts)
    curve = tuple(
        CurvePoint(
            share=(c.objects - c.audited) / len(order.objects),
            objects=c.objects,
            threshold=float(order.scores[c.objects - 1]),
            estimate=c.wrong / c.audited if c.audited else 0.0,
            upper=min(1.0, rest_upper(c.objects, c.audited, c.wrong, each) / (1 - plan.missed)),
        )
        for c in nested
    )
    granted = reached >= 0
    at, point = nested[reached], curve[reached]  # reached = -1: the largest set, which failed
    stopped = reached if granted else _nearest(plan, curve)
    sentence, reason = _words(plan, nested[stopped], curve[stopped], granted=granted, risk=ledger.total)
    return Certificate(
        granted=granted,
        stage=plan.stage,
        allowed=plan.allowed,
        risk=ledger.total,
        order_digest=order.digest,
        set_size=at.objects if granted else 0,
        audited=at.audited,
        wrong=at.wrong,
        machine=at.objects - at.audited if granted else 0,
        threshold=point.threshold,
        estimate=point.estimate,
        upper=point.upper,
        reason=reason,
        sentence=sentence,
        curve=curve,
    )


def _nearest(plan: AuditPlan, curve: tuple[CurvePoint, ...]) -> int:
    """Of the sets that the ladders began with and that all failed, the one that was nearest to passing."""
    return min(plan.starts, key=lambda start: (curve[start].upper, -start))


def _words(plan: AuditPlan, at: Counts, point: CurvePoint, *, granted: bool, risk: float) -> tuple[str, str]:
    """The sentence and, if nothing was granted, the reason."""
    checked = (
        f"People checked {at.audited:,} of the {at.objects:,} surest objects, drawn at random, "
        f"and found {at.wrong:,} wrong."
    )
    if granted:
        machine, sure = at.objects - at.audited, f"{1 - risk:.0%} confidence"
        return f"At most {plan.allowed:.1%} of {machine:,} machine labels are wrong, with {sure}. {checked}", ""
    reason = (
        f"{checked} So up to {point.upper:.1%} of the others could be wrong, more than the allowed {plan.allowed:.1%}; "
        "no other set that was tried came nearer."
    )
    return "Nothing was labeled by machine.", reason
