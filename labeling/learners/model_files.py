"""Model files by skops, never pickle: plain data and an allow-list of types; anything else is refused before it
loads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from sklearn.linear_model import LogisticRegression, SGDClassifier
from skops import io as skops_io

from labeling.errors import Invalid
from labeling.learners.classifier import Classifier
from labeling.learners.several import SeveralClassifier

TODO = "Train the model again; model files from elsewhere are not loaded."
ALLOWED = frozenset(
    {
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.linear_model._stochastic_gradient.SGDClassifier",
        "sklearn.linear_model._sgd_fast.Log",
        "sklearn._loss.link.LogitLink",
    }
)


class ForeignModel(Invalid):
    """A model file that holds types we don't load, or no model of ours."""

    code = "foreign-model"


def save_model(model: Classifier | SeveralClassifier, path: Path) -> str:
    """Write `path`; returns the digest of the learned arrays."""
    if isinstance(model, SeveralClassifier):
        skops_io.dump({"classes": [_state(one) for one in model.models]}, path)
        return hashlib.sha256("".join(digest_of(one) for one in model.models).encode()).hexdigest()
    skops_io.dump(_state(model), path)
    return digest_of(model)


def _state(model: Classifier) -> dict[str, Any]:
    return {
        "estimator": model.estimator,
        "seen": model.seen,
        "classes": model.classes,
        "temperature": model.temperature,
    }


def load_model(path: Path) -> Classifier:
    """Raises ForeignModel for a file with other types than ours, before any of them is built."""
    with _told(path):
        return _model(_load(path), path)


def load_several(path: Path) -> SeveralClassifier:
    """Of a job with several classes an object. Raises ForeignModel like `load_model`."""
    with _told(path):
        return SeveralClassifier(tuple(_model(one, path) for one in _load(path)["classes"]))


def _load(path: Path) -> Any:
    _check_room(path)
    foreign = sorted(set(skops_io.get_untrusted_types(file=path)) - ALLOWED)
    if foreign:
        raise ForeignModel(f"The model file holds the type {foreign[0]}.", where=path.name, todo=TODO)
    return skops_io.load(path, trusted=sorted(ALLOWED))


def _model(state: Any, path: Path) -> Classifier:
    if not isinstance(state["estimator"], LogisticRegression | SGDClassifier | None):
        raise ForeignModel(f"The model file holds a {type(state['estimator']).__name__}.", where=path.name, todo=TODO)
    return Classifier(state["estimator"], state["seen"], int(state["classes"]), float(state["temperature"]))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (BadZipFile, KeyError, TypeError, ValueError, AttributeError, OSError, EOFError) as problem:
        raise ForeignModel(f"This is no model file of ours: {problem}", where=path.name, todo=TODO) from problem


def _check_room(path: Path) -> None:
    """Our files are not packed, so what they say they hold is no more than they are: no few bytes become many."""
    with ZipFile(path) as file:
        held = sum(part.file_size for part in file.infolist())
    if held > path.stat().st_size:
        raise ForeignModel(
            "The model file is packed, or says that it holds more than it does.", where=path.name, todo=TODO
        )


def digest_of(model: Classifier) -> str:
    """Of the learned arrays, rounded to 6 digits: same labels, seed and library versions give the same."""
    digest = hashlib.sha256(model.seen.astype("<i8").tobytes())
    numbers = [np.array([model.temperature])]
    if model.estimator is not None:
        numbers += [model.estimator.coef_, model.estimator.intercept_]
    for array in numbers:
        digest.update((np.round(array.astype("<f8"), 6) + 0.0).tobytes())  # + 0.0: no negative zeros
    return digest.hexdigest()
