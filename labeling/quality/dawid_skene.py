"""Dawid and Skene's model: each worker has a matrix of what they answer for each true class.

Two departures, both measured: each matrix is drawn to the one of all workers together, and the class shares stay those
of the vote (refitting them, the textbook's way, runs away when answers are few).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labeling.quality.posterior import normalised, settled
from labeling.quality.votes import Floats, Ints, VoteTable
from labeling.quality.voting import vote_shares

STRENGTH = 4.0  # answers a true class that the pooled matrix counts in each worker's own
SMOOTHING = 1.0  # answers that agree, a class, in the pooled matrix before anything is known


@dataclass(frozen=True)
class Crowd:
    """confusion: (workers, true class, answer); pooled: (true class, answer); shares: (classes,).

    posterior: (objects, classes). Rows of matrices and posteriors add up to 1.
    """

    confusion: Floats
    pooled: Floats
    shares: Floats
    posterior: Floats


def dawid_skene(
    table: VoteTable, *, voice: Floats | None = None, known: Ints | None = None, rounds: int = 60, close: float = 1e-5
) -> Crowd:
    """Expectation maximisation from the vote's shares.

    voice: (objects, classes), logarithms of a model's probabilities; known: (objects,), the class or -1.
    Source: Dawid and Skene 1979, with the departures above. 20,000 votes on 4 classes take about 0.1 s.
    """
    posterior = settled(vote_shares(table), known)
    shares = (posterior.sum(axis=0) + 1) / (table.n_objects + table.n_classes)
    base = np.log(shares) if voice is None else np.log(shares) + voice
    for _ in range(rounds):
        confusion, pooled = _matrices(table, posterior)
        scores = base + log_likelihood(table, confusion)
        before, posterior = posterior, settled(normalised(scores), known)
        if np.abs(posterior - before).max(initial=0) < close:
            break
    return Crowd(confusion, pooled, shares, posterior)


def log_likelihood(table: VoteTable, confusion: Floats) -> Floats:
    """(objects, classes): logarithm of the probability of each object's votes, given each class."""
    rows = np.log(confusion)[table.workers, :, table.answers]
    return np.stack([np.bincount(table.objects, row, table.n_objects) for row in rows.T], axis=1)


def _matrices(table: VoteTable, posterior: Floats) -> tuple[Floats, Floats]:
    cells = table.workers * table.n_classes + table.answers
    size = table.n_workers * table.n_classes
    counts = np.stack([np.bincount(cells, share, size) for share in posterior[table.objects].T], axis=0)
    counts = counts.reshape(table.n_classes, table.n_workers, table.n_classes).transpose(1, 0, 2)
    pooled = counts.sum(axis=0) + SMOOTHING * (np.eye(table.n_classes) + 0.1 / table.n_classes)
    pooled = pooled / pooled.sum(axis=1, keepdims=True)
    own = counts + STRENGTH * pooled
    return own / own.sum(axis=2, keepdims=True), pooled
