"""How many labels does it take? Our queries against random ones, and those of modAL, scikit-activeml and small-text.

For each set and strategy: labels until a model reaches 98 % of the accuracy that the labels of the whole pool give, on
a held-out quarter that nobody is asked about. Features, classifier and batches are the same for all; only the choice
of the next batch differs. Ours begins with the clustered cold start, the others with as many random objects. CPU
seconds are those of choosing, one thread.

python bench/queries.py --data FOLDER [--seeds 3] [--sets agnews,mnist,digits,banking77] [--quick] [--json FILE]

Peers that are not installed (bench/requirements.txt) are left out. --quick: digits and mnist, one seed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).parents[1]))

from labeling.learners.classifier import Classifier, fit
from labeling.learners.images import image_features
from labeling.learners.query import cold_start, query
from labeling.learners.sources import decode_image
from labeling.learners.text import text_features
from labeling.learners.threads import one_thread

SHARE = 0.98  # of the accuracy with all labels
SMOOTH = 3  # models in a row, this one in the middle: one lucky batch is no arrival
MOST = 4500  # labels after which a strategy has not arrived
BARS = {"mnist": 0.45, "agnews": 0.40}  # margin's labels over random's


@dataclass(frozen=True)
class Pool:
    """features, truth: of everything. open: places that may be asked; held: those that measure."""

    features: Any
    truth: np.ndarray
    classes: int
    open: np.ndarray
    held: np.ndarray
    batch: int
    start: int


@dataclass(frozen=True)
class Turn:
    """What a strategy may look at: the model so far, its probabilities of the candidates (n, classes), their places."""

    pool: Pool
    model: Classifier
    proba: np.ndarray
    candidates: np.ndarray
    labelled: np.ndarray
    seed: int

    @property
    def count(self) -> int:
        return min(self.pool.batch, len(self.candidates))


Strategy = Callable[[Turn], np.ndarray]


def ours(turn: Turn) -> np.ndarray:
    whole = np.zeros((len(turn.pool.truth), turn.pool.classes))
    whole[turn.candidates] = turn.proba
    return query(whole, turn.pool.features, turn.candidates, turn.count, seed=turn.seed)


def at_random(turn: Turn) -> np.ndarray:
    generator = np.random.default_rng([turn.seed, len(turn.labelled)])
    return generator.choice(turn.candidates, turn.count, replace=False)


class Told:
    """A classifier as the peers want one: it gives the probabilities that the common model gave."""

    def __init__(self, proba: np.ndarray) -> None:
        self.proba, self.classes_ = proba, np.arange(proba.shape[1])

    def predict_proba(self, rows: Any, *_: Any, **__: Any) -> np.ndarray:
        return self.proba


def modal_margin(turn: Turn) -> np.ndarray:
    from modAL.uncertainty import margin_sampling

    chosen = margin_sampling(Told(turn.proba), turn.pool.features[turn.candidates], n_instances=turn.count)
    return turn.candidates[np.asarray(chosen[0] if isinstance(chosen, tuple) else chosen)]


def modal_entropy(turn: Turn) -> np.ndarray:
    from modAL.uncertainty import entropy_sampling

    chosen = entropy_sampling(Told(turn.proba), turn.pool.features[turn.candidates], n_instances=turn.count)
    return turn.candidates[np.asarray(chosen[0] if isinstance(chosen, tuple) else chosen)]


def skactiveml_margin(turn: Turn) -> np.ndarray:
    from skactiveml.pool._uncertainty_sampling import uncertainty_scores

    scores = uncertainty_scores(turn.proba, method="margin_sampling")
    return turn.candidates[np.argsort(-scores, kind="stable")[: turn.count]]


def skactiveml_coreset(turn: Turn) -> np.ndarray:
    """k-centre greedy on the dense features: it looks at no model."""
    from skactiveml.pool import CoreSet

    labels = np.full(len(turn.pool.truth), np.nan)
    labels[turn.labelled] = turn.pool.truth[turn.labelled]
    known = np.concatenate([turn.labelled, turn.candidates])
    rows = np.asarray(turn.pool.features[known], dtype=np.float64)
    chosen = CoreSet(random_state=turn.seed).query(rows, labels[known], batch_size=turn.count)
    return known[chosen]


def small_text_breaking_ties(turn: Turn) -> np.ndarray:
    from small_text.query_strategies.strategies import BreakingTies

    rows = np.arange(len(turn.candidates))
    chosen = BreakingTies().query(Told(turn.proba), rows, rows, rows[:0], rows[:0], n=turn.count)
    return turn.candidates[np.asarray(chosen)]


STRATEGIES: dict[str, tuple[Strategy, str]] = {
    "random": (at_random, ""),
    "ours": (ours, ""),
    "modAL margin": (modal_margin, "modAL"),
    "modAL entropy": (modal_entropy, "modAL"),
    "scikit-activeml margin": (skactiveml_margin, "skactiveml"),
    "scikit-activeml CoreSet": (skactiveml_coreset, "skactiveml"),
    "small-text BreakingTies": (small_text_breaking_ties, "small_text"),
}


def load(data: Path, name: str, seed: int) -> Pool:
    if name == "digits":
        from sklearn.datasets import load_digits

        digits = load_digits()
        grown = [(image * 15.9).astype(np.uint8) for image in digits.images]
        features: Any = image_features(len(grown), lambda place: grown[place])[0]
        truth, classes = digits.target, 10
    else:
        rows = [json.loads(line) for line in (data / name / "truth.manifest").read_text().splitlines()]
        truth = np.array([row["truth"] for row in rows])
        classes = len(json.loads((data / name / "categories.json").read_text())["labels"])
        if "source" in rows[0]:
            features = text_features([row["source"] for row in rows], classes=classes)
        else:
            features, _ = image_features(len(rows), lambda place: decode_image(data / name / rows[place]["source-ref"]))
    order = np.random.default_rng(seed).permutation(len(truth))
    cut = len(order) * 3 // 4
    batch = max(10, len(order) // (100 if classes > 20 else 200))
    return Pool(features, truth, classes, np.sort(order[:cut]), np.sort(order[cut:]), batch, max(2 * classes, 40))


def accuracy(pool: Pool, model: Classifier) -> float:
    return float((model.probabilities(pool.features[pool.held]).argmax(axis=1) == pool.truth[pool.held]).mean())


def learned(pool: Pool, labelled: np.ndarray, seed: int) -> Classifier:
    return fit(pool.features[labelled], pool.truth[labelled], classes=pool.classes, seed=seed)


def labels_needed(pool: Pool, strategy: Strategy, *, cold: bool, goal: float, seed: int) -> tuple[int | None, float]:
    """Labels until the mean accuracy of three models in a row reaches `goal`, or None; CPU s of choosing."""
    begun = time.process_time()
    if cold:
        labelled = cold_start(pool.features, pool.open, pool.start, seed=seed)
    else:
        labelled = np.random.default_rng([seed, 7]).choice(pool.open, pool.start, replace=False)
    spent = time.process_time() - begun
    reached: list[float] = []
    while len(labelled) <= min(MOST, len(pool.open)):
        model = learned(pool, labelled, seed)
        reached.append(accuracy(pool, model))
        if len(reached) >= SMOOTH and np.mean(reached[-SMOOTH:]) >= goal:
            return len(labelled) - pool.batch * (SMOOTH // 2), spent
        candidates = np.setdiff1d(pool.open, labelled)
        if not len(candidates):
            break
        turn = Turn(pool, model, model.probabilities(pool.features[candidates]), candidates, labelled, seed)
        begun = time.process_time()
        labelled = np.concatenate([labelled, strategy(turn)])
        spent += time.process_time() - begun
    return None, spent


def installed(module: str) -> bool:
    try:
        __import__(module or "json")
    except ImportError:
        return False
    return True


def compare(data: Path, name: str, seeds: int) -> list[dict[str, Any]]:
    pools = [load(data, name, seed) for seed in range(seeds)]
    goals = [SHARE * accuracy(pool, learned(pool, pool.open, seed)) for seed, pool in enumerate(pools)]
    pool = pools[0]
    sizes = f"{len(pool.open):,} to ask, {len(pool.held):,} to measure, {pool.classes} classes, batches of {pool.batch}"
    print(f"\n{name}: {sizes}, {seeds} seeds; goal {np.mean(goals):.3f}\n\n{HEAD}", flush=True)
    means: dict[str, float] = {}
    for title, (strategy, module) in STRATEGIES.items():
        if not installed(module) or (strategy is skactiveml_coreset and sparse.issparse(pool.features)):
            continue
        runs = [
            labels_needed(one, strategy, cold=title == "ours", goal=goal, seed=seed)
            for seed, (one, goal) in enumerate(zip(pools, goals, strict=True))
        ]
        needed = [count if count is not None else MOST for count, _ in runs]
        missed = sum(count is None for count, _ in runs)
        means[title] = float(np.mean(needed))
        spread = f"{'> ' if missed else ''}{means[title]:,.0f} ({min(needed):,} to {max(needed):,})"
        ratio = f"{means[title] / means['random']:.2f}" if "random" in means else ""
        print(f"| {title} | {spread} | {ratio} | {np.mean([cpu for _, cpu in runs]):.2f} |", flush=True)
    share = means["ours"] / means["random"]
    print(f"\nours over random: {share:.2f}")
    if name not in BARS:
        return []
    limit = BARS[name]
    bar = {"name": f"{name}: labels over random's", "value": share, "unit": "share", "target": f"<= {limit}"}
    return [{**bar, "holds": share <= limit}]


HEAD = "| strategy | labels, mean (range) | over random | CPU s of choosing |\n|---|---|---|---|"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with agnews/, mnist/ and banking77/")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets", default="digits,mnist,agnews,banking77")
    parser.add_argument("--quick", action="store_true", help="digits and mnist, one seed")
    parser.add_argument("--json", type=Path, help="write settings and bars")
    given = parser.parse_args()
    sets, seeds = (["digits", "mnist"], 1) if given.quick else (given.sets.split(","), given.seeds)
    missing = sorted({module for _, module in STRATEGIES.values() if not installed(module)})
    settings = {"seeds": seeds, "sets": sets, "share": SHARE, "most": MOST, "not installed": missing}
    print("Settings:", json.dumps(settings))
    with one_thread():
        bars = [bar for name in sets for bar in compare(given.data, name, seeds)]
    print("\n| bar | value | target | holds |\n|---|---|---|---|")
    for one in bars:
        print(f"| {one['name']} | {one['value']:.3g} | {one['target']} | {'yes' if one['holds'] else 'NO'} |")
    if given.json:
        given.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1))
    return 0 if all(one["holds"] for one in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
