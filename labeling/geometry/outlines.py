"""Masks -> outlines along pixel edges, and fewer vertices within a stated error.

`outlines(mask)` filled again gives exactly the mask: its vertices are corners of pixels, and no centre lies on an
edge. Pixels that touch at a corner only belong to two parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from labeling.geometry.masks import Mask
from labeling.geometry.rle import Bits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Outline:
    """One connected part: its outer ring and its holes, each (n, 2) of x, y in px, not closed by repetition."""

    outer: Floats
    holes: tuple[Floats, ...] = ()

    @property
    def rings(self) -> tuple[Floats, ...]:
        return self.outer, *self.holes


def outlines(mask: Mask, tolerance: float = 0.0) -> tuple[Outline, ...]:
    """The parts of a mask from left to right, each begun at its leftmost, then topmost corner; none when it is empty.

    tolerance: px; every pixel that changes when the outline is filled again lies within it of the outline (0: none
    does). Source: Douglas and Peucker 1973, on the halves between a ring's two farthest vertices.
    """
    crop = mask.crop()
    parts, _ = ndimage.label(crop)
    rings: dict[int, list[Floats]] = {}
    for ring, part in _rings(crop, parts):
        rings.setdefault(part, []).append(ring)
    corner = np.array([mask.bounds.left, mask.bounds.top], dtype=float)
    found = []
    for one in rings.values():
        one.sort(key=lambda ring: (-abs(area_of(ring)), *ring[0]))
        outer, *holes = (simplified(ring, tolerance) + corner for ring in one)
        found.append(Outline(outer, tuple(holes)))
    return tuple(sorted(found, key=lambda one: tuple(one.outer[0])))


def area_of(ring: Floats) -> float:
    """Signed: positive when the ring turns clockwise on a screen (y down)."""
    following = np.roll(ring, -1, axis=0)
    return float((ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]).sum() / 2)


def _rings(crop: Bits, parts: NDArray[np.int32]) -> list[tuple[Floats, int]]:
    """Every boundary, with the number of the part that it bounds."""
    x, y, swapped = _corners(crop)
    level, upright = _partners(x, y, swapped)
    padded = np.pad(parts, 1)
    seen = np.zeros(len(x), dtype=bool)
    found = []
    for start in np.lexsort((y, x)).tolist():  # leftmost, then topmost corner of each ring first
        if seen[start]:
            continue
        places, here = [], start
        while not seen[here]:
            across = int(level[here])
            seen[here] = seen[across] = True
            places += [here, across]
            here = int(upright[across])
        ring = np.stack([x[places], y[places]], axis=1).astype(float)
        a, b = places[0], places[1]  # a level side: its part lies above or below
        column = min(x[a], x[b])
        part = max(int(padded[y[a], column + 1]), int(padded[y[a] + 1, column + 1]))
        found.append((ring, part))
    return found


def _corners(crop: Bits) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """x, y of the vertices where a boundary turns; twice where two pixels touch at a corner, the first copy being the
    one with a side to the left, and `swapped` where that one's other side goes down, not up."""
    padded = np.pad(crop, 1).astype(np.int8)
    tl, tr, bl, br = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    total = tl + tr + bl + br
    double = (total == 2) & (tl == br)
    times = np.where((total == 1) | (total == 3), 1, np.where(double, 2, 0))
    y, x = np.nonzero(times)
    n = times[y, x]
    swapped = (double & (tr == 1))[y, x]
    return np.repeat(x, n).astype(np.int64), np.repeat(y, n).astype(np.int64), np.repeat(swapped, n)


def _partners(x: Ints, y: Ints, swapped: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """The vertex at the other end of each vertex's level side, and of its upright side."""
    place = np.arange(len(x))
    level = np.empty_like(place)
    level[0::2], level[1::2] = place[1::2], place[0::2]  # corners stand in rows, left to right
    copy = np.concatenate([[False], (x[1:] == x[:-1]) & (y[1:] == y[:-1])]) if len(x) else np.zeros(0, bool)
    order = np.lexsort((copy ^ swapped, y, x))
    upright = np.empty_like(place)
    upright[order[0::2]], upright[order[1::2]] = order[1::2], order[0::2]
    return level, upright


def simplified(ring: Floats, tolerance: float) -> Floats:
    """The ring with fewer vertices, none of those left out further than `tolerance` px from the new outline.

    A ring that would collapse stays as it is. Begins with the same vertex.
    """
    if tolerance <= 0 or len(ring) <= 4:
        return ring
    closed = np.concatenate([ring, ring[:1]])
    keep = np.zeros(len(closed), dtype=bool)
    far = int(((ring - ring[0]) ** 2).sum(axis=1).argmax())
    keep[[0, far, len(ring)]] = True
    waiting = [(0, far), (far, len(ring))]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        distance = _distances(closed[first + 1 : last], closed[first], closed[last])
        worst = int(distance.argmax())
        if distance[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            waiting += [(first, middle), (middle, last)]
    kept = closed[:-1][keep[:-1]]
    return kept if len(kept) >= 3 and area_of(kept) != 0 else ring


def _distances(points: Floats, a: Floats, b: Floats) -> Floats:
    """(n,): from the segment a-b."""
    along = b - a
    length = float(along @ along)
    t = np.clip((points - a) @ along / length, 0, 1) if length else np.zeros(len(points))
    return np.asarray(np.hypot(*(points - a - t[:, None] * along).T), dtype=float)
