"""Is it worth it to go by what texts mean? Speed of the language model, accuracy, and whole jobs replayed.

python bench/embeddings.py --data FOLDER [--parts speed accuracy jobs] [--seeds 3] [--kept FOLDER] [--json FILE]

Needs the extra: make embeddings. Accuracy: the job's own classifier and its calibration on 500, 1,000 and 2,000 labels
drawn at random, on all other objects; mean of the seeds. Jobs: those of banking77 with a promise of 95 %, through the
decisions that the flow calls, as bench/learning.py replays them, by words and by meaning. --kept: where the language
model's rows are kept, so that a second run begins with them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).parents[1]))

from learning_people import People
from learning_pools import Pool, load
from learning_replay import Replay

from labeling.learners.classifier import fit_calibrated
from labeling.learners.embeddings import Embedder, model_folder
from labeling.learners.meaning import LENGTH, features_by_meaning
from labeling.learners.threads import one_thread
from labeling.quality.audit import Promise

LABELS = (500, 1_000, 2_000)
LENGTHS = (1.0, 2.0, 4.0, 8.0)
TIMED = 1_000
PARTS, WAYS = ("speed", "accuracy", "jobs"), ("words", "meaning")
ALLOWED = 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with banking77/ and agnews/")
    parser.add_argument("--sets", nargs="+", choices=("banking77", "agnews"), default=["banking77", "agnews"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="jobs take minutes")
    parser.add_argument("--first", type=int, metavar="N", help="of each set, its first N objects alone")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS), help="of the jobs")
    parser.add_argument("--kept", type=Path, help="folder for the language model's rows")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    model = model_folder()
    if model is None:
        parser.error("The language model is not installed: make embeddings")
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, one_thread():
        kept = given.kept or Path(folder)
        for name in given.sets:
            texts = texts_of(name, given.data)[: given.first]
            words = load(name, given.data)
            words = replace(words, features=words.features[: len(texts)], truth=words.truth[: len(texts)])
            pools = {"words": words, "meaning": replace(words, features=meaning_of(texts, model, kept / name))}
            if "speed" in given.parts:
                found.append(told(speed(name, texts, model)))
            if "accuracy" in given.parts:
                found += [told(one) for one in accuracies(*pools.values(), seeds=given.seeds)]
            if "jobs" in given.parts and name == "banking77":
                seeds = range(1, given.seeds + 1)
                found += [told(replayed(way, pools[way], seed)) for seed in seeds for way in given.ways]
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))
    return 0


def told(row: dict[str, Any]) -> dict[str, Any]:
    print(
        " | ".join(
            f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in row.items()
        )
    )
    sys.stdout.flush()
    return row


def texts_of(name: str, data: Path) -> list[str]:
    lines = (data / name / "truth.manifest").read_text().splitlines()
    return [json.loads(line)["source"] for line in lines]


def meaning_of(texts: list[str], model: Path, folder: Path) -> np.ndarray:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "texts.jsonl").open("w") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
    return features_by_meaning(folder, model=model, cache=folder / "rows").features


def speed(name: str, texts: list[str], model: Path) -> dict[str, Any]:
    """The first texts, in the order of their lengths, as a training run takes them."""
    embedder = Embedder(model)
    texts = sorted(texts[:TIMED], key=len)
    begun = time.process_time()
    embedder.rows(texts)
    return {"set": name, "texts a CPU second": len(texts) / (time.process_time() - begun)}


def ways_of(words: Pool, meaning: Pool) -> Iterator[tuple[str, Any]]:
    yield "words", words.features
    for length in LENGTHS:
        yield f"meaning, length {length:g}", meaning.features * np.float32(length / LENGTH)
    both = sparse.hstack([words.features, sparse.csr_matrix(meaning.features)], format="csr", dtype=np.float32)
    yield "words and meaning", both


def accuracies(words: Pool, meaning: Pool, *, seeds: int) -> Iterator[dict[str, Any]]:
    for way, features in ways_of(words, meaning):
        for count in LABELS:
            begun = time.process_time()
            scores = [_accuracy(words, features, count, seed) for seed in range(seeds)]
            took = (time.process_time() - begun) / seeds
            right, loss = np.mean(scores, axis=0)
            yield {
                "set": words.name, "by": way, "labels": count, "right": float(right), "log loss": float(loss),
                "CPU s": took,
            }  # fmt: skip


def _accuracy(pool: Pool, features: Any, count: int, seed: int) -> tuple[float, float]:
    order = np.random.default_rng(seed).permutation(len(pool.truth))
    known, others = order[:count], order[count:]
    model, _ = fit_calibrated(features[known], pool.truth[known], classes=pool.classes, seed=seed)
    said = model.probabilities(features[others])
    right = said[np.arange(len(others)), pool.truth[others]]
    return float((said.argmax(axis=1) == pool.truth[others]).mean()), float(-np.log(np.maximum(right, 1e-9)).mean())


def replayed(way: str, pool: Pool, seed: int) -> dict[str, Any]:
    people = People(pool.truth, pool.classes, pool.prices(), seed=seed)
    outcome = Replay(pool, Promise(ALLOWED), people, seed=seed, rounds={}).run()
    return {
        "set": pool.name, "job by": way, "seed": seed, "machine": outcome.share, "error": outcome.error,
        "answers": outcome.answers, "looks": outcome.looks, "seconds": outcome.seconds,
        "of by hand": outcome.seconds / outcome.by_hand, "wrong of all": outcome.final_error,
        "rounds": outcome.rounds, "CPU s": outcome.cpu,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
