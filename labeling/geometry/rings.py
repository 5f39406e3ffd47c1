"""Outlines between key frames: vertices added, turned and reversed until they fit (EDITOR.md, Interpolation)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TIE = 1e-12  # of a cost, within which two are the same
CELLS = 200_000  # distances that are looked at at once


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
    n = len(b)
    reversed_ = np.roll(b[::-1], 1, axis=0)
    costs = np.concatenate([_shift_costs(a, way) for way in (b, reversed_)])
    place = int(np.argmax(costs <= costs.min() * (1 + TIE)))  # the first that is as good as the best
    return np.asarray(np.roll(reversed_ if place >= n else b, -(place % n), axis=0), dtype=float)


def _shift_costs(a: Floats, b: Floats) -> Floats:
    """(n,): the sum of squared distances of a from b begun at each of its vertices."""
    n = len(b)
    twice = np.vstack([b, b])
    rows = max(1, CELLS // n)
    places = np.arange(n)
    return np.concatenate(
        [
            ((a[None] - twice[places[at : at + rows, None] + places[None]]) ** 2).sum(axis=(1, 2))
            for at in range(0, n, rows)
        ]
    )


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
