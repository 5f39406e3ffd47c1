"""Means in which what lies far from the others fades."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.geometry.boxes import weighted_median

Floats = NDArray[np.float64]
SPREAD = 2.0  # median distances from the middle within which nothing fades: even noise is averaged, not picked from


def shares(distance: Floats, weights: Floats, reach: float) -> Floats:
    """(n, ...) distances, (n,) weights -> (n, ...) weights that sum to 1 over n.

    Those further from the middle than `reach`, and than twice the median distance, count as much less as they are
    further. One step of Huber's estimator (1964), its scale from the median deviation, but never below `reach`.
    """
    within = np.maximum(reach, SPREAD * np.median(distance, axis=0))
    faded = (weights * np.minimum(1.0, within / np.maximum(distance, within)).T).T
    return np.asarray(faded / faded.sum(axis=0), dtype=float)


def robust_mean(values: Floats, weights: Floats, reach: float) -> Floats:
    """(n, d) values and (n,) weights > 0 -> (d,): mean around the weighted median of each column.

    `reach`: the distance, in the values' unit, from which a value may fade. Lies within the values' own limits.
    """
    mean: Floats = robust_means(values[:, None], weights, reach)[0]
    return mean


def robust_means(values: Floats, weights: Floats, reach: float) -> Floats:
    """(n, points, d) values and (n,) weights > 0 -> (points, d): `robust_mean` of each point by itself."""
    middle = weighted_median(values.reshape(len(values), -1), weights).reshape(values.shape[1:])
    share = shares(np.linalg.norm(values - middle, axis=2), weights, reach)
    mean = np.einsum("np,npd->pd", share, values)
    return np.asarray(np.clip(mean, values.min(axis=0), values.max(axis=0)), dtype=float)
