"""Between two key frames (EDITOR.md, Interpolation): what costs is done once an interval, then frames by the thousand.

`t` is (f - a) / (b - a) by frame index. Results are float64 and not rounded. The editor's twin is
frontend/src/geometry/interpolation.ts; both hold tests/task_types/examples/interpolation.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.geometry.rings import filled_up, fitted_line, fitted_ring

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Interval:
    """Two ends that fit each other, place by place: start, end (n, d).

    `period` > 0: the last column is an angle in degrees that comes round after so many; `end` holds it by the shorter
    way from `start`, so that it may lie beyond the period's half.
    """

    start: Floats
    end: Floats
    period: float = 0.0

    def at(self, t: Floats) -> Floats:
        """(k,) in [0, 1] -> (k, n, d); start at 0, end at 1."""
        part = np.asarray(t, dtype=float)[:, None, None]
        made = self.start * (1 - part) + self.end * part
        if self.period:
            made[..., -1] = _wrapped(made[..., -1], self.period)
        return np.asarray(made, dtype=float)


def frames_between(first: int, last: int, frames: Ints) -> Floats:
    """(k,) frame indexes within first..last -> (k,) t in [0, 1]."""
    return np.asarray((frames - first) / max(last - first, 1), dtype=float)


def boxes(a: Floats, b: Floats) -> Interval:
    """(5,) each: centre (or left and top: the same), two sides, angle of 360 degrees."""
    return _turning(a, b, 360)


def ellipses(a: Floats, b: Floats) -> Interval:
    """(5,) each: centre, two radii, angle of 180 degrees."""
    return _turning(a, b, 180)


def rings(a: Floats, b: Floats) -> Interval:
    """(m, 2) and (n, 2): both filled up to the larger count, b begun and run as it fits a best."""
    count = max(len(a), len(b))
    start = filled_up(a, count, closed=True)
    return Interval(start, fitted_ring(start, filled_up(b, count, closed=True)))


def lines(a: Floats, b: Floats) -> Interval:
    """(m, 2) and (n, 2): the same for open lines, which can only be reversed."""
    count = max(len(a), len(b))
    start = filled_up(a, count, closed=False)
    return Interval(start, fitted_line(start, filled_up(b, count, closed=False)))


def named_points(
    a: Mapping[str, tuple[float, float]], b: Mapping[str, tuple[float, float]]
) -> tuple[tuple[str, ...], Interval]:
    """Points by name, in the order of a. What only a has stays where it is; what only b has begins with b."""
    names = tuple(a)
    start = np.array([a[name] for name in names], dtype=float).reshape(-1, 2)
    end = np.array([b.get(name, a[name]) for name in names], dtype=float).reshape(-1, 2)
    return names, Interval(start, end)


def _turning(a: Floats, b: Floats, period: float) -> Interval:
    end = np.array(b, dtype=float)
    end[-1] = a[-1] + float(_wrapped(np.asarray(end[-1] - a[-1]), period))
    return Interval(np.array(a, dtype=float)[None], end[None], period)


def _wrapped(angle: Floats, period: float) -> Floats:
    """The same directions in (-period / 2, period / 2]: exactly half a turn is clockwise, which is growing."""
    rest = angle % period
    return np.asarray(np.where(rest > period / 2, rest - period, rest), dtype=float)
