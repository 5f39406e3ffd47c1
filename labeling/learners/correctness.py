"""The learned correctness score: how likely a prediction is right. It orders the pool for auto-labeling.

Out-of-fold "was the prediction right?" regressed on log-odds of the top class, margin, entropy and predicted class.
Measured against the plain confidence: as good where the task is easy, up to ten points more machine labels where it is
hard, because it learns which predicted classes are not to be trusted. No promise rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from labeling.learners.threads import one_thread
from labeling.learners.uncertainty import Floats, entropy, log_odds, margin

FEW = 10  # right or wrong predictions below which nothing can be learned from them


@dataclass(frozen=True)
class Correctness:
    """`model` is None where there was too little to learn from: then the score is the top probability."""

    model: LogisticRegression | None
    mean: Floats
    spread: Floats

    def score(self, probabilities: Floats) -> Floats:
        """(n, classes) -> (n,) in [0, 1], higher = surer."""
        return self.of(_describe(probabilities), otherwise=probabilities.max(axis=1))

    def of(self, described: Floats, *, otherwise: Floats) -> Floats:
        """(n, d) as learned from, and (n,) the score where nothing was."""
        if self.model is None:
            return np.asarray(otherwise, dtype=np.float64)
        return np.asarray(self.model.predict_proba((described - self.mean) / self.spread)[:, 1], dtype=np.float64)


def learn_correctness(out_of_fold: Floats, labels: NDArray[np.int64]) -> Correctness:
    """out_of_fold: (n, classes) of the labelled objects; labels: (n,) people's class ids."""
    return learn_from(_describe(out_of_fold), out_of_fold.argmax(axis=1) == labels)


def learn_from(described: Floats, right: NDArray[np.bool_]) -> Correctness:
    """described: (n, d) numbers about each out-of-fold prediction; right: (n,)."""
    mean = described.mean(axis=0) if len(described) else np.zeros(described.shape[1])
    spread = described.std(axis=0) if len(described) else np.ones(described.shape[1])
    spread = np.where(spread > 0, spread, 1.0)
    if min(right.sum(), (~right).sum()) < FEW:
        return Correctness(None, mean, spread)
    with one_thread():
        model = LogisticRegression(C=1.0, max_iter=300).fit((described - mean) / spread, right)
    return Correctness(model, mean, spread)


def _describe(probabilities: Floats) -> Floats:
    """(n, 3 + classes): the three measures, then which class was predicted."""
    measures = np.stack([log_odds(probabilities), margin(probabilities), entropy(probabilities)], axis=1)
    predicted = np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]
    return np.concatenate([measures, predicted], axis=1)
