"""Bayes' rule on rows of logarithms, and the model's voice in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.quality.votes import Floats, Ints

UNSURE = 0.02  # of a model's voice is spread evenly, so that a model alone can never rule a class out
FEW = 30  # objects, below which nothing is learned of a model
POWERS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)  # what `tempering` chooses among


def normalised(log_weights: Floats) -> Floats:
    """(n, classes) of logarithms -> (n, classes) of probabilities, rows adding up to 1."""
    shifted = np.exp(log_weights - log_weights.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=float)


def voice(prior: Floats, tempering: float) -> Floats:
    """Logarithms of a model's class probabilities, (n, classes), to the power `tempering`; nan rows are silent.

    A model that learned from the very votes that it joins may be too sure of itself, and one that learned from many
    wrong ones is not sure enough: see `tempering`.
    """
    silent = np.isnan(prior).any(axis=-1, keepdims=True)
    n_classes = prior.shape[-1]
    spread = np.where(silent, 1.0 / n_classes, (1 - UNSURE) * prior + UNSURE / n_classes)
    if tempering <= 1:
        return np.asarray(tempering * np.log(spread), dtype=float)
    louder = normalised(tempering * np.log(spread))  # and never surer than it may be at 1
    return np.asarray(np.log((1 - UNSURE) * louder + UNSURE / n_classes), dtype=float)


def tempering(prior: Floats, votes: Floats) -> float:
    """How far to believe a model: the power under which its probabilities explain the votes best.

    prior: (objects, classes), nan rows where it is silent; votes: (objects, classes), log likelihood of each object's
    votes given each class. Evidence of a power: sum over objects of log sum over classes of voice * likelihood.
    Powers that explain them alike are told apart by their nearness to 1. With fewer than 30 objects the grid is not
    searched and 0.75 holds.
    """
    heard = ~np.isnan(prior).any(axis=1)
    if heard.sum() < FEW:
        return 0.75
    best, best_evidence = 0.0, -np.inf
    for power in POWERS:
        evidence = float(log_sum(np.log(normalised(voice(prior[heard], power))) + votes[heard]).sum()) - strangeness(
            power
        )
        if evidence > best_evidence:
            best, best_evidence = power, evidence
    return best


def strangeness(tempering: float) -> float:
    """How much better, in logarithms, a power must explain the votes than 1 does to be believed in its place."""
    return 5.0 * float(np.log(max(tempering, 0.5))) ** 2


def log_sum(rows: Floats) -> Floats:
    """(n, m) of logarithms -> (n,): the logarithm of each row's sum."""
    top = rows.max(axis=1)
    return np.asarray(top + np.log(np.exp(rows - top[:, None]).sum(axis=1)), dtype=float)


def settled(posterior: Floats, known: Ints | None) -> Floats:
    """`posterior` with certainty where the answer is known; known: (n,), -1 where it isn't."""
    if known is None:
        return posterior
    rows: NDArray[np.intp] = np.flatnonzero(known >= 0)
    posterior[rows] = 0.0
    posterior[rows, known[rows]] = 1.0
    return posterior
