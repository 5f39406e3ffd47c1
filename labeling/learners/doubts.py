"""Which of people's labels the model doubts most: the order in which a lead looks for errors among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EXPECTED = 0.05  # share of wrong labels before the job has shown any
SPREAD = 0.5  # beside the errors that a class shows, half as many again are spread evenly over all classes
CHUNK = 20_000  # labels worked on at once
TINY = 1e-12


@dataclass(frozen=True)
class Doubts:
    """Of n labels.

    order: (n,) places, the most doubtful first. score: (n,) in [0, 1], the chance that the label is wrong if the model
    is right about its own chances. suspect: (n,) whether that is more likely than not, or the model says another class
    with the assurance that is usual for it. suggested: (n,) the likeliest other class.
    """

    order: Ints
    score: Floats
    suspect: Bools
    suggested: Ints


def doubt(labels: Ints, proba: Floats) -> Doubts:
    """Doubts about labels from probabilities of models that did not learn from them.

    labels: (n,) class ids; proba: (n, C), rows add up to 1. Raises ValueError on other shapes or unknown classes. The
    order of the labels does not matter but among equals.

    Bayes' rule in two passes. The first takes every wrong class for equally likely, and shows which classes people
    take for which; the second weighs with that. People mistake what is alike, so a label that many such objects have
    is doubted at a probability at which another is not. A third pass would take the model's own weak classes for
    people's errors. `suspect` is the rule of confident learning (Northcutt, Jiang and Chuang 2021): a class counts as
    said when its probability reaches the mean that labels of this class have.
    """
    if proba.ndim != 2 or len(labels) != len(proba):
        raise ValueError(f"{len(labels)} labels for probabilities of shape {proba.shape}")
    n_classes = proba.shape[1]
    if len(labels) and (labels.min() < 0 or labels.max() >= n_classes):
        raise ValueError(f"labels must lie in 0..{n_classes - 1}")
    given = _mistaken(_joint(labels, proba, _even(n_classes)))
    usual = usual_assurance(labels, proba)
    score, suspect, suggested = np.zeros(len(labels)), np.zeros(len(labels), np.bool_), np.zeros(len(labels), np.int64)
    for start in range(0, len(labels), CHUNK):
        rows = slice(start, start + CHUNK)
        own, chances = labels[rows], np.array(proba[rows], dtype=np.float64)
        places = np.arange(len(own))
        score[rows] = 1.0 - _truth(own, chances, given)[places, own]
        said = np.where(chances >= usual, chances, -1.0)
        suspect[rows] = (score[rows] > 0.5) | (said.max(axis=1) >= 0) & (said.argmax(axis=1) != own)
        chances[places, own] = -1.0
        suggested[rows] = chances.argmax(axis=1)
    return Doubts(np.argsort(-score, kind="stable").astype(np.int64), score, suspect, suggested)


def usual_assurance(labels: Ints, proba: Floats) -> Floats:
    """(C,): the mean probability that labels of each class have; for a class without labels 1, which is hardly ever
    reached."""
    n_classes = proba.shape[1]
    counts = np.bincount(labels, minlength=n_classes)
    sums = np.bincount(labels, proba[np.arange(len(labels)), labels], n_classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), 1.0)


def _even(n_classes: int) -> Floats:
    """(true class, given class): how likely people give each, rows adding up to 1."""
    given = np.full((n_classes, n_classes), EXPECTED / max(n_classes - 1, 1))
    np.fill_diagonal(given, 1 - EXPECTED)
    return given


def _truth(labels: Ints, proba: Floats, given: Floats) -> Floats:
    """(n, C): how likely each class is the true one, from the model and the label."""
    weights = proba * given[:, labels].T
    return np.asarray(weights / (weights.sum(axis=1, keepdims=True) + TINY), dtype=np.float64)


def _joint(labels: Ints, proba: Floats, given: Floats) -> Floats:
    """(true class, given class): how many labels are expected to be of each pair."""
    joint = np.zeros_like(given)
    for start in range(0, len(labels), CHUNK):
        rows = slice(start, start + CHUNK)
        np.add.at(joint.T, labels[rows], _truth(labels[rows], proba[rows], given))
    return joint


def _mistaken(joint: Floats) -> Floats:
    """(true class, given class) chances from counts, a part of the errors spread evenly; rows add up to 1."""
    n_classes = len(joint)
    errors = joint.copy()
    np.fill_diagonal(errors, 0.0)
    shown = errors.sum(axis=1, keepdims=True)
    spread = (errors + SPREAD * shown / max(n_classes - 1, 1)) / (1 + SPREAD)
    np.fill_diagonal(spread, np.diag(joint))
    spread += 1e-3 / n_classes
    return np.asarray(spread / spread.sum(axis=1, keepdims=True), dtype=np.float64)
