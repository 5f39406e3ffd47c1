"""Means in which what lies far from the others fades."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.geometry.boxes import weighted_median

Floats = NDArray[np.float64]


def shares(distance: Floats, weights: Floats, reach: float) -> Floats:
    """(n,) weights that sum to 1; those further than `reach` from the middle count as much less as they are further.

    One step of Huber's estimator (1964).
    """
    faded = weights * np.minimum(1.0, reach / np.maximum(distance, reach))
    return np.asarray(faded / faded.sum(), dtype=float)


def robust_mean(values: Floats, weights: Floats, reach: float) -> Floats:
    """(n, d) values and (n,) weights > 0 -> (d,): mean around the weighted median of each column.

    `reach`: the distance, in the values' unit, from which a value fades. Lies within the values' own limits.
    """
    middle = weighted_median(values, weights)
    share = shares(np.linalg.norm(values - middle, axis=1), weights, reach)
    return np.asarray(np.clip(share @ values, values.min(axis=0), values.max(axis=0)), dtype=float)
