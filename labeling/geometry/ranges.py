"""Ranges of whole numbers, such as spans of a text: which overlap, and one range from several."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
MOST_AT_ONCE = 4_000_000  # candidate pairs held in memory together (a few dozen MB)


def iou_pairs(a: Ints, b: Ints, least: float) -> tuple[Ints, Ints, Floats]:
    """Places in a, places in b and intersection over union of the pairs that have at least `least` (> 0).

    a, b: (n, 2) and (m, 2), [start, end) with start < end. Ordered by place in a, then in b. Sorted by start, so that
    thousands of scattered spans cost what really meets: a partner of a range begins before its end and, as the two
    share at least that part of the longer one, not further before it than the range's length over `least`.
    """
    if not len(a) or not len(b):
        return np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0)
    order = np.argsort(b[:, 0], kind="stable")
    starts = b[order, 0]
    reach = (a[:, 1] - a[:, 0]) / min(least, 1.0)
    low = np.searchsorted(starts, a[:, 1] - reach - 1, side="left")
    high = np.searchsorted(starts, a[:, 1], side="left")
    parts = []
    for rows in _batches(high - low):
        counts = (high - low)[rows]
        first = np.repeat(rows, counts)
        within = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
        second = order[low[first] + within]
        likeness = _iou(a[first], b[second])
        near = likeness >= least
        parts.append((first[near], second[near], likeness[near]))
    first, second, likeness = (np.concatenate(each) for each in zip(*parts, strict=True))
    ranked = np.lexsort((second, first))
    return first[ranked].astype(np.intp), second[ranked].astype(np.intp), likeness[ranked]


def _batches(counts: Ints) -> list[Ints]:
    """Places in order, cut where the candidates of a batch come to more than fits."""
    total = np.cumsum(counts)
    return list(np.split(np.arange(len(counts)), np.flatnonzero(np.diff(total // MOST_AT_ONCE)) + 1))


def _iou(a: Ints, b: Ints) -> Floats:
    shared = np.minimum(a[:, 1], b[:, 1]) - np.maximum(a[:, 0], b[:, 0])
    shared = np.maximum(shared, 0)
    return np.asarray(shared / ((a[:, 1] - a[:, 0]) + (b[:, 1] - b[:, 0]) - shared), dtype=float)


def agreed_range(ranges: Ints, weights: Floats) -> tuple[int, int]:
    """One range from several of the same thing: (n, 2) and (n,) weights > 0.

    Each end is where most of the weight has it, if two at least agree or more than half of the weight does: people who
    hit the same letter of many do so because it is the right one. Otherwise it is the weighted median, rounded down.
    Ends that would cross give way to the heaviest whole range.
    """
    start, end = (_agreed(ranges[:, side], weights) for side in (0, 1))
    if start < end:
        return start, end
    whole, place = np.unique(ranges, axis=0, return_inverse=True)
    heaviest = whole[np.argmax(np.bincount(place.ravel(), weights))]
    return int(heaviest[0]), int(heaviest[1])


def _agreed(values: Ints, weights: Floats) -> int:
    told, place, count = np.unique(values, return_inverse=True, return_counts=True)
    weight = np.bincount(place, weights)
    middle = told[np.searchsorted(np.cumsum(weight), weight.sum() / 2 * (1 - 1e-9))]
    backed = np.flatnonzero((count > 1) | (weight > weight.sum() / 2))
    if not len(backed):
        return int(middle)
    heavy = backed[weight[backed] >= weight[backed].max() * (1 - 1e-9)]
    return int(told[heavy[np.argmin(np.abs(told[heavy] - middle))]])
