"""Does the promise hold, and how much does the machine label? Jobs replayed through the real decisions.

People are always right here: answers come from the truth.

python bench/learning.py --data FOLDER [--seeds 5] [--quick] [--json FILE]    replays agnews at 10 % and mnist at 5 %
python bench/learning.py --alarm [--quick] [--json FILE]                      simulates the standing audit
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
from labeling.learners.rounds import learn
from labeling.learners.sources import decode_image
from labeling.learners.text import text_features
from labeling.learners.threads import one_thread
from labeling.quality.audit import Promise, certify, draw_audit, machine_objects, plan_audit
from labeling.quality.risk import RiskLedger
from labeling.quality.sequential import Alarm

JOBS = (("agnews", 0.10, 0.40), ("mnist", 0.05, 0.50))  # folder, allowed error, least machine share

HEAD = """| seed | machine share | true error | certified limit | people's answers | before the audit | audited | CPU s |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Pool:
    features: Any
    truth: np.ndarray
    classes: int
    seconds: float  # CPU, reading and features


@dataclass(frozen=True)
class Outcome:
    seed: int
    machine: int
    objects: int
    error: float  # true, of the machine's labels
    training: int  # people's answers before the first audit
    audited: int
    stages: int
    upper: float
    reason: str
    seconds: float

    @property
    def share(self) -> float:
        return self.machine / self.objects


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


def replay(pool: Pool, promise: Promise, *, seed: int) -> Outcome:
    """One job from its first question to its certificate, as the flow runs it, with answers from the truth."""
    begun, truth, objects = time.process_time(), pool.truth, len(pool.truth)
    sizes = decisions.sizes_for(objects, classes=pool.classes)
    labels, closed = np.full(objects, -1), np.zeros(objects, dtype=bool)
    random_objects = decisions.calibration_sample(np.arange(objects), sizes, seed=seed)
    closed[random_objects] = True
    first, _ = learn(pool.features, labels, closed, classes=pool.classes, ask=sizes.cold_start, seed=seed)
    asked = np.concatenate([random_objects, first.picks])
    labels[asked] = truth[asked]
    closed = labels >= 0
    ledger, history, training, audited = RiskLedger(promise.risk), [], 0, 0
    while True:
        learned, _ = learn(pool.features, labels, closed, classes=pool.classes, ask=sizes.batch, seed=seed)
        order = decisions.freeze(learned, np.flatnonzero(labels < 0))
        evidence = decisions.evidence_from(learned, labels, random_objects)
        spent = int((labels >= 0).sum())
        history.append(
            decisions.forecast(order, evidence, promise=promise, ledger=ledger, spent=spent, objects=objects)
        )
        if decisions.keep_training(history, sizes).go:
            labels[learned.picks] = truth[learned.picks]
            continue
        training = training or spent
        plan = plan_audit(order, evidence, promise=promise, ledger=ledger)
        if not plan.possible:
            return Outcome(
                seed,
                0,
                objects,
                0.0,
                training,
                audited,
                len(ledger.spent),
                1.0,
                plan.reason,
                time.process_time() - begun,
            )
        drawn = draw_audit(plan, order, seed=seed)
        wrong = learned.predicted[drawn] != truth[drawn]
        certificate, ledger = certify(plan, order, drawn=drawn, wrong=wrong, ledger=ledger)
        labels[drawn] = truth[drawn]
        audited += len(drawn)
        if not decisions.after(certificate, ledger).go:
            machine = machine_objects(certificate, order, drawn)
            error = float((learned.predicted[machine] != truth[machine]).mean()) if len(machine) else 0.0
            seconds = time.process_time() - begun
            return Outcome(
                seed, len(machine), objects, error, training, audited, len(ledger.spent), certificate.upper,
                certificate.reason, seconds,
            )  # fmt: skip
        random_objects, history = np.concatenate([random_objects, drawn]), []


def replays(data: Path, seeds: int) -> list[dict[str, Any]]:
    bars = []
    for name, allowed, least in JOBS:
        pool = load(data / name)
        print(f"\n{name}: {len(pool.truth):,} objects, {pool.classes} classes, {allowed:.0%} allowed; "
              f"features {pool.seconds:.1f} CPU s")  # fmt: skip
        print(
            "| seed | machine share | true error | certified limit | people's answers | before the audit | audited | CPU s |"
        )
        print("|---|---|---|---|---|---|---|---|")
        outcomes = []
        for seed in range(1, seeds + 1):
            o = replay(pool, Promise(allowed), seed=seed)
            outcomes.append(o)
            print(f"| {seed} | {o.share:.1%} | {o.error:.2%} | {o.upper:.2%} | {o.objects - o.machine:,} | {o.training:,} "
                  f"| {o.audited:,} | {o.seconds:.1f} |", flush=True)  # fmt: skip
        bars += _bars(name, outcomes, allowed=allowed, least=least)
    return bars


def _bars(name: str, outcomes: list[Outcome], *, allowed: float, least: float) -> list[dict[str, Any]]:
    shares = np.array([o.share for o in outcomes])
    broken = sum(o.error > allowed for o in outcomes)
    print(f"mean share {shares.mean():.1%} (sd {shares.std():.1%}, least {shares.min():.1%}); "
          f"worst true error {max(o.error for o in outcomes):.2%}; broken {broken}/{len(outcomes)}")  # fmt: skip
    answers, most = float(np.mean([o.objects - o.machine for o in outcomes])), outcomes[0].objects
    lowest, mean, share_broken = float(shares.min()), float(shares.mean()), broken / len(outcomes)
    return [
        bar(f"{name}: least machine share", lowest, "share", f">= {least}", holds=lowest >= least),
        bar(f"{name}: mean machine share", mean, "share", f">= {least}", holds=mean >= least),
        bar(f"{name}: promises broken", share_broken, "share of seeds", "<= 0.05", holds=share_broken <= 0.05),
        bar(f"{name}: people's answers", answers, "answers", f"< {most}", holds=answers < most),
    ]


def alarms(streams: int) -> list[dict[str, Any]]:
    """Streams of 2,000 answers, allowed error 5 %, looked at after every answer."""
    generator, alarm, bars = np.random.default_rng(1), Alarm(0.05), []
    table = np.array([[alarm.watch(n, k).alarm if k <= n else False for k in range(401)] for n in range(2001)])
    print("\n| true error | alarms | median answers to the alarm |\n|---|---|---|")
    for error, low, high in ((0.05, 0.0, 0.05), (0.08, 0.9, 1.0), (0.10, 1.0, 1.0)):
        wrong = (generator.random((streams, 2000)) < error).cumsum(axis=1)
        raised = table[np.arange(1, 2001)[None, :], wrong]
        share = float(raised.any(axis=1).mean())
        waits = raised.argmax(axis=1)[raised.any(axis=1)] + 1
        print(f"| {error:.0%} | {share:.1%} | {np.median(waits) if error > 0.05 else '-'} |")
        target = f"{low} to {high}"
        bars.append(
            bar(f"alarms at {error:.0%} true error", share, "share of streams", target, holds=low <= share <= high)
        )
    return bars


def bar(name: str, value: float, unit: str, target: str, *, holds: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "holds": holds}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with agnews/ and mnist/")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="2 seeds; 200 streams")
    parser.add_argument("--alarm", action="store_true", help="simulate the standing audit instead")
    parser.add_argument("--json", type=Path, help="write settings and bars")
    given = parser.parse_args()
    if not given.alarm and not given.data:
        parser.error("--data FOLDER is needed, or --alarm")
    settings = {
        "seeds": 2 if given.quick else given.seeds,
        "streams": 200 if given.quick else 1000,
        "alarm": given.alarm,
    }
    print("Settings:", json.dumps(settings))
    with one_thread():
        bars = alarms(streams) if given.alarm else replays(given.data, seeds)
    print("\n| bar | value | target | holds |\n|---|---|---|---|")
    for b in bars:
        print(f"| {b['name']} | {b['value']:.4g} | {b['target']} | {'yes' if b['holds'] else 'NO'} |")
    if given.json:
        given.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1))
    return 0 if all(b["holds"] for b in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
