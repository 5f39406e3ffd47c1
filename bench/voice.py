"""Does the model's voice make better labels of few answers? Thin simulated crowds, beside cleanlab's CROWDLAB.

    python bench/voice.py --data FOLDER [--seeds 5] [--quick] [--json FILE]

FOLDER holds `agnews/` and `banking77/`. Each object has one to three answers, of 40 workers who are right 55 to 98 %
of the time and one in ten of whom answers at random. The model is the product's own, trained on what consolidation
makes of these very answers; its voice is out of fold. Skills and labels come from the task type, as the flow calls it.
CROWDLAB gets the same answers and probabilities; it is left out when cleanlab (bench/requirements.txt) is missing.
Exits 1 when a bar doesn't hold.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.learning import Pool, load
from labeling.learners.rounds import learn
from labeling.task_types.base import Answered, Category, MediaFacts, Question, Skills, Vote
from labeling.task_types.classes import Choice
from labeling.task_types.registry import task_type

SETS = ("agnews", "banking77")
WORKERS = 40
RANDOM = 0.1  # of the workers
SKILL = (0.55, 0.98)
METHODS = ("vote", "own", "model alone", "CROWDLAB", "own with the model's voice")
TYPE = task_type("text-classification")
Outcome = tuple[np.ndarray, np.ndarray]  # (n,) labels and (n,) confidences


@dataclass(frozen=True)
class Crowd:
    question: Question
    votes: list[tuple[Vote[Choice], ...]]


def main() -> int:
    arguments = _arguments()
    seeds = 1 if arguments.quick else arguments.seeds
    sets = SETS[:1] if arguments.quick else SETS
    begun = time.process_time()
    settings: dict[str, object] = {
        "seeds": seeds,
        "workers": WORKERS,
        "cleanlab": _version(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    print("Settings:", ", ".join(f"{name} {value}" for name, value in settings.items()))
    print("\n| Set | Method | Accuracy % | sd | AUROC of the confidence | Mean confidence % | CPU s |")
    print(f"|{'---|' * 7}")
    bars = [bar for name in sets for bar in measure(name, load(arguments.data / name), seeds)]
    settings["CPU s"] = round(time.process_time() - begun, 1)
    print(f"\n{'bar':<66} {'value':>8} {'target':>12}")
    for bar in bars:
        print(f"{bar['name']:<66} {bar['value']:>8} {bar['target']:>12}{'' if bar['holds'] else '  does not hold'}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1) + "\n", encoding="utf-8")
    return 0 if all(bar["holds"] for bar in bars) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="holds agnews/ and banking77/")
    parser.add_argument("--seeds", type=int, default=5, help="crowds a set")
    parser.add_argument("--quick", action="store_true", help="one crowd of agnews")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write settings and bars here")
    return parser.parse_args()


def _version() -> str:
    try:
        import cleanlab
    except ImportError:
        return "not installed"
    return str(cleanlab.__version__)


def measure(name: str, pool: Pool, seeds: int) -> list[dict[str, object]]:
    """Prints a line a method; returns the bars."""
    rows: dict[str, list[tuple[float, ...]]] = {}
    for seed in range(1, seeds + 1):
        for method, (outcome, seconds) in replay(pool, seed).items():
            rows.setdefault(method, []).append((*_judged(outcome, pool.truth), seconds))
    means = {method: np.mean(rows[method], axis=0) for method in METHODS if method in rows}
    for method, (accuracy, area, confidence, seconds) in means.items():
        spread = np.std([row[0] for row in rows[method]])
        print(
            f"| {name} | {method} | {accuracy:.1f} | {spread:.1f} | {area:.3f} | {confidence:.1f} | {seconds:.2f} |",
            flush=True,
        )
    voiced = means["own with the model's voice"]
    bars = []
    for other in ("own", "CROWDLAB"):
        if other in means:
            for place, what in enumerate(("accuracy", "AUROC")):
                value, least = float(voiced[place]), float(means[other][place])
                words = f"{name}: {what} with the voice, against {other}"
                bars.append({"name": words, "value": round(value, 3), "unit": "", "target": f"> {least:.3f}"})
                bars[-1]["holds"] = value > least
    return bars


def replay(pool: Pool, seed: int) -> dict[str, tuple[Outcome, float]]:
    """Method -> its labels and confidences, and its CPU seconds (of the model alone: training out of fold)."""
    crowd = hired(pool, seed)
    found: dict[str, tuple[Outcome, float]] = {"vote": _timed(lambda: vote(crowd, pool.classes))}
    found["own"] = _timed(lambda: consolidated(crowd, None))
    labels, begun = found["own"][0][0], time.process_time()
    nobody = np.zeros(len(labels), dtype=np.bool_)
    learned, _ = learn(pool.features, labels, nobody, classes=pool.classes, ask=0, seed=seed)
    seconds = time.process_time() - begun
    proba = np.full((len(labels), pool.classes), 1 / pool.classes)
    proba[learned.oof_index] = learned.oof_proba
    found["model alone"] = (proba.argmax(axis=1), proba.max(axis=1)), seconds
    found["own with the model's voice"] = _timed(lambda: consolidated(crowd, proba))
    theirs = crowdlab(crowd, proba)
    if theirs is not None:
        found["CROWDLAB"] = theirs
    return found


def hired(pool: Pool, seed: int) -> Crowd:
    """One to three answers an object."""
    rng = np.random.default_rng([seed, 77])
    skill = rng.uniform(*SKILL, WORKERS)
    skill[: round(RANDOM * WORKERS)] = 1 / pool.classes
    votes = []
    for truth in pool.truth.tolist():
        chosen = rng.choice(WORKERS, rng.integers(1, 4), replace=False)
        right = rng.random(len(chosen)) < skill[chosen]
        other = (truth + rng.integers(1, pool.classes, len(chosen))) % pool.classes
        said = np.where(right, truth, other).tolist()
        votes.append(tuple(Vote(f"w{who:02}", Choice(answer)) for who, answer in zip(chosen, said, strict=True)))
    categories = tuple(Category(str(one)) for one in range(pool.classes))
    return Crowd(Question(categories, MediaFacts("text")), votes)


def consolidated(crowd: Crowd, proba: np.ndarray | None) -> Outcome:
    priors = [None] * len(crowd.votes) if proba is None else list(proba)
    job = [Answered(crowd.question, votes, prior) for votes, prior in zip(crowd.votes, priors, strict=True)]
    skills: Skills = TYPE.skills(job)
    verdicts = [TYPE.consolidate(one, skills) for one in job]
    return np.array([one.answer.category for one in verdicts]), np.array([one.confidence for one in verdicts])


def vote(crowd: Crowd, classes: int) -> Outcome:
    """The class that most chose, a tie by lot; confidence is its share of the votes."""
    counts = np.zeros((len(crowd.votes), classes))
    for place, votes in enumerate(crowd.votes):
        for one in votes:
            counts[place, one.answer.category] += 1
    lots = np.random.default_rng(5).random(counts.shape) * 1e-3
    labels = (counts + lots).argmax(axis=1)
    return labels, counts.max(axis=1) / counts.sum(axis=1)


def crowdlab(crowd: Crowd, proba: np.ndarray) -> tuple[Outcome, float] | None:
    try:
        from cleanlab.multiannotator import get_label_quality_multiannotator
    except ImportError:
        return None
    table = np.full((len(crowd.votes), WORKERS), np.nan)
    for place, votes in enumerate(crowd.votes):
        for one in votes:
            table[place, int(one.worker[1:])] = one.answer.category
    begun = time.process_time()
    quality = get_label_quality_multiannotator(table, proba, verbose=False)["label_quality"]
    seconds = time.process_time() - begun
    return (quality["consensus_label"].to_numpy(int), quality["consensus_quality_score"].to_numpy(float)), seconds


def _timed(work: Callable[[], Outcome]) -> tuple[Outcome, float]:
    begun = time.process_time()
    outcome = work()
    return outcome, time.process_time() - begun


def _judged(outcome: Outcome, truth: np.ndarray) -> tuple[float, ...]:
    """Accuracy in %, AUROC of the confidence as a sign of being right, mean confidence in %."""
    labels, confidence = outcome
    right = labels == truth
    area = float(roc_auc_score(right, confidence)) if 0 < right.sum() < len(right) else float("nan")
    return 100 * float(right.mean()), area, 100 * float(confidence.mean())


if __name__ == "__main__":
    sys.exit(main())
