"""How the shapes of tracks move between key frames, how far two lie apart, and which key frames a motion needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from labeling.geometry import interpolation
from labeling.geometry.boxes import corners
from labeling.geometry.interpolation import Interval, frames_between
from labeling.geometry.turned import box_corners
from labeling.task_types.base import Floats
from labeling.task_types.bounding_box import Box
from labeling.task_types.instances import Shape
from labeling.task_types.keypoint import Keypoint
from labeling.task_types.points import as_array, as_points
from labeling.task_types.polygon import Outline
from labeling.task_types.polyline import Line

Moving = Callable[[Any, Any, Floats], list[Any]]


def between(shape: Shape[Any], a: Any, b: Any, first: int, last: int, frames: Sequence[int]) -> list[Any]:
    """The shapes at `frames`, ascending within first..last: a at `first`, b at `last`, prepared once for all."""
    if not frames:
        return []
    if a == b:
        return [a] * len(frames)
    parts = frames_between(first, last, np.asarray(frames, dtype=np.intp))
    move = MOVING.get(shape.name)
    made = [shape.interpolate(a, b, float(t)) for t in parts] if move is None else move(a, b, parts)
    return [a if t == 0 else b if t == 1 else one for t, one in zip(parts, made, strict=True)]


def _boxes(a: Box, b: Box, parts: Floats) -> list[Any]:
    moving = interpolation.boxes(*(np.array([*_sides(one), one.angle]) for one in (a, b)))
    return [Box(*row) for row in moving.at(parts)[:, 0].tolist()]


def _outlines(a: Outline, b: Outline, parts: Floats) -> list[Any]:
    """Holes move where both have as many; otherwise those of a are held."""
    outer = interpolation.rings(as_array(a.vertices), as_array(b.vertices)).at(parts)
    if len(a.holes) != len(b.holes):
        return [Outline(as_points(ring), a.holes) for ring in outer]
    holes = [
        interpolation.rings(as_array(one), as_array(other)).at(parts)
        for one, other in zip(a.holes, b.holes, strict=True)
    ]
    return [Outline(as_points(ring), tuple(as_points(hole[i]) for hole in holes)) for i, ring in enumerate(outer)]


def _lines(a: Line, b: Line, parts: Floats) -> list[Any]:
    moving = interpolation.lines(as_array(a.vertices), as_array(b.vertices))
    return [Line(as_points(one)) for one in moving.at(parts)]


def _keypoints(a: Keypoint, b: Keypoint, parts: Floats) -> list[Any]:
    moving = Interval(np.array([[a.x, a.y]]), np.array([[b.x, b.y]]))
    return [Keypoint(x, y, a.visibility) for x, y in moving.at(parts)[:, 0].tolist()]


MOVING: Mapping[str, Moving] = {"box": _boxes, "polygon": _outlines, "polyline": _lines, "keypoint": _keypoints}


def apart(a: Sequence[Any], b: Sequence[Any]) -> Floats:
    """(n,): px by which each shape of a strays from that of b, the farthest place of either counts; inf where they are
    not of one make (as many holes, seen alike)."""
    if not a:
        return np.zeros(0)
    if isinstance(a[0], Box):
        return np.asarray(np.linalg.norm(_cornered(a) - _cornered(b), axis=2).max(axis=1), dtype=float)
    return np.array([_strays(one, other) for one, other in zip(a, b, strict=True)])


def _strays(a: Any, b: Any) -> float:
    if isinstance(a, Keypoint):
        return float(np.hypot(a.x - b.x, a.y - b.y)) if a.visibility == b.visibility else np.inf
    if isinstance(a, Line):
        return float(shapely.hausdorff_distance(*(shapely.LineString(one.vertices) for one in (a, b))))
    if len(a.holes) != len(b.holes):
        return float("inf")
    return float(max(shapely.hausdorff_distance(*map(shapely.LinearRing, pair)) for pair in _ring_pairs(a, b)))


def _ring_pairs(a: Outline, b: Outline) -> list[tuple[Floats, Floats]]:
    return list(zip(a.rings, b.rings, strict=True))


def needed(
    frames: Sequence[int], shapes: Sequence[Any], reproduces: Callable[[int, int], bool], fixed: Sequence[int] = ()
) -> list[int]:
    """Places of the key frames that a motion needs: the first, the last if it moved, those `fixed`, and more where
    `reproduces` asks for them.

    `reproduces(i, j)`: whether interpolation between the shapes at places i and j gives all between them. From each key
    frame the next one is sought by doubling steps, then halving.
    """
    if not frames:
        return []
    stops = sorted({*fixed, len(frames) - 1})
    kept = [0]
    for stop in stops:
        while kept[-1] < stop:
            kept.append(_farthest(kept[-1], stop, reproduces))
    if len(kept) > 1 and kept[-1] not in fixed and shapes[kept[-1]] == shapes[kept[-2]]:
        kept.pop()  # what does not move is held
    return kept


def _farthest(start: int, stop: int, reproduces: Callable[[int, int], bool]) -> int:
    good, step = start + 1, 2
    bad = stop + 1
    while start + step <= stop:
        if not reproduces(start, start + step):
            bad = start + step
            break
        good, step = start + step, step * 2
    else:
        if good < stop and reproduces(start, stop):
            return stop
        bad = min(bad, stop)
    while bad - good > 1:
        middle = (good + bad) // 2
        if reproduces(start, middle):
            good = middle
        else:
            bad = middle
    return good


def within_px(
    shape: Shape[Any], frames: Sequence[int], shapes: Sequence[Any], most: float
) -> Callable[[int, int], bool]:
    """For `needed`: no shape strays by more than `most` px."""
    if all(isinstance(one, Box) and not one.angle for one in shapes):
        return _boxes_within_px(np.asarray(frames, dtype=float), shapes, most)

    def reproduces(i: int, j: int) -> bool:
        made = between(shape, shapes[i], shapes[j], frames[i], frames[j], frames[i + 1 : j])
        return bool((apart(made, shapes[i + 1 : j]) <= most).all())

    return reproduces


def _boxes_within_px(frames: Floats, boxes: Sequence[Box], most: float) -> Callable[[int, int], bool]:
    at = corners(np.array([_sides(one) for one in boxes]).reshape(-1, 4))

    def reproduces(i: int, j: int) -> bool:
        part = ((frames[i + 1 : j] - frames[i]) / max(frames[j] - frames[i], 1))[:, None]
        off = np.abs(at[i] * (1 - part) + at[j] * part - at[i + 1 : j])
        return bool((np.hypot(*np.maximum(off[:, :2], off[:, 2:]).T) <= most).all())

    return reproduces


def likeness(shape: Shape[Any], a: Sequence[Any], b: Sequence[Any], q: Any) -> Floats:
    """(n,) in [0, 1]: how alike each of a is to that of b at the same place."""
    if not a:
        return np.zeros(0)
    if shape.name == "box" and not any(one.angle for one in (*a, *b)):
        return _overlap(*(corners(np.array([_sides(one) for one in side])) for side in (a, b)))
    found = np.zeros(len(a))
    for place, (one, other) in enumerate(zip(a, b, strict=True)):
        found[place] = float(shape.similarity([one], [other], 1e-9, q)[2].sum())
    return found


def _overlap(a: Floats, b: Floats) -> Floats:
    """(n, 4) [left, top, right, bottom] both -> (n,) intersection over union, row by row."""
    sides = np.maximum(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0.0)
    common = sides.prod(axis=1)
    both = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1)
    return np.asarray(np.where((a == b).all(axis=1), 1.0, common / np.maximum(both - common, 1e-300)), dtype=float)


def _sides(one: Box) -> tuple[float, float, float, float]:
    return one.left, one.top, one.width, one.height


def _cornered(boxes: Sequence[Box]) -> Floats:
    return box_corners(np.array([one.turned for one in boxes]))
