"""Maths of single points and of skeletons (named points), in px: object keypoint similarity.

Source: the OKS of the COCO keypoint task; where its sigma is a table of human joints, ours is one number for all.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from labeling.geometry.near import touching

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
OF_IMAGE, OF_SKELETON, FINEST = 0.01, 0.1, 2.0  # sigma: of the image's diagonal, of a skeleton's size; least, px


def sigma_of_image(width: float, height: float) -> float:
    """px: 1 % of the diagonal, at least 2. A point 1.18 sigma away has likeness 0.5."""
    return max(OF_IMAGE * math.hypot(width, height), FINEST)


def alike(a: Floats, b: Floats, sigma: float, least: float) -> tuple[Ints, Ints, Floats]:
    """The pairs of points (n, 2), (m, 2) with likeness exp(-d^2 / 2 sigma^2) >= `least` (> 0): in a, in b, likeness."""
    far = sigma * math.sqrt(-2 * math.log(min(least, 1 - 1e-12))) * (1 + 1e-9)
    first, second = touching(_around(a, a, far), _around(b, b, 0.0))
    score = np.exp(-((a[first] - b[second]) ** 2).sum(axis=1) / (2 * sigma**2))
    near = score >= least
    return first[near], second[near], np.asarray(score[near], dtype=float)


def sizes(points: Floats, placed: Bools) -> Floats:
    """(n,): a skeleton's size, the side of a square with the diagonal of its placed points' bounding box."""
    low, high = _limits(points, placed)
    return np.asarray(np.hypot(*(high - low).T) / math.sqrt(2), dtype=float)


def skeletons_alike(a: Floats, placed_a: Bools, b: Floats, placed_b: Bools, least: float) -> tuple[Ints, Ints, Floats]:
    """The pairs of skeletons of the same points with likeness >= `least` (> 0): places in a, in b, likeness.

    a, placed_a: (n, points, 2), (n, points); at least one placed. Likeness is the mean of exp(-d^2 / 2 sigma^2) over
    the points that either has placed, 0 where only one has; sigma is a tenth of both skeletons' mean size, at least
    2 px.
    """
    size_a, size_b = sizes(a, placed_a), sizes(b, placed_b)
    # No point adds anything beyond 4.2 sigma or so; each side grows by its own part.
    far = 4.5 * np.maximum(OF_SKELETON * np.concatenate([size_a, size_b]), FINEST)
    first, second = touching(
        _around(*_limits(a, placed_a), far[: len(a)]), _around(*_limits(b, placed_b), far[len(a) :])
    )
    sigma = np.maximum(OF_SKELETON * (size_a[first] + size_b[second]) / 2, FINEST)
    close = np.exp(-((a[first] - b[second]) ** 2).sum(axis=2) / (2 * sigma[:, None] ** 2))
    both, either = placed_a[first] & placed_b[second], placed_a[first] | placed_b[second]
    score = np.where(both, close, 0.0).sum(axis=1) / np.maximum(either.sum(axis=1), 1)
    near = score >= least
    return first[near], second[near], np.asarray(np.minimum(score[near], 1.0), dtype=float)


def _limits(points: Floats, placed: Bools) -> tuple[Floats, Floats]:
    low = np.where(placed[..., None], points, np.inf).min(axis=1)
    high = np.where(placed[..., None], points, -np.inf).max(axis=1)
    return np.asarray(low, dtype=float), np.asarray(high, dtype=float)


def _around(low: Floats, high: Floats, by: Floats | float) -> Floats:
    grown = np.broadcast_to(np.asarray(by, dtype=float), (len(low),))[:, None]
    return np.concatenate([low - grown, high + grown], axis=1)
