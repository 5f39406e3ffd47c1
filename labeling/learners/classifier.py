"""Features and labels -> calibrated class probabilities, for the pool and, out of fold, for the labelled objects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
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
class Fit:
    """One step of a training. `fold`: the one that was held out, None for the model on all labels. loss, accuracy: of
    the held-out labels before the calibration, in nats; None where none were held out."""

    fold: int | None
    labels: int  # learned from
    iterations: int  # 0 where nothing had to be fitted
    loss: float | None
    accuracy: float | None


@dataclass(frozen=True)
class Split:
    """Which of the labelled objects are held out together: folds (L,) 0..4, and the groups (L,) that they keep
    whole."""

    folds: Ints
    groups: Ints


@dataclass(frozen=True)
class Classifier:
    """A fitted model. `estimator` is None while only one class has been seen; then that class has probability 1."""

    estimator: LogisticRegression | SGDClassifier | None
    seen: Ints  # (s,) class ids among the labels, ascending
    classes: int
    temperature: float = 1.0
    fits: tuple[Fit, ...] = field(default=(), compare=False)  # how it came about; not in the model file
    split: Split | None = field(default=None, compare=False)

    @property
    def iterations(self) -> int:
        return 0 if self.estimator is None else int(np.max(self.estimator.n_iter_))

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


def folds_of(labels: Ints, *, seed: int, groups: Ints | None = None) -> Ints:
    """(n,) fold 0..4 of each labelled object. A group stays whole; rare classes are spread as far as groups let them.

    labels: (n,) class ids. groups: (n,), equal for objects that must not be parted, or None for none. The large groups
    go first, each to the fold that has the fewest of its most frequent class; who is alone is dealt class by class.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(labels))
    folds = np.full(len(labels), -1, dtype=np.int64)
    kinds, classes = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(kinds), FOLDS), dtype=np.int64)
    if groups is not None:
        for members in _crowds(groups, order):
            frequent = np.bincount(classes[members]).argmax()
            fold = np.lexsort((counts.sum(axis=0), counts[frequent]))[0]
            folds[members] = fold
            np.add.at(counts, (classes[members], fold), 1)
    dealt = 0
    for kind in range(len(kinds)):
        alone = order[(folds[order] < 0) & (classes[order] == kind)]
        folds[alone] = _dealt(counts[kind], len(alone), first=dealt % FOLDS)
        dealt += len(alone)
    return folds


def _crowds(groups: Ints, order: Ints) -> list[Ints]:
    """The members of each group of more than one, the largest group first, equal ones in the order given."""
    _, inverse, sizes = np.unique(groups[order], return_inverse=True, return_counts=True)
    together = order[np.argsort(inverse, kind="stable")]
    crowds = [part for part in np.split(together, np.cumsum(sizes)[:-1]) if len(part) > 1]
    return sorted(crowds, key=len, reverse=True)


def _dealt(standing: Ints, count: int, *, first: int) -> Ints:
    """Folds for `count` more objects of a class of which the folds have `standing` (5,): always the one that has the
    fewest, in turn from `first`."""
    level = standing[:, None] + np.arange(count)[None, :]
    turns = (np.arange(FOLDS) - first) % FOLDS
    order = np.lexsort((np.repeat(turns, count), level.ravel()))[:count]
    return np.asarray(order // max(1, count), dtype=np.int64)


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
        _fit_columns(estimator, features, labels)
    return Classifier(estimator, seen, classes)


def _fit_columns(estimator: Any, features: Features, labels: Ints) -> None:
    """Fit the columns that occur at all: the others' weights stay 0 to the last bit, and of many terms most are such.

    With 77 classes and 600 short texts the fit takes a third of the time.
    """
    width = features.shape[1]
    occurring = np.unique(sparse.csr_matrix(features).indices) if sparse.issparse(features) else np.arange(width)
    if not 0 < len(occurring) < width:
        estimator.fit(features, labels)
        return
    estimator.fit(features[:, occurring], labels)
    weights = np.zeros((len(estimator.coef_), width), dtype=estimator.coef_.dtype)
    weights[:, occurring] = estimator.coef_
    estimator.coef_, estimator.n_features_in_ = weights, width


def split_of(labels: Ints, *, seed: int, groups: Ints | None = None) -> Split:
    """See `folds_of`; without groups each object is alone."""
    alone = np.arange(len(labels), dtype=np.int64)
    return Split(folds_of(labels, seed=seed, groups=groups), alone if groups is None else groups)


def fit_calibrated(
    features: Features,
    labels: Ints,
    *,
    classes: int,
    seed: int,
    groups: Ints | None = None,
    split: Split | None = None,
) -> tuple[Classifier, Floats]:
    """The model on all labels, and the (n, classes) probabilities of each labelled object by a model that has seen
    neither it nor anything of its group.

    groups: (n,) as `folds_of` takes them; None: each object is alone. split: one that is given instead. Both results
    are calibrated by one temperature, found on the out-of-fold probabilities. Same labels, same groups, same seed: same
    numbers.
    """
    split = split or split_of(labels, seed=seed, groups=groups)
    held_out = np.full((len(labels), classes), 1.0 / classes)
    fits = []
    for fold in np.unique(split.folds).tolist():
        inside = split.folds != fold
        if not inside.any():  # a single label, or a single group: nothing is known without it
            break
        model = fit(features[inside], labels[inside], classes=classes, seed=seed)
        held_out[~inside] = model.probabilities(features[~inside])
        fits.append(_told(fold, model, int(inside.sum()), held_out[~inside], labels[~inside]))
    temperature = best_temperature(held_out, labels)
    whole = fit(features, labels, classes=classes, seed=seed)
    fits.append(Fit(None, len(labels), whole.iterations, None, None))
    return replace(whole, temperature=temperature, fits=tuple(fits), split=split), at_temperature(held_out, temperature)


def _told(fold: int, model: Classifier, learned_from: int, probabilities: Floats, labels: Ints) -> Fit:
    given = np.maximum(probabilities[np.arange(len(labels)), labels], FLOOR)
    right = probabilities.argmax(axis=1) == labels
    return Fit(fold, learned_from, model.iterations, float(-np.log(given).mean()), float(right.mean()))


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
