"""Numbers about a trained model, all from out-of-fold probabilities, and a digest of what a run gave."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, fields
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from labeling.learners.classifier import FOLDS, STRENGTH, Classifier, Split
from labeling.learners.rounds import Floats, Ints, Learned
from labeling.learners.several import SeveralClassifier
from labeling.task_types.several_classes import believed

BINS = 10


class Bin(TypedDict):
    """Labelled objects of about the same confidence: how many, how sure the model is on average, how often right."""

    count: int
    confidence: float
    accuracy: float


class Quality(TypedDict):
    oof_accuracy: float | None
    oof_log_loss: float | None
    calibration_error: float | None


def quality_of(probabilities: Floats, labels: Ints) -> Quality:
    """probabilities: (n, classes); labels: (n,). None where there is nothing to measure.

    calibration_error: mean distance of confidence and accuracy over ten equally filled bins of the confidence. On
    labels that queries chose, it describes those, not the pool.
    """
    if not len(labels):
        return {"oof_accuracy": None, "oof_log_loss": None, "calibration_error": None}
    given = np.maximum(probabilities[np.arange(len(labels)), labels], 1e-9)
    return _quality(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, given)


def quality_of_several(chances: Floats, targets: NDArray[np.uint8], *, least: int) -> dict[str, Any]:
    """Of whole sets of classes, (n, C) both; and, by class: how many labels have it, of how many predictions it was
    right, how many of the labels that have it were found."""
    if not len(targets):
        return {**quality_of(chances, np.zeros(0, dtype=np.int64)), "reliability": [], "by_class": []}
    fits, wanted = believed(chances, least=least), targets > 0
    confidence = np.where(fits, chances, 1 - chances).prod(axis=1)
    right = (fits == wanted).all(axis=1)
    given = np.maximum(np.where(wanted, chances, 1 - chances), 1e-9).prod(axis=1)
    both, said, true = (fits & wanted).sum(axis=0), fits.sum(axis=0), wanted.sum(axis=0)
    shares = zip(both.tolist(), said.tolist(), true.tolist(), strict=True)
    return {
        **_quality(confidence, right, np.maximum(given, 1e-300)),
        "reliability": reliability(confidence, right),
        "by_class": [
            {"labeled": t, "precision": b / s if s else None, "recall": b / t if t else None} for b, s, t in shares
        ],
    }


def _quality(confidence: Floats, right: NDArray[np.bool_], given: Floats) -> Quality:
    """given: (n,) the probability of what people said."""
    return {
        "oof_accuracy": float(right.mean()),
        "oof_log_loss": float(-np.log(given).mean()),
        "calibration_error": calibration_error(reliability(confidence, right)),
    }


def reliability(confidence: Floats, right: NDArray[np.bool_]) -> list[Bin]:
    """Ten equally filled bins of the confidence (n,), the least sure first; fewer for fewer objects."""
    if not len(right):
        return []
    bins = np.array_split(np.argsort(confidence, kind="stable"), min(BINS, len(right)))
    return [Bin(count=len(b), confidence=float(confidence[b].mean()), accuracy=float(right[b].mean())) for b in bins]


def calibration_error(table: list[Bin]) -> float:
    """The mean distance of confidence and accuracy."""
    return sum(abs(b["confidence"] - b["accuracy"]) * b["count"] for b in table) / sum(b["count"] for b in table)


def record_of(model: Classifier | SeveralClassifier) -> dict[str, Any]:
    """How a model came about: kind and strength, every fit, and the split that its out-of-fold numbers rest on. Of
    several classes an object: the fits class by class, and a temperature for each."""
    if isinstance(model, SeveralClassifier):
        named = [(place, one) for place, one in enumerate(model.models)]
        fits = [{"category": place, **asdict(fit)} for place, one in named for fit in one.fits]
        temperature: Any = {"temperature": None, "temperatures": [one.temperature for one in model.models]}
        kind = next((found for one in model.models if (found := _kind(one))), None)
    else:
        kind, fits = _kind(model), [asdict(fit) for fit in model.fits]
        temperature = {"temperature": model.temperature}
    return {
        "model": {"kind": kind, "strength": STRENGTH, "folds": FOLDS},
        "fits": fits,
        "split": split_record(model.split) if model.split else None,
        **temperature,
    }


def _kind(model: Classifier) -> str | None:
    return None if model.estimator is None else type(model.estimator).__name__


def split_record(split: Split) -> dict[str, Any]:
    """sizes: objects a fold; groups: of more than one object, `grouped` in all, `largest` of them; digest: of who is in
    which fold and group."""
    members = np.bincount(np.unique(split.groups, return_inverse=True)[1])
    crowds = members[members > 1]
    told = np.stack([split.folds, split.groups]).astype("<i8")
    return {
        "sizes": np.bincount(split.folds, minlength=FOLDS).tolist(),
        "groups": len(crowds),
        "grouped": int(crowds.sum()),
        "largest": int(members.max(initial=0)),
        "digest": hashlib.sha256(told.tobytes()).hexdigest(),
    }


def arrays_digest(learned: Learned) -> str:
    """Over every array, numbers rounded to 6 digits."""
    digest = hashlib.sha256()
    for field in fields(Learned):
        array = np.asarray(getattr(learned, field.name))
        digest.update(f"{field.name}{array.shape}".encode())
        digest.update((np.round(array.astype("<f8"), 6) + 0.0).tobytes())
    return digest.hexdigest()
