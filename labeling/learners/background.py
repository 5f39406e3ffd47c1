"""What a model's explanations are measured against: the average object of the pool, and the names of the columns."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from labeling.errors import BadRequest
from labeling.learners.classifier import Features, Floats, Ints
from labeling.learners.sources import Made
from labeling.learners.terms import Terms, packed, unpacked

CHUNK = 20_000  # rows


@dataclass(frozen=True)
class Background:
    """mean: (f,) over every object of the pool; spread: (f,) mean distance from it. terms: of texts, else none.

    class_means: (classes, f) over the objects that the model gives each class, for dense features, else None; the row
    of a class that is given to none is the mean.
    """

    mean: Floats
    spread: Floats
    terms: tuple[Terms, ...]
    class_means: Floats | None


def background_of(features: Features, predicted: Ints, *, classes: int, terms: tuple[Terms, ...] = ()) -> Background:
    """features: (N, f), N >= 1; predicted: (N,) class ids."""
    mean = _mean(features)
    spread = _spread(features, mean)
    if sparse.issparse(features):
        return Background(mean, spread, terms, None)
    groups = [np.flatnonzero(predicted == category) for category in range(classes)]
    class_means = np.stack([_mean(features, rows) if len(rows) else mean for rows in groups])
    return Background(mean, spread, terms, class_means)


def _mean(features: Features, rows: Ints | None = None) -> Floats:
    """(f,), chunk by chunk: dense features of a large pool are not copied."""
    count = features.shape[0] if rows is None else len(rows)
    total = np.zeros(features.shape[1])
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        chosen = features[part if rows is None else rows[part]]
        total += np.asarray(chosen.sum(axis=0, dtype=np.float64)).ravel()
    return np.asarray(total / count, dtype=np.float64)


def _spread(features: Features, mean: Floats) -> Floats:
    """(f,) mean of |value - mean|: times a weight it is how far a feature moves things on average."""
    total = np.zeros(features.shape[1])
    for start in range(0, features.shape[0], CHUNK):
        part = features[start : start + CHUNK]
        if sparse.issparse(part):
            far = np.abs(part.data - mean[part.indices])
            total += np.bincount(part.indices, weights=far, minlength=len(mean))
            total += (part.shape[0] - part.getnnz(axis=0)) * np.abs(mean)
        else:
            total += np.abs(part - mean).sum(axis=0)
    return np.asarray(total / features.shape[0], dtype=np.float64)


def save_background(path: Path, made: Made, predicted: Ints, *, classes: int) -> None:
    """Of texts the same pool gives the same bytes whatever the model, so that storage keeps them once."""
    background = background_of(made.features, predicted, classes=classes, terms=made.terms)
    arrays: dict[str, NDArray[Any]] = {"mean": background.mean, "spread": background.spread, **packed(background.terms)}
    if background.class_means is not None:
        arrays["class_means"] = background.class_means
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def load_background(raw: bytes) -> Background:
    """Raises BadRequest for bytes that are none."""
    try:
        with np.load(BytesIO(raw), allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        return Background(arrays["mean"], arrays["spread"], unpacked(arrays), arrays.get("class_means"))
    except (OSError, ValueError, KeyError, EOFError) as problem:
        raise BadRequest("What this model is explained by can't be read.", where="background.npz") from problem
