"""Train in a process of its own: `python -m labeling.learners.run FOLDER`. Files in, files out; no database, no
network.

In:  params.json   {"medium": "text" | "image", "classes": C, "seed": s, "ask": n, "features": cache path without
suffix or null}; for several classes an object also "target": "classes" and "least": 0 | 1, how many an answer has; for
texts that are learned by what they mean "text_model": the folder of a language model, see `embeddings`
     inputs.npz    labels (N,) int64, -1 = none; closed (N,) bool, True = don't ask; groups (N,) int64 if any are
known: equal for objects that belong together, -1 = none; of several classes an object: targets (N, C) uint8, and
labels that are `several.codes_of` them
     spans.jsonl   of spans: see `run_tokens`
     texts.jsonl   {"text": ...} a line, or images.jsonl {"path": ...} a line
Out: outputs.npz     the arrays of `rounds.Learned`, and split_fold and split_group (L,) of the labelled objects
     model.skops     if there was a label, as background.npz: what its explanations need (none of `text_model`, whose
features nobody can read)
     metrics.json    the record of the run; written last

A folder with metrics.json is finished: running it again does nothing. Exit 2 and one sentence when the input is wrong.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from labeling.errors import BadRequest, Problem
from labeling.learners.background import save_background
from labeling.learners.classifier import Classifier, Split
from labeling.learners.confined import confine
from labeling.learners.meaning import VERSION as MEANING
from labeling.learners.meaning import features_by_meaning
from labeling.learners.metrics import arrays_digest, quality_of, quality_of_several, record_of, reliability
from labeling.learners.model_files import save_model
from labeling.learners.rounds import Bools, Ints, Learned, learn
from labeling.learners.run_tokens import has_spans, learn_spans
from labeling.learners.several import SeveralClassifier, Targets, learn_several
from labeling.learners.sources import VERSION, Made, features_of
from labeling.learners.threads import one_thread
from labeling.learners.tokens import LearnedTokens

LIBRARIES = ("numpy", "scipy", "scikit-learn", "skops", "pillow")


@dataclass(frozen=True)
class Params:
    medium: str
    classes: int
    seed: int
    ask: int
    features: Path | None
    several: bool = False
    least: int = 0
    text_model: Path | None = None


@dataclass(frozen=True)
class Given:
    """What people have said: see `inputs.npz` above."""

    labels: Ints
    closed: Bools
    groups: Ints | None
    targets: Targets | None

    def check(self, objects: int, params: Params) -> None:
        """Raises BadRequest where the arrays don't fit the objects or the classes."""
        if params.several and (self.targets is None or self.targets.shape != (objects, params.classes)):
            raise BadRequest(f"No targets for {objects} objects and {params.classes} classes.", where="inputs.npz")
        if not len(self.labels) == len(self.closed) == objects:
            raise BadRequest(f"{len(self.labels)} labels for {objects} objects.", where="inputs.npz")
        if self.groups is not None and len(self.groups) != objects:
            raise BadRequest(f"{len(self.groups)} groups for {objects} objects.", where="inputs.npz")


def run(folder: Path) -> dict[str, Any]:
    """Do the folder's work, or nothing if it is done; returns metrics. Raises Problem when the input is wrong."""
    done = folder / "metrics.json"
    if done.exists():
        metrics: dict[str, Any] = json.loads(done.read_text())
        return metrics
    params = read_params(folder)
    given = _inputs(folder)
    with one_thread():
        metrics = _tokens(folder, params, given) if has_spans(folder) else _work(folder, params, given)
    half = folder / "metrics.half"
    half.write_text(json.dumps(metrics, indent=1, sort_keys=True))
    half.replace(done)
    return metrics


def read_learned(folder: Path) -> Learned:
    """The arrays of a finished run. Raises BadRequest if there are none."""
    try:
        with (folder / "outputs.npz").open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays = {field.name: kept[field.name] for field in fields(Learned) if field.name != "trained"}
            if "tags" in kept:
                return LearnedTokens(trained=bool(kept["trained"]), **arrays, tags=kept["tags"], begins=kept["begins"])
            return Learned(trained=bool(kept["trained"]), **arrays)
    except (OSError, KeyError, ValueError, EOFError, BadZipFile) as problem:
        raise BadRequest(f"The run has left no usable outputs: {problem}", where="outputs.npz") from problem


def read_params(folder: Path) -> Params:
    try:
        raw = json.loads((folder / "params.json").read_text())
        cache = Path(raw["features"]) if raw.get("features") else None
        several, least = raw.get("target", "class") == "classes", int(raw.get("least", 0))
        known = (str(raw["medium"]), int(raw["classes"]), int(raw["seed"]), int(raw["ask"]), cache, several, least)
        return Params(*known, text_model=Path(raw["text_model"]) if raw.get("text_model") else None)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BadRequest(f"The parameters can't be read: {problem!r}.", where="params.json") from problem


def _inputs(folder: Path) -> Given:
    try:
        with np.load(folder / "inputs.npz", allow_pickle=False) as given:
            groups = given["groups"].astype(np.int64) if "groups" in given else None
            targets = given["targets"].astype(np.uint8) if "targets" in given else None
            return Given(given["labels"].astype(np.int64), given["closed"].astype(np.bool_), groups, targets)
    except (OSError, KeyError, ValueError) as problem:
        raise BadRequest(f"The labels can't be read: {problem!r}.", where="inputs.npz") from problem


def _work(folder: Path, params: Params, given: Given) -> dict[str, Any]:
    begun = time.process_time()
    made = _made(folder, params)
    given.check(made.features.shape[0], params)
    ready = time.process_time()
    try:
        learned, model = _learn(params, given, made)
    except ValueError as problem:
        raise BadRequest(str(problem), where="inputs.npz") from problem
    _leave(folder / "outputs.npz", learned, model.split if model else None)
    if isinstance(model, Classifier) and params.text_model is None:
        save_background(folder / "background.npz", made, learned.predicted, classes=params.classes)
    seconds = {"features": round(ready - begun, 3), "learn": round(time.process_time() - ready, 3)}
    return {
        "trained": learned.trained,
        "digest": arrays_digest(learned),
        "source_digest": made.digest,
        "model_digest": save_model(model, folder / "model.skops") if model else None,
        "labeled": len(learned.oof_index),
        "readable": int(made.readable.sum()),
        "temperature": None,
        **_measured(params, given, learned),
        **(record_of(model) if model else {}),
        "features": f"{params.medium}-{VERSION}" if params.text_model is None else f"meaning-{MEANING}",
        "seconds": seconds,
        "versions": {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()},
    }


def _made(folder: Path, params: Params) -> Made:
    if params.text_model is not None:
        if params.medium != "text":
            raise BadRequest(f"A text_model reads no {params.medium}.", where="params.json", todo="Leave it out.")
        return features_by_meaning(folder, model=params.text_model, cache=params.features)
    return features_of(folder, medium=params.medium, classes=params.classes, cache=params.features)


def _tokens(folder: Path, params: Params, given: Given) -> dict[str, Any]:
    begun = time.process_time()
    asked: Any = {"classes": params.classes, "ask": params.ask, "seed": params.seed, "groups": given.groups}
    learned, model, record = learn_spans(folder, given.closed, **asked)
    given.check(len(learned.readable), params)
    _leave(folder / "outputs.npz", learned, None)
    return {
        **record,
        "trained": learned.trained,
        "digest": arrays_digest(learned),
        "model_digest": save_model(model, folder / "model.skops") if model else None,
        "labeled": len(learned.oof_index),
        "seconds": {"learn": round(time.process_time() - begun, 3)},
        "versions": {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()},
    }


def _learn(params: Params, given: Given, made: Made) -> tuple[Learned, Classifier | SeveralClassifier | None]:
    asked: Any = {"ask": params.ask, "seed": params.seed, "readable": made.readable, "groups": given.groups}
    if given.targets is not None and params.several:
        known = (given.labels, given.targets, given.closed)
        return learn_several(made.features, *known, least=params.least, **asked)
    return learn(made.features, given.labels, given.closed, classes=params.classes, **asked)


def _measured(params: Params, given: Given, learned: Learned) -> dict[str, Any]:
    if given.targets is not None and params.several:
        return quality_of_several(learned.oof_proba, given.targets[learned.oof_index], least=params.least)
    people = given.labels[learned.oof_index]
    right = learned.oof_predicted == people
    return {
        **quality_of(learned.oof_proba, people),
        "reliability": reliability(learned.oof_proba.max(axis=1), right) if len(right) else [],
    }


def _leave(path: Path, learned: Learned, split: Split | None) -> None:
    arrays = {field.name: getattr(learned, field.name) for field in fields(learned)}
    if split is not None:
        arrays |= {"split_fold": split.folds, "split_group": split.groups}
    np.savez(path, **arrays)


def main(arguments: list[str]) -> int:
    try:
        run(Path(arguments[0]))
    except IndexError:
        sys.stderr.write("usage: python -m labeling.learners.run FOLDER\n")
        return 2
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    except MemoryError:
        sys.stderr.write("It takes more memory than this machine has.\n")
        return 2
    return 0


if __name__ == "__main__":
    confine()
    sys.exit(main(sys.argv[1:]))
