"""Real crowds: our models against the plain vote, with all answers and with three of each object's."""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from labeling.quality.crowd import decide, learn
from labeling.quality.dawid_skene import dawid_skene
from labeling.quality.one_coin import one_coin
from labeling.quality.votes import vote_table
from labeling.quality.voting import majority

Votes = list[list[tuple[str, int]]]
CROWDS = {"bluebirds": 2, "dogs": 4, "rte": 2}
PUBLISHED = {"bluebirds": 88.9, "dogs": 84.3, "rte": 92.8}  # crowd-kit's Dawid-Skene with all answers, same data
TOLERANCE = 0.0  # points that our own method may be below the vote at three answers
METHODS = ("vote", "one-coin", "Dawid-Skene", "own")


def measure_classes(folder: Path, draws: int) -> list[dict[str, object]]:
    """Prints accuracies; returns the bars."""
    print(
        f"\n{'crowd':<10} {'answers':>8} "
        + " ".join(f"{name:>12}" for name in METHODS)
        + f" {'confidence':>11} {'CPU s':>6}"
    )
    bars: list[dict[str, object]] = []
    for crowd, n_classes in CROWDS.items():
        votes, truth = _load(folder, crowd)
        everything = _accuracies(votes, truth, n_classes)
        _print(crowd, "all", everything)
        thin = [_accuracies(_three(votes, np.random.default_rng(seed)), truth, n_classes) for seed in range(draws)]
        three = {name: float(np.mean([one[name] for one in thin])) for name in thin[0]}
        _print(crowd, "three", three)
        least = PUBLISHED[crowd] - 1
        bars.append(
            _bar(
                f"{crowd}, all answers: own accuracy", everything["own"], f">= {least:.1f}", everything["own"] >= least
            )
        )
        holds = three["own"] >= three["vote"] - TOLERANCE
        bars.append(
            _bar(
                f"{crowd}, three answers: own accuracy against the vote's",
                three["own"],
                f">= {three['vote']:.1f}",
                holds,
            )
        )
    return bars


def measure_scale() -> list[dict[str, object]]:
    """Skills of 20,000 simulated votes, and each object's consolidation by them."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 4, 6_667)
    votes = [[(f"w{worker}", _noisy(one, 0.8, 4, rng)) for worker in rng.choice(60, 3, replace=False)] for one in truth]
    started = time.process_time()
    crowd = learn(votes, 4)
    learned = time.process_time()
    for one in votes:
        decide(one, crowd, 4)
    ended = time.process_time()
    print(
        f"\n20,000 votes, 4 classes: skills {learned - started:.2f} CPU s, "
        f"6,667 consolidations {ended - learned:.2f} CPU s"
    )
    seconds = ended - started
    return [_bar("20,000 votes: skills and every consolidation", seconds, "<= 1.5", seconds <= 1.5, unit="s", digits=2)]


def _noisy(truth: int, accuracy: float, n_classes: int, rng: np.random.Generator) -> int:
    return int(truth) if rng.random() < accuracy else int((truth + rng.integers(1, n_classes)) % n_classes)


def _accuracies(votes: Votes, truth: np.ndarray, n_classes: int) -> dict[str, float]:
    table = vote_table(votes, n_classes)
    started = time.process_time()
    crowd = learn(votes, n_classes)
    verdicts = [decide(one, crowd, n_classes) for one in votes]
    seconds = time.process_time() - started
    return {
        "vote": 100 * float((majority(table) == truth).mean()),
        "one-coin": 100 * float((one_coin(table).posterior.argmax(axis=1) == truth).mean()),
        "Dawid-Skene": 100 * float((dawid_skene(table).posterior.argmax(axis=1) == truth).mean()),
        "own": 100 * float(np.mean([verdict[0] == one for verdict, one in zip(verdicts, truth, strict=True)])),
        "confidence": 100 * float(np.mean([verdict[1] for verdict in verdicts])),
        "seconds": seconds,
    }


def _load(folder: Path, crowd: str) -> tuple[Votes, np.ndarray]:
    given: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in _rows(folder / f"{crowd}.answers.csv"):
        given[row["data_object"]].append((row["worker"], int(row["answer"])))
    truth = {row["data_object"]: int(row["truth"]) for row in _rows(folder / f"{crowd}.truth.csv")}
    return [given[name] for name in truth], np.array(list(truth.values()))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _three(votes: Votes, rng: np.random.Generator) -> Votes:
    return [[one[place] for place in rng.permutation(len(one))[:3]] for one in votes]


def _print(crowd: str, answers: str, row: dict[str, float]) -> None:
    figures = " ".join(f"{row[name]:>12.1f}" for name in METHODS)
    print(f"{crowd:<10} {answers:>8} {figures} {row['confidence']:>11.1f} {row['seconds']:>6.2f}")


def _bar(name: str, value: float, target: str, holds: bool, unit: str = "%", digits: int = 1) -> dict[str, object]:
    return {"name": name, "value": round(value, digits), "unit": unit, "target": target, "holds": bool(holds)}
