"""How fast is a round of learning, and how much memory does it take? Through the child process's own code.

100,000 texts (agnews repeated, each copy with a word of its own) and 60,000 small images (the PNGs of mnist repeated),
2,000 labels: features, training with out-of-fold probabilities, scores, explanations. CPU seconds after the imports,
one thread. Then the same with kept features, as every later round has them, and all with twice the objects.

python bench/features.py --data FOLDER [--quick] [--json FILE]    --quick: a tenth of the objects and of the seconds
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from labeling.learners.classifier import fit
from labeling.learners.sources import features_of
from labeling.learners.threads import one_thread

ROOT = Path(__file__).parents[1]
LABELED = 2000
CHILD = """
import json, re, sys, time
from pathlib import Path
from labeling.learners import run
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
begun, imports = time.process_time(), peak()
metrics = run.run(Path(sys.argv[1]))
told = {"cpu": time.process_time() - begun, "peak": peak(), "imports": imports}
print(json.dumps({**told, "seconds": metrics["seconds"], "accuracy": metrics["oof_accuracy"]}))
"""


@dataclass(frozen=True)
class Subject:
    """bar: CPU s for everything."""

    folder: str
    medium: str
    objects: int
    bar: float


SUBJECTS = (Subject("agnews", "text", 100_000, 8.0), Subject("mnist", "image", 60_000, 15.0))


def entries(data: Path, subject: Subject, count: int) -> Iterator[tuple[dict[str, str], int]]:
    """What the child reads of each object, and its true class."""
    rows = [json.loads(line) for line in (data / subject.folder / "truth.manifest").read_text().splitlines()]
    for place in range(count):
        row = rows[place % len(rows)]
        if subject.medium == "text":
            yield {"text": f"{row['source']} own{place}"}, row["truth"]
        else:
            yield {"path": str((data / subject.folder / row["source-ref"]).absolute())}, row["truth"]


def prepare(folder: Path, data: Path, subject: Subject, count: int) -> None:
    """2,000 labels, spread over the first lap of the data: no labelled object has a labelled copy."""
    folder.mkdir(parents=True)
    classes = len(json.loads((data / subject.folder / "categories.json").read_text())["labels"])
    params = {"medium": subject.medium, "classes": classes, "seed": 1, "ask": 1000, "features": str(folder / "kept")}
    (folder / "params.json").write_text(json.dumps(params))
    truth = np.zeros(count, dtype=np.int64)
    name = "texts.jsonl" if subject.medium == "text" else "images.jsonl"
    with (folder / name).open("w") as lines:
        for place, (entry, true) in enumerate(entries(data, subject, count)):
            lines.write(json.dumps(entry, ensure_ascii=False) + "\n")
            truth[place] = true
    first_lap = min(count, 7600)
    labelled = np.random.default_rng(1).choice(first_lap, min(LABELED, first_lap // 2), replace=False)
    labels = np.full(count, -1)
    labels[labelled] = truth[labelled]
    np.savez(folder / "inputs.npz", labels=labels, closed=np.zeros(count, dtype=bool))


def run(folder: Path) -> dict[str, Any]:
    """In a process of its own with the environment that the flow gives it."""
    (folder / "metrics.json").unlink(missing_ok=True)
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder)], env=environment, capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def scoring_peak(folder: Path, subject: Subject) -> float:
    """MB that scoring needs at once beside features and result."""
    classes = json.loads((folder / "params.json").read_text())["classes"]
    made = features_of(folder, medium=subject.medium, classes=classes, cache=folder / "kept")
    with np.load(folder / "inputs.npz") as given:
        labels = given["labels"]
    known = np.flatnonzero(labels >= 0)
    with one_thread():
        model = fit(made.features[known], labels[known], classes=classes, seed=1)
        tracemalloc.start()
        result = model.probabilities(made.features)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return (peak - result.nbytes) / 2**20


def measure(data: Path, folder: Path, subject: Subject, share: float) -> list[dict[str, Any]]:
    count = round(subject.objects * share)
    bars, peaks, scoring = [], {}, {}
    for objects in (count, 2 * count):
        place = folder / f"{subject.folder}-{objects}"
        prepare(place, data, subject, objects)
        cold = run(place)
        kept = run(place)
        peaks[objects], scoring[objects] = cold["peak"], scoring_peak(place, subject)
        seconds = (f"{cold['seconds']['features']:.2f}", f"{cold['seconds']['learn']:.2f}", f"{cold['cpu']:.2f}")
        memory = (f"{cold['peak']:.0f}", f"{cold['imports']:.0f}", f"{scoring[objects]:.0f}")
        cells = (subject.folder, f"{objects:,}", *seconds, f"{kept['cpu']:.2f}", *memory, f"{cold['accuracy']:.3f}")
        print(f"| {' | '.join(cells)} |", flush=True)
        if objects == count:
            limit, again = subject.bar * share, max(1.0 * share, 0.5)
            bars.append(bar(f"{subject.folder}: features, train, score", cold["cpu"], "CPU s", limit))
            bars.append(bar(f"{subject.folder}: the same, features kept", kept["cpu"], "CPU s", again))
    growth = scoring[2 * count] / max(1.0, scoring[count])
    return [*bars, bar(f"{subject.folder}: scoring memory at twice the objects", growth, "times", 1.2)]


def bar(name: str, value: float, unit: str, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": f"<= {limit:g}", "holds": value <= limit}


COLUMNS = (
    "data", "objects", "features, CPU s", "learn and score", "all", "all, features kept", "peak MB", "of these imports",
    "scoring MB", "accuracy out of fold",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with agnews/ and mnist/")
    parser.add_argument("--quick", action="store_true", help="a tenth of the objects")
    parser.add_argument("--json", type=Path, help="write settings and bars")
    given = parser.parse_args()
    share = 0.1 if given.quick else 1.0
    settings = {"share": share, "labeled": LABELED}
    print("Settings:", json.dumps(settings))
    print(f"\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    with tempfile.TemporaryDirectory() as folder:
        bars = [one for subject in SUBJECTS for one in measure(given.data, Path(folder), subject, share)]
    print("\n| bar | value | target | holds |\n|---|---|---|---|")
    for b in bars:
        print(f"| {b['name']} | {b['value']:.3g} {b['unit']} | {b['target']} | {'yes' if b['holds'] else 'NO'} |")
    if given.json:
        given.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1))
    return 0 if all(b["holds"] for b in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
