"""Does the list of doubtful labels find the wrong ones? Labels with planted errors, beside cleanlab where it installs.

    python bench/doubts.py --data FOLDER [--seeds 3] [--quick] [--json FILE]

FOLDER holds `agnews/`, `banking77/` and `mnist/`. Out-of-fold probabilities are those of the product's own learner,
trained on the labels with their errors; every method ranks by the same ones. Random: any other class; alike: the class
that the model takes it for most. cleanlab (bench/requirements.txt) is left out when it is missing. Exits 1 when a bar
doesn't hold.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.learning import Pool, load
from labeling.learners.classifier import fit_calibrated
from labeling.learners.doubts import doubt

SETS = ("agnews", "banking77", "mnist")
RATES = (0.05, 0.10)
CHEAPER = {"banking77": 1}  # its seeds at most: twelve seconds of training each
NEAR = 0.04  # average precision that own may stay below cleanlab's default in one cell
DEFAULT = "cleanlab self_confidence"
FIRST_SEED = 1
Rows = dict[str, list[tuple[float, ...]]]
Cell = tuple[str, dict[str, float]]  # what was measured, and each method's average precision


def main() -> int:
    arguments = _arguments()
    seeds = 1 if arguments.quick else arguments.seeds
    sets = ("agnews",) if arguments.quick else SETS
    begun = time.process_time()
    settings: dict[str, object] = {
        "seeds": seeds,
        "sets": ", ".join(sets),
        "cleanlab": _version(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    print("Settings:", ", ".join(f"{name} {value}" for name, value in settings.items()))
    print("\n| Set | Errors | Method | Average precision | AUROC | Right among first k (k: errors) | Found | CPU s |")
    print(f"|{'---|' * 8}")
    cells = [cell for name in sets for cell in measure(name, load(arguments.data / name), seeds)]
    bars = judge(cells)
    settings["CPU s"] = round(time.process_time() - begun, 1)
    for bar in bars:
        print(f"{bar['name']:<66} {bar['value']} {bar['target']}{'' if bar['holds'] else '  does not hold'}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1) + "\n", encoding="utf-8")
    return 0 if all(bar["holds"] for bar in bars) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="holds agnews/, banking77/, mnist/")
    parser.add_argument("--seeds", type=int, default=3, help="draws of the errors")
    parser.add_argument("--quick", action="store_true", help="one seed of agnews")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write settings and bars here")
    return parser.parse_args()


def _version() -> str:
    try:
        import cleanlab
    except ImportError:
        return "not installed"
    return str(cleanlab.__version__)


def measure(name: str, pool: Pool, seeds: int) -> list[Cell]:
    """Prints a line a method and kind of errors."""
    alike = _alike(pool)
    cells = []
    for kind in ("random", "alike"):
        for rate in RATES:
            rows: Rows = {}
            for seed in range(FIRST_SEED, FIRST_SEED + min(seeds, CHEAPER.get(name, seeds))):
                labels, wrong = plant(pool, rate, seed, alike if kind == "alike" else None)
                _, proba = fit_calibrated(pool.features, labels, classes=pool.classes, seed=seed)
                for method, score_of in methods().items():
                    started = time.process_time()
                    score, found = score_of(labels, proba)
                    seconds = time.process_time() - started
                    rows.setdefault(method, []).append((*judged(score, found, wrong), seconds))
            cells.append(_print(name, f"{rate:.0%} {kind}", rows))
    return cells


def plant(pool: Pool, rate: float, seed: int, alike: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """(n,) labels with errors and (n,) which are wrong. alike: (C,) the class that each is taken for."""
    rng = np.random.default_rng(seed)
    labels = pool.truth.copy()
    wrong = rng.random(len(labels)) < rate
    shift = rng.integers(1, pool.classes, len(labels))
    other = (labels + shift) % pool.classes if alike is None else alike[labels]
    return np.where(wrong, other, labels), wrong


def _alike(pool: Pool) -> np.ndarray:
    _, proba = fit_calibrated(pool.features, pool.truth, classes=pool.classes, seed=0)
    taken = np.array([proba[pool.truth == one].sum(axis=0) for one in range(pool.classes)])
    np.fill_diagonal(taken, -1.0)
    return taken.argmax(axis=1)


Scored = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray | None]]


def methods() -> dict[str, Scored]:
    """Method -> (labels, probabilities) to (doubt of each, which are reported as errors or None)."""
    found: dict[str, Scored] = {"own": own, "probability of the label": lambda y, p: (-p[np.arange(len(y)), y], None)}
    try:
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores
    except ImportError:
        return found

    def scored(method: str, *, adjusted: bool) -> Scored:
        def run(labels: np.ndarray, proba: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
            score = -get_label_quality_scores(labels, proba, method=method, adjust_pred_probs=adjusted)
            return score, find_label_issues(labels, proba, n_jobs=1) if method == "self_confidence" else None

        return run

    found["cleanlab self_confidence"] = scored("self_confidence", adjusted=False)
    found["cleanlab self_confidence, adjusted"] = scored("self_confidence", adjusted=True)
    found["cleanlab normalized_margin"] = scored("normalized_margin", adjusted=False)
    found["cleanlab confidence_weighted_entropy"] = scored("confidence_weighted_entropy", adjusted=False)
    return found


def own(labels: np.ndarray, proba: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    found = doubt(labels, proba)
    return found.score, found.suspect


def judged(score: np.ndarray, found: np.ndarray | None, wrong: np.ndarray) -> tuple[float, ...]:
    """Average precision, AUROC, right among the first as many as there are errors, precision and recall of `found`."""
    first = np.argsort(-score, kind="stable")[: wrong.sum()]
    some = found is not None and found.any()
    precision = float(wrong[found].mean()) if some else np.nan
    recall = float(found[wrong].mean()) if found is not None else np.nan
    return (
        float(average_precision_score(wrong, score)),
        float(roc_auc_score(wrong, score)),
        float(wrong[first].mean()),
        precision,
        recall,
    )


def _print(name: str, errors: str, rows: Rows) -> Cell:
    means = {method: np.mean(values, axis=0) for method, values in rows.items()}
    for method, (precision, area, first, right, recall, seconds) in means.items():
        found = "" if np.isnan(right) else f"{recall:.0%}, {right:.0%} of them errors"
        print(
            f"| {name} | {errors} | {method} | {precision:.3f} | {area:.3f} | {first:.1%} | {found} | {seconds:.2f} |",
            flush=True,
        )
    return f"{name}, {errors}", {method: float(value[0]) for method, value in means.items()}


def judge(cells: list[Cell]) -> list[dict[str, object]]:
    """In the mean over all cells own is ahead of every other method; nowhere is it far behind the usual one."""
    overall = {method: float(np.mean([cell[method] for _, cell in cells])) for method in cells[0][1]}
    print("\nmean average precision: " + ", ".join(f"{method} {value:.3f}" for method, value in overall.items()))
    bars = [
        _bar(f"mean average precision, against {method}", overall["own"], overall[method])
        for method in overall
        if method != "own"
    ]
    usual = DEFAULT if DEFAULT in overall else "probability of the label"
    return bars + [_bar(f"{name}: average precision", cell["own"], cell[usual] - NEAR) for name, cell in cells]


def _bar(name: str, value: float, least: float) -> dict[str, object]:
    return {"name": name, "value": round(value, 3), "unit": "", "target": f">= {least:.3f}", "holds": value >= least}


if __name__ == "__main__":
    sys.exit(main())
