"""Train in a process of its own: `python -m labeling.learners.run FOLDER`. Files in, files out; no database, no
network.

In:  params.json   {"medium": "text" | "image", "classes": C, "seed": s, "ask": n, "features": cache path without
suffix or null}
     inputs.npz    labels (N,) int64, -1 = none; closed (N,) bool, True = don't ask
     texts.jsonl   {"text": ...} a line, or images.jsonl {"path": ...} a line
Out: outputs.npz   the arrays of `rounds.Learned`;  model.skops and background.npz (what its explanations need), if
there was a label;  metrics.json, written last

A folder with metrics.json is finished: running it again does nothing. Exit 2 and one sentence when the input is wrong.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from labeling.errors import BadRequest, Problem
from labeling.learners.background import save_background
from labeling.learners.metrics import arrays_digest, quality_of
from labeling.learners.model_files import save_model
from labeling.learners.rounds import Learned, learn
from labeling.learners.sources import features_of
from labeling.learners.threads import one_thread


@dataclass(frozen=True)
class Params:
    medium: str
    classes: int
    seed: int
    ask: int
    features: Path | None


def run(folder: Path) -> dict[str, Any]:
    """Do the folder's work, or nothing if it is done; returns metrics. Raises Problem when the input is wrong."""
    done = folder / "metrics.json"
    if done.exists():
        metrics: dict[str, Any] = json.loads(done.read_text())
        return metrics
    params = read_params(folder)
    labels, closed = _inputs(folder)
    with one_thread():
        metrics = _work(folder, params, labels, closed)
    half = folder / "metrics.half"
    half.write_text(json.dumps(metrics, indent=1, sort_keys=True))
    half.replace(done)
    return metrics


def read_learned(folder: Path) -> Learned:
    """The arrays of a finished run. Raises BadRequest if there are none."""
    try:
        with np.load(folder / "outputs.npz", allow_pickle=False) as kept:
            arrays = {field.name: kept[field.name] for field in fields(Learned) if field.name != "trained"}
            return Learned(trained=bool(kept["trained"]), **arrays)
    except (OSError, KeyError, ValueError) as problem:
        raise BadRequest(f"The run has left no usable outputs: {problem}", where="outputs.npz") from problem


def read_params(folder: Path) -> Params:
    try:
        raw = json.loads((folder / "params.json").read_text())
        cache = Path(raw["features"]) if raw.get("features") else None
        return Params(str(raw["medium"]), int(raw["classes"]), int(raw["seed"]), int(raw["ask"]), cache)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BadRequest(f"The parameters can't be read: {problem!r}.", where="params.json") from problem


def _inputs(folder: Path) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    try:
        with np.load(folder / "inputs.npz", allow_pickle=False) as given:
            return given["labels"].astype(np.int64), given["closed"].astype(np.bool_)
    except (OSError, KeyError, ValueError) as problem:
        raise BadRequest(f"The labels can't be read: {problem!r}.", where="inputs.npz") from problem


def _work(folder: Path, params: Params, labels: np.ndarray[Any, Any], closed: np.ndarray[Any, Any]) -> dict[str, Any]:
    begun = time.process_time()
    given = features_of(folder, medium=params.medium, classes=params.classes, cache=params.features)
    features, readable = given.features, given.readable
    if not len(labels) == len(closed) == features.shape[0]:
        raise BadRequest(f"{len(labels)} labels for {features.shape[0]} objects.", where="inputs.npz")
    made = time.process_time()
    try:
        learned, model = learn(
            features, labels, closed, classes=params.classes, ask=params.ask, seed=params.seed, readable=readable
        )
    except ValueError as problem:
        raise BadRequest(str(problem), where="inputs.npz") from problem
    np.savez(folder / "outputs.npz", **{field.name: getattr(learned, field.name) for field in fields(Learned)})
    if model is not None:
        save_background(folder / "background.npz", given, learned.predicted, classes=params.classes)
    seconds = {"features": round(made - begun, 3), "learn": round(time.process_time() - made, 3)}
    versions = {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "skops")}
    return {
        "trained": learned.trained,
        "digest": arrays_digest(learned),
        "source_digest": given.digest,
        "model_digest": save_model(model, folder / "model.skops") if model else None,
        "labeled": len(learned.oof_index),
        "readable": int(readable.sum()),
        "temperature": model.temperature if model else None,
        **quality_of(learned.oof_proba, labels[learned.oof_index]),
        "seconds": seconds,
        "versions": versions,
    }


def main(arguments: list[str]) -> int:
    try:
        run(Path(arguments[0]))
    except IndexError:
        sys.stderr.write("usage: python -m labeling.learners.run FOLDER\n")
        return 2
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
