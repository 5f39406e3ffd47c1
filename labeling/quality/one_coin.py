"""One-coin model: each worker is right with one probability whatever the class, and else any other class alike.

For few answers or many classes, where confusion matrices would be guessed. Class shares are flat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labeling.quality.posterior import normalised, settled
from labeling.quality.votes import Floats, Ints, VoteTable
from labeling.quality.voting import vote_shares

STRENGTH = 4.0  # answers that the mean of all workers counts in each one's accuracy
EXPECTED, EXPECTED_ANSWERS = 0.85, 8.0  # what is believed of people before anything is known, and how firmly
LEAST, MOST = 0.02, 0.995


@dataclass(frozen=True)
class Coins:
    """accuracy: (workers,); pooled: of a worker we know nothing of; posterior: (objects, classes)."""

    accuracy: Floats
    pooled: float
    posterior: Floats


def log_odds(accuracy: Floats, n_classes: int) -> Floats:
    """What a vote adds to the logarithm of its class's weight, the other classes having 0."""
    bounded = np.clip(accuracy, LEAST, MOST)
    return np.asarray(np.log(bounded) - np.log((1 - bounded) / max(n_classes - 1, 1)), dtype=float)


def log_likelihood(table: VoteTable, accuracy: Floats) -> Floats:
    """(objects, classes), up to a constant a row."""
    cells = table.objects * table.n_classes + table.answers
    weights = log_odds(accuracy, table.n_classes)[table.workers]
    sums = np.bincount(cells, weights, table.n_objects * table.n_classes)
    return np.asarray(sums.reshape(-1, table.n_classes), dtype=float)


def one_coin(
    table: VoteTable, *, voice: Floats | None = None, known: Ints | None = None, rounds: int = 40, close: float = 1e-5
) -> Coins:
    """Expectation maximisation from the vote's shares.

    voice: (objects, classes), logarithms of a model's probabilities; known: (objects,), the class or -1.
    Source: the homogeneous Dawid-Skene model (Li and Yu 2014), with accuracies drawn to the pooled one.
    """
    posterior = settled(vote_shares(table), known)
    answered = table.answers_per_worker()
    accuracy, pooled = np.full(table.n_workers, EXPECTED), EXPECTED
    for _ in range(rounds):
        right = np.bincount(table.workers, posterior[table.objects, table.answers], table.n_workers)
        pooled = float((right.sum() + EXPECTED * EXPECTED_ANSWERS) / (answered.sum() + EXPECTED_ANSWERS))
        accuracy = (right + STRENGTH * pooled) / (answered + STRENGTH)
        scores = log_likelihood(table, accuracy)
        before, posterior = posterior, settled(normalised(scores if voice is None else scores + voice), known)
        if np.abs(posterior - before).max(initial=0) < close:
            break
    return Coins(np.clip(accuracy, LEAST, MOST), min(max(pooled, LEAST), MOST), posterior)
