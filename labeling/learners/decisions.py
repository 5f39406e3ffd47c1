"""What the conductor of the loop decides, as functions over arrays: the flow and the benchmark call the same ones."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from labeling.learners.rounds import Bools, Ints, Learned
from labeling.learners.ways import Prices, choose_ways, seconds_of_people
from labeling.quality.audit import AuditPlan, Certificate, Order, Promise, impossible, make_order, plan_audit
from labeling.quality.guess import Evidence, chances_right
from labeling.quality.people_error import PeopleError, can_promise
from labeling.quality.planning import Worth
from labeling.quality.risk import RiskLedger

COVERED = 0.97  # of the open objects: the machine could take them all, more training labels would be wasted
LEAST_BATCH = 20  # objects: a round for fewer costs more waiting than it saves answers
STALLED = 3  # rounds in a row that gained less than a batch; after two, early guesses froze models a round too soon


@dataclass(frozen=True)
class Sizes:
    """How many objects each step asks people about, and how many training rounds there are at most."""

    calibration: int
    cold_start: int
    batch: int
    rounds: int


@dataclass(frozen=True)
class Forecast:
    """A point estimate, for the curve and the stop rule: with `spent` people's labels, `machine` of `rest` open objects
    could be labeled by machine, `share` of the whole job. `reason` says why if none. Never evidence."""

    spent: int
    machine: int
    rest: int
    share: float
    covered: bool
    reason: str


@dataclass(frozen=True)
class Step:
    go: bool
    reason: str


def sizes_for(objects: int, *, classes: int) -> Sizes:
    """2 % of the job, 300 to 1,000, as calibration sample, but never more than a tenth of a small job."""
    calibration = min(1000, max(300, math.ceil(0.02 * objects)))
    batch = min(1000, max(LEAST_BATCH, objects // 20))
    return Sizes(
        calibration=min(calibration, max(1, objects // 10)),
        cold_start=min(max(2 * classes, 40), max(1, objects // 10)),
        batch=batch,
        rounds=12,
    )


def calibration_sample(eligible: Ints, sizes: Sizes, *, seed: int) -> Ints:
    """Drawn uniformly from the objects that can be asked, before any model; ascending."""
    generator = np.random.default_rng([seed, 1])
    return np.sort(generator.choice(eligible, min(sizes.calibration, len(eligible)), replace=False))


def evidence_from(learned: Learned, labels: Ints, random_objects: Ints) -> Evidence:
    """Out-of-fold scores and errors of the objects that were drawn at random: calibration, and earlier audits."""
    chosen = np.isin(learned.oof_index, random_objects)
    wrong = learned.oof_predicted[chosen] != labels[learned.oof_index[chosen]]
    return Evidence(learned.oof_score[chosen], np.asarray(wrong, dtype=np.bool_))


def with_audit(evidence: Evidence, learned: Learned, drawn: Ints, wrong: Bools) -> Evidence:
    """And what an audit of the same model found, once it has been decided: for the choice of ways for the rest."""
    return Evidence(np.concatenate([evidence.scores, learned.score[drawn]]), np.concatenate([evidence.wrong, wrong]))


def freeze(learned: Learned, open_objects: Ints) -> Order:
    """The open objects by correctness score, surest first. Open: no people's label, not asked, not failed, not
    labeled."""
    able = open_objects[learned.readable[open_objects]]
    return make_order(able, learned.score[able], learned.predicted[able])


def plan(
    order: Order,
    evidence: Evidence,
    *,
    promise: Promise,
    ledger: RiskLedger,
    people: PeopleError | None = None,
    prices: Prices | None = None,
) -> AuditPlan:
    """The best audit of `order`; none, with the reason, where people's own errors leave no room for the machine's.

    With `prices` the best one costs people the fewest seconds, else it lets the machine label the most.
    """
    reason = can_promise(promise.allowed, people, objects=len(order.objects)) if people else ""
    if reason:
        return impossible(order, promise, ledger, reason)
    worth = None if prices is None else _worth(order, evidence, promise, prices)
    return plan_audit(order, evidence, promise=promise, ledger=ledger, worth=worth)


def _worth(order: Order, evidence: Evidence, promise: Promise, prices: Prices) -> Worth:
    """A machine label counts as the full answer that it replaces; an audit costs what a full answer is dearer than the
    cheapest other way.

    Counted as that way, a look most often, machine labels of pictures would be worth a tenth of it, and at 99 % no
    audit would pay: then nothing is promised about any label.
    """
    right = chances_right(order.scores, evidence)
    otherwise = seconds_of_people(right, choose_ways(right, prices, allowed=promise.allowed), prices)
    return Worth(machine=np.full(len(right), prices.full), audit=prices.full - otherwise)


def forecast(
    order: Order,
    evidence: Evidence,
    *,
    promise: Promise,
    ledger: RiskLedger,
    spent: int,
    objects: int,
    people: PeopleError | None = None,
    prices: Prices | None = None,
) -> Forecast:
    """What an audit planned now would be expected to give."""
    planned = plan(order, evidence, promise=promise, ledger=ledger, people=people, prices=prices)
    rest = len(order.objects)
    covered = planned.possible and planned.likely_size >= COVERED * rest
    return Forecast(
        spent, planned.expected_machine, rest, planned.expected_machine / max(1, objects), covered, planned.reason
    )


def glance_mask(learned: Learned, objects: Ints, evidence: Evidence, *, prices: Prices, promise: Promise) -> Bools:
    """Which of `objects` (n,) that go to people are looked at in the grid, with the model's label; the others are
    answered in full.

    Not for calibration, audits and the standing audit: what a promise rests on is answered blind.
    """
    right = chances_right(learned.score[objects], evidence)
    return choose_ways(right, prices, allowed=promise.allowed) & learned.readable[objects]


def keep_training(history: Sequence[Forecast], sizes: Sizes) -> Step:
    """After each round, with one forecast a round, oldest first: another batch, or freeze and plan the audit?"""
    if not history:
        return Step(go=True, reason="There is no forecast yet.")
    now = history[-1]
    if now.rest == 0:
        return Step(go=False, reason="No objects are left.")
    if now.covered:
        return Step(go=False, reason="The machine is expected to be good enough for all that is left.")
    if len(history) > sizes.rounds:
        return Step(go=False, reason=f"{sizes.rounds} rounds are the limit.")
    gains = [b.machine - a.machine for a, b in pairwise(history)]
    if now.machine > 0 and len(gains) >= STALLED and all(gain < sizes.batch for gain in gains[-STALLED:]):
        return Step(go=False, reason=f"The last {STALLED} rounds gained less than a batch each.")
    return Step(go=True, reason="More labels are expected to let the machine take more.")


def after(certificate: Certificate, ledger: RiskLedger) -> Step:
    """Once an audit has been decided: train again with all labels and try a second stage, or leave the rest to
    people?"""
    if ledger.stage is None:
        return Step(go=False, reason="The risk of the promise is spent.")
    if certificate.granted:
        return Step(go=False, reason="The promise holds for the certified set; the rest goes to people.")
    return Step(go=True, reason="The audit's answers teach the model, and a smaller set gets a second, fresh audit.")


def standing_sample(machine: Ints, *, share: float, seed: int, order: str) -> Ints:
    """Which machine-labeled objects (places in the job's order) go blind to people for the standing audit.

    Each has a coin of its own that shows "yes" with probability `share`, thrown by the job's seed and the digest of the
    frozen order. So it depends on no confidence and on no other object, and labels written in any batches, or twice,
    have the same ones. Their answers are counted by `quality.sequential.Alarm`, and replace the machine's label.
    """
    chosen = [standing_coin(place, seed=seed, order=order) < share for place in machine.tolist()]
    return machine[np.array(chosen, dtype=np.bool_)]


def standing_coin(place: int, *, seed: int, order: str) -> float:
    """Where in [0, 1) the coin of one place falls. Among those below the share it is also the order of asking: at
    random, because the alarm's test must meet each of them as likely as any other next, however the job is sorted."""
    thrown = hashlib.sha256(f"standing {seed} {order} {place}".encode()).digest()
    return int.from_bytes(thrown[:6], "big") / 2**48


def after_alarm(ledger: RiskLedger) -> Step:
    """The machine's labels were taken back: train again and ask for a new certificate, or leave everything to
    people?"""
    if ledger.stage is None:
        return Step(go=False, reason="The risk of the promise is spent; people label the rest.")
    return Step(go=True, reason="People's answers teach a new model, which needs a certificate of its own.")
