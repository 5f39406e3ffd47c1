"""Features and labels -> calibrated class probabilities, for the pool and, out of fold, for the labelled objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression, SGDClassifier

from labeling.learners.threads import one_thread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
STRENGTH = 4.0  # C of the logistic regression: 1 to 10 differ by less than a point on every set tried
LARGE = 50_000  # labels above which stochastic gradient descent takes over
CHUNK = 20_000  # rows scored at once
FLOOR = 1e-9


class Features(Protocol):
    """(n, f) float32, a dense array or a CSR matrix: rows can be chosen."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __getitem__(self, rows: Any, /) -> Any: ...


@dataclass(frozen=True)
class Classifier:
    """A fitted model. `estimator` is None while only one class has been seen; then that class has probability 1."""

    estimator: LogisticRegression | SGDClassifier | None
    seen: Ints  # (s,) class ids among the labels, ascending
    classes: int
    temperature: float = 1.0

    def probabilities(self, features: Features) -> Floats:
        """(n, classes), rows sum to 1; classes never seen among the labels get 0. Chunked: memory is that of the
        result."""
        result = np.zeros((features.shape[0], self.classes))
        if self.estimator is None:
            result[:, self.seen[0]] = 1.0
            return result
        for start in range(0, len(result), CHUNK):
            rows = slice(start, start + CHUNK)
            raw = np.asarray(self.estimator.predict_proba(features[rows]), dtype=np.float64)
            result[rows, self.seen] = at_temperature(raw, self.temperature)
        return result


def at_temperature(probabilities: Floats, temperature: float) -> Floats:
    """Soften (above 1) or sharpen (below 1) each row; zeros stay zero. Source: Guo et al. 2017."""
    logs = np.log(np.maximum(probabilities, FLOOR)) / temperature
    powers = np.where(probabilities > 0, np.exp(logs - logs.max(axis=1, keepdims=True)), 0.0)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def folds_of(labels: Ints, *, seed: int) -> Ints:
    """(n,) fold 0..4 of each labelled object, shuffled and dealt class by class, so that rare classes are spread."""
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    folds = np.empty(len(labels), dtype=np.int64)
    folds[order] = np.arange(len(labels)) % FOLDS
    return folds


def fit(features: Features, labels: Ints, *, classes: int, seed: int) -> Classifier:
    """Fit once, uncalibrated. labels: (n,) class ids, n >= 1. Raises ValueError without labels."""
    if not len(labels):
        raise ValueError("a classifier needs at least one label")
    seen = np.unique(labels).astype(np.int64)
    if len(seen) == 1:
        return Classifier(None, seen, classes)
    estimator: Any
    if len(labels) > LARGE:
        estimator = SGDClassifier(loss="log_loss", alpha=1 / (STRENGTH * len(labels)), random_state=seed, max_iter=20)
    else:
        estimator = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
    with one_thread():
        estimator.fit(features, labels)
    return Classifier(estimator, seen, classes)


def fit_calibrated(features: Features, labels: Ints, *, classes: int, seed: int) -> tuple[Classifier, Floats]:
    """The model on all labels, and the (n, classes) probabilities of each labelled object by a model that did not see
    it.

    Both are calibrated by one temperature, found on the out-of-fold probabilities. Same labels, same seed: same
    numbers.
    """
    folds = folds_of(labels, seed=seed)
    held_out = np.zeros((len(labels), classes))
    for fold in np.unique(folds):
        inside = folds != fold
        if not inside.any():  # a single label: nothing is known without it
            held_out[:] = 1.0 / classes
            break
        model = fit(features[inside], labels[inside], classes=classes, seed=seed)
        held_out[~inside] = model.probabilities(features[~inside])
    temperature = best_temperature(held_out, labels)
    whole = fit(features, labels, classes=classes, seed=seed)
    return Classifier(whole.estimator, whole.seen, classes, temperature), at_temperature(held_out, temperature)


def best_temperature(probabilities: Floats, labels: Ints) -> float:
    """The temperature in [0.2, 5] with the least log loss; 1 for fewer than 20 labels, where it would follow chance."""
    if len(labels) < 20:
        return 1.0
    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        right = at_temperature(probabilities, float(np.exp(log_temperature)))[rows, labels]
        return float(-np.log(np.maximum(right, FLOOR)).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.2), np.log(5.0)), method="bounded", options={"xatol": 1e-3})
    return float(np.exp(found.x))
