"""Maths of upright boxes. Boxes are (n, 4) arrays of corners [left, top, right, bottom] in px, right > left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
FAR = 0.1  # of a box's side: workers whose corner lies further from the median count less
ROWS = 256  # boxes compared with all others at a time: keeps memory flat at 20,000 boxes


def corners(sides: Floats) -> Floats:
    """[left, top, width, height] -> [left, top, right, bottom]. Raises ValueError on a negative side."""
    if (sides[:, 2:] < 0).any():
        raise ValueError("A box has a negative side.")
    return np.concatenate([sides[:, :2], sides[:, :2] + sides[:, 2:]], axis=1)


def area(a: Floats) -> Floats:
    """(n,): px squared."""
    return np.asarray((a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1]), dtype=float)


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union of every pair.

    a, b: (n, 4) and (m, 4) corners. Returns (n, m) in [0, 1], 1 for equal boxes; two empty boxes score 0.
    Source: the overlap of Everingham et al. 2010 (VOC).
    """
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.clip(high - low, 0.0, None)
    shared = sides[..., 0] * sides[..., 1]
    union = area(a)[:, None] + area(b)[None, :] - shared
    return np.asarray(np.where(union > 0, shared / np.where(union > 0, union, 1.0), 0.0), dtype=float)


def overlaps(a: Floats, b: Floats, least: float) -> tuple[Ints, Ints, Floats]:
    """The pairs whose IoU is at least `least` (> 0): places in a, places in b, IoU; ordered by place in a, then b.

    Sorts a from left to right and compares strips, so that 20,000 boxes against 20,000 never make a full matrix.
    """
    order = np.argsort(a[:, 0], kind="stable")
    found: list[tuple[Ints, Ints, Floats]] = []
    for start in range(0, len(a), ROWS):
        strip = order[start : start + ROWS]
        near = np.flatnonzero((b[:, 0] < a[strip, 2].max()) & (b[:, 2] > a[strip, 0].min()))
        scores = iou(a[strip], b[near])
        rows, columns = np.nonzero(scores >= least)
        found.append((strip[rows], near[columns], scores[rows, columns]))
    if not found:
        return np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0)
    left, right, score = (np.concatenate(parts) for parts in zip(*found, strict=True))
    sort = np.lexsort((right, left))
    return left[sort], right[sort], score[sort]


def weighted_median(values: Floats, weights: Floats) -> Floats:
    """(n, d) values and (n,) weights > 0 -> (d,): the value of each column with half of the weight on either side.

    Or (n, d) weights, a column's own; some may be 0 there, where the value is infinite.

    One of the values, or the middle of two where exactly half lies below; so equal boxes keep their exact numbers, and
    a box whose corners are such medians never turns inside out.
    """
    order = np.argsort(values, axis=0, kind="stable")
    ranked = np.take_along_axis(values, order, axis=0)
    apart = np.take_along_axis(weights, order, axis=0) if weights.ndim == 2 else weights[order]
    below = np.cumsum(apart, axis=0)
    half = below[-1] / 2
    lower = (below < half * (1 - 1e-9)).sum(axis=0)
    upper = (below <= half * (1 + 1e-9)).sum(axis=0)
    columns = np.arange(values.shape[1])
    low, high = ranked[lower, columns], ranked[np.minimum(upper, len(values) - 1), columns]
    return np.asarray(np.where(low == high, low, low + (high - low) / 2), dtype=float)


def robust_mean(a: Floats, weights: Floats) -> Floats:
    """(n, 4) corners of one thing and (n,) weights > 0 -> (4,): their mean, in which a box far from the median fades.

    One Huber step from the weighted median of each corner; a box's weight shrinks as its worst corner's distance grows
    beyond a tenth of the side. A mix of whole boxes, so it never turns inside out, nor leaves the boxes' own limits.
    Careful workers err evenly about the truth, where a mean is nearer than a median; careless ones do not.
    """
    middle = weighted_median(a, weights)
    sides = np.maximum(np.tile(middle[2:] - middle[:2], 2), 1e-9)
    distance = (np.abs(a - middle) / sides).max(axis=1)
    share = weights * np.minimum(1.0, FAR / np.maximum(distance, FAR))
    return np.asarray(np.clip((share / share.sum()) @ a, a.min(axis=0), a.max(axis=0)), dtype=float)


def robust_means(a: Floats, weights: Floats) -> Floats:
    """(n, k, 4) corners of one thing in k frames and (n,) weights > 0 -> (k, 4): `robust_mean` of each frame.

    NaN where a worker doesn't show it; at least one does in every frame.
    """
    n, k = a.shape[:2]
    shown = ~np.isnan(a[..., 0])
    share = np.where(shown, weights[:, None], 0.0)
    far = np.where(shown[..., None], a, np.inf)
    middle = weighted_median(far.reshape(n, -1), np.repeat(share, 4, axis=1)).reshape(k, 4)
    sides = np.maximum(np.tile(middle[:, 2:] - middle[:, :2], 2), 1e-9)
    filled = np.where(shown[..., None], a, middle)
    distance = (np.abs(filled - middle) / sides).max(axis=2)
    share = share * np.minimum(1.0, FAR / np.maximum(distance, FAR))
    made = ((share / share.sum(axis=0))[..., None] * filled).sum(axis=0)
    return np.asarray(np.clip(made, far.min(axis=0), np.where(shown[..., None], a, -np.inf).max(axis=0)), dtype=float)
