"""What class probabilities say about how sure they are. Each: (n, classes) rows that sum to 1 -> (n,)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def margin(probabilities: Floats) -> Floats:
    """Best minus second best, in [0, 1]; 1 where there is only one class."""
    if probabilities.shape[1] < 2:
        return np.ones(len(probabilities))
    two = np.partition(probabilities, -2, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0], dtype=np.float64)


def entropy(probabilities: Floats) -> Floats:
    """In nats."""
    logs = np.log(np.maximum(probabilities, 1e-12))
    return np.asarray(-(probabilities * logs).sum(axis=1), dtype=np.float64)


def log_odds(probabilities: Floats) -> Floats:
    """Of the most probable class, cut at +-14 (a probability of a millionth from certain)."""
    top = np.clip(probabilities.max(axis=1), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(top / (1 - top)), dtype=np.float64)
