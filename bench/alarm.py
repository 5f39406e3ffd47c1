"""How often does the standing audit raise an alarm, and how soon? Streams of machine labels through the real draw and
the real test.

Each stream has 20,000 machine labels; the less sure the machine was, the more of them are wrong. Which of them people
check blind, and in which order, is decided by `standing_sample` and `standing_coin`, as when labels are written; after
every answer the counts go to `Alarm.watch`, as when an answer is kept. An alarm stays.

python bench/alarm.py [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from labeling.learners.decisions import standing_coin, standing_sample
from labeling.quality.sequential import Alarm

LABELS, SHARE, ANSWERS, ALLOWED = 20_000, 0.11, 2000, 0.05  # 2,200 are drawn, the first 2,000 of them answered
EXPECTED = ((0.05, 0.0, 0.05, 0), (0.08, 0.9, 1.0, 643), (0.10, 1.0, 1.0, 211))  # true error, alarms, usual wait
NEAR = 0.25  # of the usual wait
ALARM = Alarm(ALLOWED)


@cache
def raised(answers: int, wrong: int) -> bool:
    """The test looks at nothing but the counts, so each pair of them is asked once for all streams."""
    return ALARM.watch(answers, wrong).alarm


def asked(seed: int) -> np.ndarray:
    """(ANSWERS,) places of the labels that people are asked about, in that order."""
    order = sha256(f"stream {seed}".encode()).hexdigest()
    drawn = standing_sample(np.arange(LABELS), share=SHARE, seed=seed, order=order)
    coins = [standing_coin(place, seed=seed, order=order) for place in drawn.tolist()]
    return drawn[np.argsort(coins)][:ANSWERS]


def wait_for_alarm(wrong: np.ndarray) -> int | None:
    """How many answers (n,) of booleans it takes; None when there is no alarm."""
    found = 0
    for answers, one in enumerate(wrong.tolist(), start=1):
        found += one
        if raised(answers, found):
            return answers
    return None


def streams(count: int) -> dict[float, list[int | None]]:
    """True error -> the wait of each stream. The same draws for all errors."""
    waits: dict[float, list[int | None]] = {error: [] for error, *_ in EXPECTED}
    doubt = np.linspace(0, 2, LABELS)  # mean 1
    for seed in range(count):
        places, chance = asked(seed), np.random.default_rng(seed)
        for error, *_ in EXPECTED:
            waits[error].append(wait_for_alarm(chance.random(LABELS)[places] < error * doubt[places]))
    return waits


def bars_of(waits: dict[float, list[int | None]]) -> list[dict[str, Any]]:
    bars = []
    print("\n| true error | streams | alarms | median answers to the alarm |\n|---|---|---|---|")
    for error, low, high, usual in EXPECTED:
        heard = [wait for wait in waits[error] if wait is not None]
        share = len(heard) / len(waits[error])
        median = float(np.median(heard)) if heard else 0.0
        print(f"| {error:.0%} | {len(waits[error]):,} | {share:.1%} | {median:.0f} |")
        name = f"alarms at {error:.0%} true error"
        bars.append(bar(name, share, "share of streams", f"{low} to {high}", holds=low <= share <= high))
        if usual:
            near = abs(median / usual - 1) <= NEAR
            bars.append(bar(f"{name}: median answers", median, "answers", f"{usual} +- {NEAR:.0%}", holds=near))
    return bars


def bar(name: str, value: float, unit: str, target: str, *, holds: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "holds": holds}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="200 streams instead of 1,000")
    parser.add_argument("--json", type=Path, help="write settings and bars")
    given = parser.parse_args()
    settings = {
        "streams": 200 if given.quick else 1000,
        "labels": LABELS, "answers": ANSWERS, "allowed": ALLOWED, "risk": ALARM.risk, "least": ALARM.least,
    }  # fmt: skip
    print("Settings:", json.dumps(settings))
    bars = bars_of(streams(int(settings["streams"])))
    print("\n| bar | value | target | holds |\n|---|---|---|---|")
    for b in bars:
        print(f"| {b['name']} | {b['value']:.4g} | {b['target']} | {'yes' if b['holds'] else 'NO'} |")
    if given.json:
        given.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1))
    return 0 if all(b["holds"] for b in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
