"""Outlines -> masks by the pixel rule: a pixel is in when its centre is inside by even-odd over all rings.

A centre exactly on an edge: an edge crosses the rows of centres with min(y) <= cy < max(y), and a pixel is in when an
odd number of crossings lie at x <= cx. So two outlines that share an edge share no pixel and leave none out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labeling.geometry.masks import Mask, Window, mask_of

Floats = NDArray[np.float64]
CROSSINGS = 1 << 20  # at a time: keeps memory flat for long outlines in tall pictures


def filled(rings: Sequence[Floats], size: tuple[int, int]) -> Mask:
    """rings: each (n, 2) of x, y in px, closed by itself, in any direction; size: (height, width).

    May cross itself and stick out of the picture. Arithmetic in float64, an edge's upper end first, so that other
    languages give the same pixels: x = x0 + (cy - y0) * (x1 - x0) / (y1 - y0).
    """
    edges = _edges(rings)
    window = _window(edges, size)
    parity = np.zeros((window.height, window.width + 1), dtype=np.uint8)
    first, last = _rows(edges, window)
    n = np.maximum(last - first, 0)
    for part in _parts(n):
        count = n[part]
        row = np.repeat(first[part], count) + np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        x0, y0, x1, y1 = np.repeat(edges[part], count, axis=0).T
        x = x0 + (row + 0.5 - y0) * (x1 - x0) / (y1 - y0)
        column = np.clip(np.ceil(x - 0.5) - window.left, 0, window.width).astype(np.int64)
        np.bitwise_xor.at(parity, (row - window.top, column), 1)
    crop = np.bitwise_xor.accumulate(parity[:, :-1], axis=1).astype(bool)
    return mask_of(crop, window, size)


def _edges(rings: Sequence[Floats]) -> Floats:
    """(n, 4) of x0, y0, x1, y1 with y0 < y1; level ones cross no row and are left out."""
    pairs = [np.concatenate([np.roll(ring, 1, axis=0), ring], axis=1) for ring in rings if len(ring)]
    edges = np.concatenate(pairs).astype(float) if pairs else np.zeros((0, 4))
    upward = edges[:, 1] > edges[:, 3]
    edges[upward] = edges[upward][:, [2, 3, 0, 1]]
    return np.asarray(edges[edges[:, 1] < edges[:, 3]], dtype=float)


def _window(edges: Floats, size: tuple[int, int]) -> Window:
    """The part of the picture that the outline can reach."""
    height, width = size
    if not len(edges):
        return Window(0, 0, 0, 0)
    left, top = np.floor(np.minimum(edges[:, :2], edges[:, 2:]).min(axis=0))
    right, bottom = np.ceil(np.maximum(edges[:, :2], edges[:, 2:]).max(axis=0))
    x0, x1 = (int(np.clip(value, 0, width)) for value in (left, right))
    y0, y1 = (int(np.clip(value, 0, height)) for value in (top, bottom))
    return Window(x0, y0, x1 - x0, y1 - y0)


def _rows(edges: Floats, window: Window) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row that each edge crosses, and the row after the last; inside the window."""
    low, high = window.top, window.top + window.height
    first, last = (np.clip(np.ceil(edges[:, end] - 0.5), low, high).astype(np.int64) for end in (1, 3))
    return first, last


def _parts(n: NDArray[np.int64]) -> list[slice]:
    """Slices of the edges with about CROSSINGS crossings each."""
    cuts = np.searchsorted(np.cumsum(n), np.arange(CROSSINGS, int(n.sum()), CROSSINGS))
    ends = np.unique(np.concatenate([[0], cuts, [len(n)]]))
    return [slice(int(a), int(b)) for a, b in pairwise(ends)]
