"""Maths of open lines in px: how alike two are, and one from several. A line is an (n, 2) array of x, y, n >= 2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from labeling.geometry.near import touching
from labeling.geometry.robust import robust_mean, robust_means

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
SAMPLES = 64  # points of a line, evenly spread, whose distance to the other is averaged
REACH, SHORTEST_REACH = 0.1, 4.0  # of the mean length, px: lines so far apart on average are nothing alike
ROUNDS = 3  # of moving the middle line
FINEST = 0.25  # px: vertices that the middle line needs less than this for are left out


def reach(lengths: Floats) -> Floats:
    """px: the mean distance at which a line of this length has likeness 0 to one as long."""
    return np.asarray(np.maximum(REACH * lengths, SHORTEST_REACH), dtype=float)


def alike(a: Sequence[Floats], b: Sequence[Floats], least: float) -> tuple[Ints, Ints, Floats]:
    """The pairs whose likeness is at least `least` (> 0): places in a, in b, likeness.

    Likeness is 1 - d / r in [0, 1]: d the mean distance of 64 evenly spread points of each line from the other (the
    mean of both ways), r a tenth of their mean length, at least 4 px. So 0.5 means: apart by a twentieth of the length.
    Symmetric; 1 for equals; a line run backwards is the same line.
    """
    lines_a, lines_b = ([_line(one) for one in some] for some in (a, b))
    long_a, long_b = shapely.length(lines_a), shapely.length(lines_b)
    first, second = touching(_grown(lines_a, reach(long_a)), _grown(lines_b, reach(long_b)))
    if not len(first):
        return first, second, np.zeros(0)
    across = _strayed(_spread(lines_a)[first], np.array(lines_b, dtype=object)[second])
    back = _strayed(_spread(lines_b)[second], np.array(lines_a, dtype=object)[first])
    limit = reach((long_a[first] + long_b[second]) / 2)
    score = np.clip(1 - (across + back) / (2 * limit), 0, 1)
    score[score > 1 - 1e-12] = 1.0
    near = score >= least
    return first[near], second[near], np.asarray(score[near], dtype=float)


def _line(points: Floats) -> shapely.LineString:
    """To a millionth of a pixel: squares of far smaller steps are no numbers any more."""
    return shapely.LineString(np.round(points, 6))


def _grown(lines: Sequence[shapely.LineString], by: Floats) -> Floats:
    bounds = np.asarray(shapely.bounds(list(lines)), dtype=float).reshape(-1, 4)
    return np.asarray(bounds + by[:, None] * np.array([-1.0, -1.0, 1.0, 1.0]), dtype=float)


def _spread(lines: Sequence[shapely.LineString]) -> NDArray[np.object_]:
    """(n, SAMPLES) points along each line, both ends among them."""
    places = np.linspace(0, 1, SAMPLES)
    return np.asarray(shapely.line_interpolate_point(np.array(lines)[:, None], places[None, :], normalized=True))


def _strayed(points: NDArray[np.object_], lines: NDArray[np.object_]) -> Floats:
    return np.asarray(shapely.distance(points, lines[:, None]).mean(axis=1), dtype=float)


def middle(lines: Sequence[Floats], weights: Floats) -> Floats:
    """One line from several of the same thing, (n,) weights > 0: (m, 2).

    Begins with the line that is nearest to the others, and moves each of its points to the robust mean of the nearest
    points on all; the ends to that of all ends. So corners stay corners, and who stopped half way pulls nobody back.
    Runs as most of the weight does.
    """
    lead = _nearest_to_all(lines, weights)
    facing = [_facing(lines[lead], one) for one in lines]
    shapes = [shapely.LineString(one) for one in facing]
    limit = float(reach(shapely.length(shapes[lead]))) / 4
    ends = [robust_mean(np.array([one[end] for one in facing]), weights, limit) for end in (0, -1)]
    points = _dense(facing[lead])
    for _ in range(ROUNDS):
        marks = shapely.points(points)
        nearest = np.array([_nearest(shape, marks) for shape in shapes])  # (lines, points, 2)
        points = robust_means(nearest, weights, limit)
        points[0], points[-1] = ends
    spread = float(np.mean([shapely.distance(shapely.points(points), shape).mean() for shape in shapes]))
    made = shapely.simplify(shapely.LineString(points), max(FINEST, spread / 4))
    against = sum(weight for one, way, weight in zip(lines, facing, weights, strict=True) if way is not one)
    return np.array(made.coords[::-1] if against > weights.sum() / 2 else made.coords, dtype=float)


def _nearest_to_all(lines: Sequence[Floats], weights: Floats) -> int:
    shapes = [_line(one) for one in lines]
    points = _spread(shapes)
    apart = np.array([_strayed(points, np.array([shape] * len(shapes), dtype=object)) for shape in shapes])
    return int(np.argmin((apart + apart.T) @ weights))


def _facing(lead: Floats, line: Floats) -> Floats:
    """`line`, run in the direction in which its ends are nearer to those of `lead`."""
    same = np.hypot(*(line[0] - lead[0])) + np.hypot(*(line[-1] - lead[-1]))
    turned = np.hypot(*(line[-1] - lead[0])) + np.hypot(*(line[0] - lead[-1]))
    return line[::-1] if turned < same else line


def _dense(line: Floats) -> Floats:
    """The line's vertices and evenly spread points between them."""
    shape = shapely.LineString(line)
    vertices = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.unique(np.concatenate([vertices, np.linspace(0, shape.length, SAMPLES)]))
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(shape, at)), dtype=float)


def _nearest(shape: shapely.LineString, marks: NDArray[np.object_]) -> Floats:
    found = shapely.line_interpolate_point(shape, shapely.line_locate_point(shape, marks))
    return np.asarray(shapely.get_coordinates(found), dtype=float)
