"""One job from its first question to its last label, through the decisions that the flow calls."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from typing import Any

import numpy as np
from learning_outcomes import Outcome
from learning_people import People
from learning_pools import Pool

from labeling.learners import decisions
from labeling.learners.rounds import Learned, learn
from labeling.learners.ways import Prices
from labeling.quality.audit import AuditPlan, Order, Promise, certify, draw_audit, machine_objects
from labeling.quality.guess import Evidence
from labeling.quality.risk import RiskLedger

Rounds = dict[str, Learned]  # what a round gives depends on its labels alone: promises of one seed share them
NONE = np.zeros(0, dtype=np.int64)


class Replay:
    """`people` answer; the loop knows their prices. in_seconds: audits are planned by these, else machine labels are
    counted."""

    def __init__(
        self, pool: Pool, promise: Promise, people: People, *, seed: int, rounds: Rounds, in_seconds: bool = True
    ) -> None:
        self.pool, self.promise, self.people, self.seed, self.rounds = pool, promise, people, seed, rounds
        self.prices: Prices = people.prices
        self.planned_by: Prices | None = self.prices if in_seconds else None
        self.begun = time.process_time()
        count = len(pool.truth)
        self.sizes = decisions.sizes_for(count, classes=pool.classes)
        self.labels = np.full(count, -1)
        self.ledger = RiskLedger(promise.risk)
        self.history: list[decisions.Forecast] = []
        self.log: list[tuple[str, Any]] = []  # every decision, in order
        self.audited = self.trained = 0
        self.random = decisions.calibration_sample(np.arange(count), self.sizes, seed=seed)
        first = self.learn(closed=np.isin(np.arange(count), self.random), ask=self.sizes.cold_start)
        self.note("calibration", self.random.tolist())
        self.note("in full", first.picks.tolist())
        self.labels[self.random] = people.as_evidence(self.random)
        self.labels[first.picks] = people.in_full(first.picks)

    def note(self, what: str, decided: Any) -> None:
        self.log.append((what, decided))

    def learn(self, *, closed: np.ndarray, ask: int) -> Learned:
        pool = self.pool
        parts = (self.labels.tobytes(), np.packbits(closed).tobytes(), str(ask).encode())
        key = hashlib.sha256(b"|".join(parts)).hexdigest()
        if key not in self.rounds:
            learned, _ = learn(pool.features, self.labels, closed, classes=pool.classes, ask=ask, seed=self.seed)
            self.rounds[key] = replace(learned, proba=learned.proba[:0], oof_proba=learned.oof_proba[:0])
        return self.rounds[key]

    def run(self) -> Outcome:
        while (outcome := self.round()) is None:
            pass
        return outcome

    def round(self) -> Outcome | None:
        """Train, and either ask for another batch or audit; the outcome once there is nothing more to decide."""
        learned = self.learn(closed=self.labels >= 0, ask=self.sizes.batch)
        self.trained += 1
        order = decisions.freeze(learned, np.flatnonzero(self.labels < 0))
        evidence = decisions.evidence_from(learned, self.labels, self.random)
        error = self.people.measured()
        self.promise = replace(self.promise, missed=error.upper)
        terms = {"promise": self.promise, "ledger": self.ledger, "people": error, "prices": self.planned_by}
        spent = int((self.labels >= 0).sum())
        self.history.append(decisions.forecast(order, evidence, spent=spent, objects=len(self.labels), **terms))
        self.note("forecast", vars(self.history[-1]))
        if decisions.keep_training(self.history, self.sizes).go:
            self.ask(learned, learned.picks, evidence)
            return None
        plan = decisions.plan(order, evidence, **terms)
        if not plan.possible:
            return self.finish(learned, NONE, evidence, upper=1.0, reason=plan.reason)
        return self.audit(plan, order, learned, evidence)

    def audit(self, plan: AuditPlan, order: Order, learned: Learned, evidence: Evidence) -> Outcome | None:
        drawn = draw_audit(plan, order, seed=self.seed)
        self.note("plan", vars(plan))
        self.note("drawn", drawn.tolist())
        answers = self.people.as_evidence(drawn)
        wrong = learned.predicted[drawn] != answers
        certificate, self.ledger = certify(plan, order, drawn=drawn, wrong=wrong, ledger=self.ledger)
        self.note("certificate", vars(certificate))
        self.labels[drawn] = answers
        self.audited += len(drawn)
        if decisions.after(certificate, self.ledger).go:
            self.random, self.history = np.concatenate([self.random, drawn]), []
            return None
        evidence = decisions.with_audit(evidence, learned, drawn, wrong)
        machine = machine_objects(certificate, order, drawn)
        return self.finish(learned, machine, evidence, upper=certificate.upper, reason=certificate.reason)

    def ask(self, learned: Learned, objects: np.ndarray, evidence: Evidence) -> None:
        """People label `objects`, at a glance where that is cheaper."""
        glanced = decisions.glance_mask(learned, objects, evidence, prices=self.prices, promise=self.promise)
        looked, full = objects[glanced], objects[~glanced]
        self.note("at a glance", looked.tolist())
        self.note("in full", full.tolist())
        self.labels[looked] = self.people.at_a_glance(looked, learned.predicted[looked])
        self.labels[full] = self.people.in_full(full)

    def finish(
        self, learned: Learned, machine: np.ndarray, evidence: Evidence, *, upper: float, reason: str
    ) -> Outcome:
        self.note("machine", machine.tolist())
        self.labels[machine] = learned.predicted[machine]
        self.ask(learned, np.flatnonzero(self.labels < 0), evidence)
        truth, people = self.pool.truth, self.people
        wrong = self.labels[machine] != truth[machine]
        return Outcome(
            objects=len(truth),
            machine=len(machine),
            error=float(wrong.mean()) if len(machine) else 0.0,
            upper=upper,
            answers=people.answers,
            looks=people.looks,
            seconds=people.seconds,
            by_hand=len(truth) * self.prices.full,
            final_error=float((self.labels != truth).mean()),
            rounds=self.trained,
            audited=self.audited,
            reason=reason,
            cpu=time.process_time() - self.begun,
        )
