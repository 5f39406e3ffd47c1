"""Numbers about a trained model, all from out-of-fold probabilities, and a digest of what a run gave."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import TypedDict

import numpy as np

from labeling.learners.rounds import Floats, Ints, Learned

BINS = 10


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
    right = probabilities.argmax(axis=1) == labels
    given = np.maximum(probabilities[np.arange(len(labels)), labels], 1e-9)
    confidence = probabilities.max(axis=1)
    bins = np.array_split(np.argsort(confidence, kind="stable"), min(BINS, len(labels)))
    gaps = [abs(confidence[b].mean() - right[b].mean()) * len(b) for b in bins]
    return {
        "oof_accuracy": float(right.mean()),
        "oof_log_loss": float(-np.log(given).mean()),
        "calibration_error": float(sum(gaps) / len(labels)),
    }


def arrays_digest(learned: Learned) -> str:
    """Over every array, numbers rounded to 6 digits."""
    digest = hashlib.sha256()
    for field in fields(Learned):
        array = np.asarray(getattr(learned, field.name))
        digest.update(f"{field.name}{array.shape}".encode())
        digest.update((np.round(array.astype("<f8"), 6) + 0.0).tobytes())
    return digest.hexdigest()
