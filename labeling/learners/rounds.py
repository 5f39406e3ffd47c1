"""One round of learning on arrays: labels in; calibrated predictions, an order and the next questions out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.learners.classifier import Classifier, Features, fit_calibrated
from labeling.learners.correctness import learn_correctness
from labeling.learners.groups import groups_of
from labeling.learners.query import cold_start, query

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Learned:
    """What a round gives. N objects in the job, L of them labelled by people, C classes.

    Without a single label `trained` is False, `picks` is a clustered cold start and the other arrays are empty.
    """

    trained: bool
    picks: Ints  # (<= ask,) objects to ask people about next, the most useful first
    proba: NDArray[np.float32]  # (N, C) calibrated
    predicted: Ints  # (N,)
    confidence: Floats  # (N,) probability of the predicted class
    score: Floats  # (N,) learned probability that the prediction is right: the order for auto-labeling
    readable: Bools  # (N,) False: features could not be made; never label these by machine
    oof_index: Ints  # (L,) the labelled objects
    oof_proba: Floats  # (L, C) by models that did not see the object
    oof_predicted: Ints  # (L,)
    oof_score: Floats  # (L,)


def learn(
    features: Features,
    labels: Ints,
    closed: Bools,
    *,
    classes: int,
    ask: int,
    seed: int,
    readable: Bools | None = None,
    groups: Ints | None = None,
) -> tuple[Learned, Classifier | None]:
    """Train on every people's label, cold.

    features: (N, f). labels: (N,) class ids, -1 = none. closed: (N,) True = never pick. groups: (N,) equal numbers,
    from 0, for objects known to belong together; near-duplicates are found here. Raises ValueError on a label outside
    0..classes-1. Same arguments, same numbers.
    """
    if len(labels) and (labels.max() >= classes or labels.min() < -1):
        raise ValueError(f"labels must lie in -1..{classes - 1}")
    usable = np.ones(len(labels), dtype=np.bool_) if readable is None else readable
    candidates = np.flatnonzero((labels < 0) & ~closed & usable).astype(np.int64)
    labelled = np.flatnonzero((labels >= 0) & usable).astype(np.int64)
    if not len(labelled):
        return _untrained(cold_start(features, candidates, ask, seed=seed), usable, classes), None
    known, seen = features[labelled], labels[labelled]
    model, held_out = fit_calibrated(known, seen, classes=classes, seed=seed, groups=groups_of(known, groups, labelled))
    correctness = learn_correctness(held_out, labels[labelled])
    probabilities = model.probabilities(features)
    kept = probabilities.astype(np.float32)  # rounding can make a tie: the prediction is taken from what is kept
    learned = Learned(
        trained=True,
        picks=query(probabilities, features, candidates, ask, seed=seed),
        proba=kept,
        predicted=kept.argmax(axis=1).astype(np.int64),
        confidence=probabilities.max(axis=1),
        score=np.where(usable, correctness.score(probabilities), 0.0),
        readable=usable,
        oof_index=labelled,
        oof_proba=held_out,
        oof_predicted=held_out.argmax(axis=1).astype(np.int64),
        oof_score=correctness.score(held_out),
    )
    return learned, model


def _untrained(picks: Ints, readable: Bools, classes: int) -> Learned:
    none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Learned(
        trained=False,
        picks=picks,
        proba=np.zeros((0, classes), dtype=np.float32),
        predicted=none,
        confidence=nothing,
        score=nothing,
        readable=readable,
        oof_index=none,
        oof_proba=np.zeros((0, classes)),
        oof_predicted=none,
        oof_score=nothing,
    )
