"""Maths of filled outlines in px: even-odd filling, overlap, and the area that most votes cover.

A ring is an (n, 2) array of x, y, n >= 3, not closed by repetition; it may cross itself. Regions are shapely's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from labeling.geometry.near import touching

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
EMPTY = shapely.Polygon()
MOST_MEETINGS = 500  # cutting an outline at them costs about 0.1 ms each, and a scribble of 500 points has 60,000
PART = 32  # sides whose meetings are counted at a time
DECIMALS = 6  # of a point, px: what is finer overflows where outlines are cut, and nobody draws it


def tangled(rings: Sequence[Floats], most: int = MOST_MEETINGS) -> bool:
    """Whether more than `most` pairs of sides that don't follow one another cross or touch: what `even_odd` can't be
    asked about. Stops counting there."""
    if shapely.is_valid(shapely.Polygon(rings[0], rings[1:])):
        return False
    sides = [np.stack([ring, np.roll(ring, -1, axis=0)], axis=1) for ring in map(_without_stops, rings)]
    lines = shapely.linestrings(np.concatenate(sides))
    ring_of = np.repeat(np.arange(len(sides)), [len(one) for one in sides])
    first = np.flatnonzero(np.diff(ring_of, prepend=-1))
    tree, met = shapely.STRtree(lines), 0
    for start in range(0, len(lines), PART):
        own, other = tree.query(lines[start : start + PART], predicate="intersects")
        own, other = own[other > own + start] + start, other[other > own + start]
        closing = (own == first[ring_of[own]]) & (other + 1 == np.append(first[1:], len(lines))[ring_of[own]])
        met += int(((ring_of[own] != ring_of[other]) | ((other > own + 1) & ~closing)).sum())
        if met > most:
            return True
    return False


def _without_stops(ring: Floats) -> Floats:
    """Points that repeat the one before make no side."""
    kept = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
    return kept if len(kept) else ring[:1]


def even_odd(rings: Sequence[Floats]) -> BaseGeometry:
    """The region of the points from which a line to infinity crosses the rings an odd number of times.

    A plain outline with plain holes is taken as it is; all else is cut at its crossings, ring by ring, and the rings'
    regions are joined by exclusive or, which is what even-odd says. Empty where the rings enclose nothing. Points are
    taken to a millionth of a pixel.
    """
    rings = [np.round(ring, DECIMALS) for ring in rings]
    whole = shapely.Polygon(rings[0], rings[1:])
    if shapely.is_valid(whole):
        return whole
    region: BaseGeometry = EMPTY
    for ring in rings:
        region = shapely.symmetric_difference(region, _of_ring(ring))
    return region


def _of_ring(ring: Floats) -> BaseGeometry:
    plain = shapely.Polygon(ring)
    if shapely.is_valid(plain):
        return plain
    faces = _faces([shapely.LinearRing(ring)])
    odd = [face for face, inside in zip(faces, _crossed_oddly(ring, _insides(faces)), strict=True) if inside]
    return shapely.union_all(odd) if odd else EMPTY


def _faces(lines: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """The cells into which lines cut the plane, without the outer one."""
    cut = shapely.union_all([shapely.LineString(line.coords) for line in lines])
    return list(shapely.get_parts(shapely.polygonize([cut])))


def _insides(faces: Sequence[BaseGeometry]) -> Floats:
    """(n, 2): a point well inside each face."""
    with np.errstate(over="ignore", invalid="ignore"):  # slivers
        return np.asarray(shapely.get_coordinates(shapely.point_on_surface(list(faces))), dtype=float).reshape(-1, 2)


def _crossed_oddly(ring: Floats, points: Floats) -> NDArray[np.bool_]:
    """(points,): whether a line to the left crosses the ring an odd number of times (the pixel rule, half open)."""
    start, end = ring, np.roll(ring, -1, axis=0)
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    odd = np.zeros(len(points), dtype=bool)
    for place, (x, y) in enumerate(points):
        across = (low <= y) & (y < high)
        rise = end[across, 1] - start[across, 1]
        at = start[across, 0] + (y - start[across, 1]) * (end[across, 0] - start[across, 0]) / rise
        odd[place] = (at <= x).sum() % 2 == 1
    return odd


def iou_pairs(a: Sequence[BaseGeometry], b: Sequence[BaseGeometry], least: float) -> tuple[Ints, Ints, Floats]:
    """The pairs of regions whose intersection over union is at least `least` (> 0): places in a, in b, IoU.

    Exact up to floating point, symmetric. Only pairs whose bounding boxes allow so much overlap are cut.
    """
    first, second = _possible(a, b, least)
    if not len(first):
        return first, second, np.zeros(0)
    left, right = np.array(a, dtype=object)[first], np.array(b, dtype=object)[second]
    sizes = np.array([shapely.area(left), shapely.area(right)])
    smaller = np.array([_before(one, other) for one, other in zip(left, right, strict=True)])
    shared = shapely.area(shapely.intersection(np.where(smaller, left, right), np.where(smaller, right, left)))
    union = sizes.sum(axis=0) - shared
    score = np.clip(np.where(union > 0, shared / np.where(union > 0, union, 1.0), 0.0), 0.0, 1.0)
    score[np.array([one is other or one == other for one, other in zip(left, right, strict=True)], dtype=bool)] = 1.0
    near = score >= least
    return first[near], second[near], np.asarray(score[near], dtype=float)


def _before(a: BaseGeometry, b: BaseGeometry) -> bool:
    """Which comes first, so that both orders cut the same pair in the same way."""
    return bool((shapely.area(a), a.bounds) <= (shapely.area(b), b.bounds))


def _possible(a: Sequence[BaseGeometry], b: Sequence[BaseGeometry], least: float) -> tuple[Ints, Ints]:
    boxes_a, boxes_b = (np.asarray(shapely.bounds(list(one)), dtype=float).reshape(-1, 4) for one in (a, b))
    first, second = touching(np.nan_to_num(boxes_a), np.nan_to_num(boxes_b))
    low = np.maximum(boxes_a[first, :2], boxes_b[second, :2])
    high = np.minimum(boxes_a[first, 2:], boxes_b[second, 2:])
    size_a, size_b = shapely.area(list(a))[first], shapely.area(list(b))[second]
    most = np.minimum(np.prod(np.clip(high - low, 0, None), axis=1), np.minimum(size_a, size_b))
    able = most >= least * (size_a + size_b - most) * (1 - 1e-9)
    return first[able], second[able]


def vote(regions: Sequence[BaseGeometry], weights: Floats) -> BaseGeometry:
    """The area that more than half of the weight covers. weights: (n,) > 0."""
    outlines = [line for region in regions for line in lines_of(region)]
    faces = _faces(outlines)
    points = _insides(faces)
    cover = np.zeros(len(faces))
    for region, weight in zip(regions, weights, strict=True):
        shapely.prepare(region)
        cover += weight * shapely.contains_xy(region, points[:, 0], points[:, 1])
    chosen = [face for face, covered in zip(faces, cover, strict=True) if covered > weights.sum() / 2 * (1 + 1e-9)]
    return shapely.union_all(chosen) if chosen else EMPTY


def lines_of(region: BaseGeometry) -> list[BaseGeometry]:
    """All rings of a region."""
    polygons = [part for part in shapely.get_parts(region) if part.geom_type == "Polygon"]
    return [ring for part in polygons for ring in (part.exterior, *part.interiors) if len(ring.coords)]


def unrest(regions: Sequence[BaseGeometry], middle: BaseGeometry) -> float:
    """px: how far, on average along its outline, the regions stray from `middle`."""
    length = shapely.length(middle)
    strayed = [shapely.area(shapely.symmetric_difference(region, middle)) for region in regions]
    return float(np.mean(strayed) / length) if length > 0 else math.inf


def smoothed(region: BaseGeometry, tolerance: float) -> list[Floats]:
    """The rings of the largest part, without the vertices that the outline needs less than `tolerance` px for, and
    without holes thinner than that; the first is the outer one.

    Source: Douglas and Peucker 1973, as GEOS keeps it from crossing itself.
    """
    parts = [part for part in shapely.get_parts(region) if part.geom_type == "Polygon" and not part.is_empty]
    largest = max(parts, key=lambda part: (part.area, part.bounds))
    holes = [hole for hole in largest.interiors if shapely.Polygon(hole).area > tolerance * hole.length / 2]
    kept = shapely.Polygon(largest.exterior, holes)
    plain = shapely.simplify(kept, tolerance, preserve_topology=True)
    if plain.geom_type != "Polygon" or plain.is_empty or not plain.is_valid:
        plain = kept
    return [np.array(ring.coords[:-1], dtype=float) for ring in (plain.exterior, *plain.interiors)]
