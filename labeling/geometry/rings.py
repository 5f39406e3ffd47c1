"""Outlines between key frames: vertices added, turned and reversed until they fit (EDITOR.md, Interpolation)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def filled_up(points: Floats, count: int, *, closed: bool) -> Floats:
    """(m, 2) -> (count, 2): the same line with count - m points more, at equal arc lengths.

    With k = count - m they lie at (i + 1/2) / k of the length, counted from the first vertex. Nothing moves.
    """
    more = count - len(points)
    if more <= 0:
        return points
    ends = np.vstack([points, points[:1]]) if closed else points
    steps = np.hypot(*np.diff(ends, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = (np.arange(more) + 0.5) * at[-1] / more
    added = np.column_stack([np.interp(wanted, at, ends[:, axis]) for axis in (0, 1)])
    places = np.concatenate([at[: len(points)], wanted])
    order = np.argsort(places, kind="stable")
    return np.asarray(np.vstack([points, added])[order], dtype=float)


def fitted_ring(a: Floats, b: Floats) -> Floats:
    """(n, 2) both: b begun at the vertex, and run in the direction, with the least sum of squared distances from a.

    Ties: the smallest shift, b's own direction. Reversed, vertex 0 stays the first before it is shifted.
    """
    best, kept = np.inf, b
    for way in (b, np.roll(b[::-1], 1, axis=0)):
        for shift in range(len(b)):
            turned = np.roll(way, -shift, axis=0)
            cost = float(((a - turned) ** 2).sum())
            if cost < best * (1 - 1e-12):
                best, kept = cost, turned
    return kept


def fitted_line(a: Floats, b: Floats) -> Floats:
    """(n, 2) both: b, reversed where that lies nearer to a."""
    forth, back = float(((a - b) ** 2).sum()), float(((a - b[::-1]) ** 2).sum())
    return b[::-1] if back < forth * (1 - 1e-12) else b


def ring_between(a: Floats, b: Floats, t: float) -> Floats:
    """The ring at t in [0, 1] between rings a and b of any vertex counts."""
    count = max(len(a), len(b))
    start = filled_up(a, count, closed=True)
    end = fitted_ring(start, filled_up(b, count, closed=True))
    return np.asarray(start * (1 - t) + end * t, dtype=float)


def line_between(a: Floats, b: Floats, t: float) -> Floats:
    """The open line at t in [0, 1] between lines a and b of any vertex counts."""
    count = max(len(a), len(b))
    start = filled_up(a, count, closed=False)
    end = fitted_line(start, filled_up(b, count, closed=False))
    return np.asarray(start * (1 - t) + end * t, dtype=float)
