"""Simulated crowds whose truth is known."""

from __future__ import annotations

import numpy as np

Votes = list[list[tuple[str, int]]]


def crowd(
    accuracies: list[float], n_objects: int = 200, n_classes: int = 3, per_object: int = 3, seed: int = 1
) -> tuple[Votes, np.ndarray]:
    """Each object answered by some of the workers w0, w1 ..., who are right as often as `accuracies` says."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_classes, n_objects)
    votes = []
    for one in truth:
        workers = rng.choice(len(accuracies), per_object, replace=False)
        votes.append([(f"w{worker}", _answer(int(one), accuracies[worker], n_classes, rng)) for worker in workers])
    return votes, truth


def _answer(truth: int, accuracy: float, n_classes: int, rng: np.random.Generator) -> int:
    return truth if rng.random() < accuracy else int((truth + rng.integers(1, n_classes)) % n_classes)
