"""Scores from elsewhere -> what the loop decides by: the same arrays that a round of our own learning gives.

Where the task has classes and probabilities are given, they stand where our model's would. Elsewhere (boxes, spans,
masks, a class with one confidence) the loop asks a question of two classes, "is this prediction right?": every
prediction says 0, "right", and people's labels are 0 or 1 by the task type's own notion of right. Order, audit and
alarm can't tell the difference, and the promise needs none of these numbers to be honest: it is certified by fresh
random draws.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import IO
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from labeling.errors import BadRequest
from labeling.learners.correctness import FEW, learn_correctness
from labeling.learners.rounds import Learned
from labeling.learners.threads import one_thread

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

RIGHT, WRONG, UNKNOWN = 0, 1, -1
EDGE = 1e-4  # scores are kept so far from 0 and 1 before their odds are taken
UNLIKE = 1e-2  # how far the probabilities of one object may sum from 1


@dataclass(frozen=True)
class Given:
    """What came in about the N objects of a job.

    answers: (N,) id of the prediction, 0 = none that could stand as an answer. scores: (N,) how sure it is as a whole;
    joint: (N,) the product of its parts' confidences, 1 where none are stated; parts: (N,) how many it has.
    probabilities: (N, C) of the classes, or None where some prediction came without.
    """

    answers: Ints
    scores: Floats
    joint: Floats
    parts: Ints
    probabilities: Floats | None = None


@dataclass(frozen=True)
class Imported(Learned):
    """`Learned` from given scores, with the predictions (ids, (N,), 0 = none) whose answers the machine would give."""

    answers: Ints


def learn_given(given: Given, labels: Ints) -> Imported:
    """labels: (N,) class ids where there are probabilities, else RIGHT or WRONG; -1 = no label of people.

    Same arguments, same numbers. Raises ValueError when the arrays differ in length.
    """
    if not len(given.answers) == len(given.scores) == len(given.joint) == len(given.parts) == len(labels):
        raise ValueError("the arrays of one job differ in length")
    known = np.flatnonzero((given.answers > 0) & (labels >= 0)).astype(np.int64)
    if given.probabilities is not None:
        return _by_class(given, given.probabilities, labels, known)
    right = _chance_right(given, labels, known)
    proba = np.stack([right, 1 - right], axis=1)
    always = np.full(len(labels), RIGHT, dtype=np.int64)
    return _imported(given, proba, always, right, right, known)


def _by_class(given: Given, probabilities: Floats, labels: Ints, known: Ints) -> Imported:
    correctness = learn_correctness(probabilities[known], labels[known])
    kept = probabilities.astype(np.float32)  # as for a trained model: the prediction is taken from what is kept
    score = correctness.score(probabilities)
    return _imported(
        given, probabilities, kept.argmax(axis=1).astype(np.int64), probabilities.max(axis=1), score, known
    )


def _imported(given: Given, proba: Floats, predicted: Ints, confidence: Floats, score: Floats, known: Ints) -> Imported:
    readable = given.answers > 0
    score = np.where(readable, score, 0.0)
    return Imported(
        trained=True,
        picks=np.zeros(0, dtype=np.int64),  # more labels teach a foreign model nothing
        proba=proba.astype(np.float32),
        predicted=predicted,
        confidence=confidence,
        score=score,
        readable=readable,
        oof_index=known,
        oof_proba=proba[known],
        oof_predicted=predicted[known],
        oof_score=score[known],
        answers=given.answers,
    )


def _chance_right(given: Given, labels: Ints, known: Ints) -> Floats:
    """(N,) the chance that each prediction is right: learned from people's labels, or, with too few of them, the score
    as it came.

    A logistic curve in the odds of the score and of its parts together, and in their number: a picture with many boxes
    is more often wrong somewhere than its least sure box says.
    """
    right = labels[known] == RIGHT
    raw = np.clip(given.scores, 0.0, 1.0)
    if min(right.sum(), (~right).sum()) < FEW:
        return raw
    described = np.stack([_odds(raw), _odds(np.clip(given.joint, 0.0, 1.0)), -np.log1p(given.parts)], axis=1)
    mean, spread = described[known].mean(axis=0), described[known].std(axis=0)
    told = spread > 0
    if not told.any():
        return raw
    standard = (described[:, told] - mean[told]) / spread[told]
    with one_thread():
        model = LogisticRegression(C=1.0, max_iter=300).fit(standard[known], right)
    return np.asarray(model.predict_proba(standard)[:, 1], dtype=np.float64)


def _odds(shares: Floats) -> Floats:
    inside = np.clip(shares, EDGE, 1 - EDGE)
    return np.asarray(np.log(inside / (1 - inside)), dtype=np.float64)


def check_probabilities(values: NDArray[np.float64], classes: int) -> Floats:
    """(classes,) probabilities of one object as they came, brought to sum 1. Raises BadRequest: what is odd."""
    todo = "Give each class a probability from 0 to 1, in the order of the job's classes; together 1."
    if values.shape != (classes,):
        raise BadRequest(f"{len(np.atleast_1d(values))} probabilities for {classes} classes.", todo=todo)
    if not np.isfinite(values).all():
        raise BadRequest("A probability is no number.", todo=todo)
    if (values < 0).any() or (values > 1 + UNLIKE).any():
        odd = values[(values < 0) | (values > 1 + UNLIKE)][0]
        raise BadRequest(f"A probability is {odd:.6g}.", todo=todo)
    if abs(values.sum() - 1) > UNLIKE:
        raise BadRequest(f"The probabilities of one object sum to {values.sum():.6g}, not to 1.", todo=todo)
    return np.asarray(values / values.sum(), dtype=np.float64)


def save_imported(imported: Imported, stream: IO[bytes]) -> None:
    np.savez(stream, **{field.name: getattr(imported, field.name) for field in fields(Imported)})


def load_imported(stream: IO[bytes]) -> Imported:
    """Raises BadRequest for a file that holds no such arrays."""
    try:
        with np.load(stream, allow_pickle=False) as kept:
            arrays = {field.name: kept[field.name] for field in fields(Imported) if field.name != "trained"}
            return Imported(trained=bool(kept["trained"]), **arrays)
    except (OSError, KeyError, ValueError, EOFError, BadZipFile) as problem:
        raise BadRequest(f"The scores that were kept can't be read: {problem}", where="scores") from problem
