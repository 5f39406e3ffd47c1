"""Does the promise hold, and how much does the machine label? Jobs replayed through the real decisions.

People are always right here: answers come from the truth.

python bench/learning.py --data FOLDER [--seeds 5] [--quick] [--json FILE]    replays agnews at 10 % and mnist at 5 %
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from labeling.learners import decisions
from labeling.learners.images import image_features
from labeling.learners.rounds import Learned, learn
from labeling.learners.sources import decode_image
from labeling.learners.text import text_features
from labeling.learners.threads import one_thread
from labeling.quality.audit import Promise, certify, draw_audit, machine_objects, plan_audit
from labeling.quality.risk import RiskLedger

JOBS = (("agnews", 0.10, 0.40), ("mnist", 0.05, 0.50))  # folder, allowed error, least machine share

COLUMNS = ("seed", "machine share", "true error", "certified", "people's answers", "before audit", "audited", "CPU s")
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"


@dataclass(frozen=True)
class Pool:
    features: Any
    truth: np.ndarray
    classes: int
    seconds: float  # CPU, reading and features


@dataclass(frozen=True)
class Outcome:
    """machine: objects labeled by machine; error: the true share of wrong ones; upper: what was certified.
    training, audited: people's answers before the first audit and in the audits."""

    machine: int
    error: float
    upper: float
    training: int
    audited: int
    seconds: float


def load(folder: Path) -> Pool:
    begun = time.process_time()
    rows = [json.loads(line) for line in (folder / "truth.manifest").read_text().splitlines()]
    truth = np.array([row["truth"] for row in rows], dtype=np.int64)
    classes = len(json.loads((folder / "categories.json").read_text())["labels"])
    if "source" in rows[0]:
        features: Any = text_features([row["source"] for row in rows], classes=classes)
    else:
        features, _ = image_features(len(rows), lambda i: decode_image(folder / rows[i]["source-ref"]))
    return Pool(features, truth, classes, time.process_time() - begun)


class Replay:
    """One job from its first question to its certificate, as the flow runs it, with answers from the truth."""

    def __init__(self, pool: Pool, promise: Promise, *, seed: int) -> None:
        self.pool, self.promise, self.seed = pool, promise, seed
        self.begun = time.process_time()
        self.sizes = decisions.sizes_for(len(pool.truth), classes=pool.classes)
        self.labels = np.full(len(pool.truth), -1)
        self.ledger = RiskLedger(promise.risk)
        self.history: list[decisions.Forecast] = []
        self.training = self.audited = 0
        self.random = decisions.calibration_sample(np.arange(len(pool.truth)), self.sizes, seed=seed)
        first = self.learn(closed=np.isin(np.arange(len(pool.truth)), self.random), ask=self.sizes.cold_start)
        self.answer(self.random)
        self.answer(first.picks)

    def answer(self, asked: np.ndarray) -> None:
        self.labels[asked] = self.pool.truth[asked]

    def learn(self, *, closed: np.ndarray, ask: int) -> Learned:
        pool = self.pool
        learned, _ = learn(pool.features, self.labels, closed, classes=pool.classes, ask=ask, seed=self.seed)
        return learned

    def run(self) -> Outcome:
        while (outcome := self.round()) is None:
            pass
        return outcome

    def round(self) -> Outcome | None:
        """Train, and either ask for another batch or audit; the outcome once there is nothing more to decide."""
        learned = self.learn(closed=self.labels >= 0, ask=self.sizes.batch)
        order = decisions.freeze(learned, np.flatnonzero(self.labels < 0))
        evidence = decisions.evidence_from(learned, self.labels, self.random)
        spent, terms = int((self.labels >= 0).sum()), {"promise": self.promise, "ledger": self.ledger}
        self.history.append(decisions.forecast(order, evidence, spent=spent, objects=len(self.labels), **terms))
        if decisions.keep_training(self.history, self.sizes).go:
            self.answer(learned.picks)
            return None
        self.training = self.training or spent
        plan = plan_audit(order, evidence, **terms)
        if not plan.possible:
            return self.outcome(np.zeros(0, dtype=np.int64), learned, upper=1.0)
        drawn = draw_audit(plan, order, seed=self.seed)
        wrong = learned.predicted[drawn] != self.pool.truth[drawn]
        certificate, self.ledger = certify(plan, order, drawn=drawn, wrong=wrong, ledger=self.ledger)
        self.answer(drawn)
        self.audited += len(drawn)
        if decisions.after(certificate, self.ledger).go:
            self.random, self.history = np.concatenate([self.random, drawn]), []
            return None
        return self.outcome(machine_objects(certificate, order, drawn), learned, upper=certificate.upper)

    def outcome(self, machine: np.ndarray, learned: Learned, *, upper: float) -> Outcome:
        wrong = learned.predicted[machine] != self.pool.truth[machine]
        return Outcome(
            machine=len(machine),
            error=float(wrong.mean()) if len(machine) else 0.0,
            upper=upper,
            training=self.training,
            audited=self.audited,
            seconds=time.process_time() - self.begun,
        )


def replays(data: Path, seeds: int) -> list[dict[str, Any]]:
    bars = []
    for name, allowed, least in JOBS:
        pool = load(data / name)
        objects, made = len(pool.truth), f"features {pool.seconds:.1f} CPU s"
        print(f"\n{name}: {objects:,} objects, {pool.classes} classes, {allowed:.0%} allowed; {made}\n\n{HEAD}")
        outcomes = []
        for seed in range(1, seeds + 1):
            o = Replay(pool, Promise(allowed), seed=seed).run()
            outcomes.append(o)
            shares = (f"{seed}", f"{o.machine / objects:.1%}", f"{o.error:.2%}", f"{o.upper:.2%}")
            counts = (f"{objects - o.machine:,}", f"{o.training:,}", f"{o.audited:,}", f"{o.seconds:.1f}")
            print(f"| {' | '.join(shares + counts)} |", flush=True)
        bars += judge(name, outcomes, objects=objects, allowed=allowed, least=least)
    return bars


def judge(name: str, outcomes: list[Outcome], *, objects: int, allowed: float, least: float) -> list[dict[str, Any]]:
    shares = np.array([o.machine / objects for o in outcomes])
    broken = float(np.mean([o.error > allowed for o in outcomes]))
    lowest, mean, worst = float(shares.min()), float(shares.mean()), max(o.error for o in outcomes)
    answers = objects * (1 - mean)
    print(f"\nmachine share {mean:.1%} on average, sd {shares.std():.1%}; worst true error {worst:.2%}")
    return [
        bar(f"{name}: least machine share", lowest, "share", f">= {least}", holds=lowest >= least),
        bar(f"{name}: mean machine share", mean, "share", f">= {least}", holds=mean >= least),
        bar(f"{name}: promises broken", broken, "share of seeds", "<= 0.05", holds=broken <= 0.05),
        bar(f"{name}: people's answers", answers, "answers", f"< {objects}", holds=answers < objects),
    ]


def bar(name: str, value: float, unit: str, target: str, *, holds: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "holds": holds}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with agnews/ and mnist/")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="2 seeds")
    parser.add_argument("--json", type=Path, help="write settings and bars")
    given = parser.parse_args()
    seeds = 2 if given.quick else given.seeds
    settings = {"seeds": seeds}
    print("Settings:", json.dumps(settings))
    with one_thread():
        bars = replays(given.data, seeds)
    print("\n| bar | value | target | holds |\n|---|---|---|---|")
    for b in bars:
        print(f"| {b['name']} | {b['value']:.4g} | {b['target']} | {'yes' if b['holds'] else 'NO'} |")
    if given.json:
        given.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1))
    return 0 if all(b["holds"] for b in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
