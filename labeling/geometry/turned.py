"""Maths of rotated boxes and ellipses. Angles are degrees clockwise (y down) from +x, about the centre; lengths px."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.geometry.boxes import weighted_median
from labeling.geometry.robust import shares

Floats = NDArray[np.float64]
CORNERS = 64  # of the polygon that stands for an ellipse
FAR = 0.1  # of the mean size: things further from the middle one fade in a mean
_RING = np.arange(CORNERS) * 2 * np.pi / CORNERS
# Area of the polygon = area of the ellipse: its corners lie a little outside.
_STRETCH = np.sqrt(2 * np.pi / (CORNERS * np.sin(2 * np.pi / CORNERS)))
_UNIT = np.column_stack([np.cos(_RING), np.sin(_RING)]) * _STRETCH
_SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


def box_corners(turned: Floats) -> Floats:
    """(n, 5) [cx, cy, width, height, angle] -> (n, 4, 2), beginning with the corner that was top left, clockwise."""
    return _placed(_SQUARE, turned * np.array([1, 1, 0.5, 0.5, 1]))


def ellipse_outlines(ellipses: Floats) -> Floats:
    """(n, 5) [cx, cy, rx, ry, angle] -> (n, 64, 2): polygons of the ellipses' own areas.

    Their outline strays from the ellipse's by at most 0.1 % of the larger radius, the overlap of two by at most 0.003.
    """
    return _placed(_UNIT, ellipses)


def _placed(unit: Floats, turned: Floats) -> Floats:
    radians = np.radians(turned[:, 4])[:, None]
    x, y = unit[None, :, 0] * turned[:, 2:3], unit[None, :, 1] * turned[:, 3:4]
    across = turned[:, 0:1] + x * np.cos(radians) - y * np.sin(radians)
    down = turned[:, 1:2] + x * np.sin(radians) + y * np.cos(radians)
    return np.asarray(np.stack([across, down], axis=2), dtype=float)


def upright(turned: Floats) -> Floats:
    """(n, 5) rotated boxes -> (n, 4): the corners [left, top, right, bottom] of their bounding boxes."""
    placed = box_corners(turned)
    return np.concatenate([placed.min(axis=1), placed.max(axis=1)], axis=1)


def wrapped(angle: float, period: float) -> float:
    """The same direction in (-period / 2, period / 2]."""
    rest = angle % period
    return rest - period if rest > period / 2 else rest


def between(a: float, b: float, t: float, period: float) -> float:
    """From angle a (t = 0) to b (t = 1) by the shorter way; exactly half a period: clockwise, which is growing."""
    return wrapped(a + wrapped(b - a, period) * t, period)


def mean_box(turned: Floats, weights: Floats) -> Floats:
    """(n, 5) rotated boxes of one thing, (n,) weights > 0 -> (5,): their robust mean.

    A box turned by a quarter with its sides swapped is the same box: each is first written in the way that is nearest
    to the angle which most of the weight shares, so that nobody's notion of "width" matters.
    """
    difference = np.abs((turned[:, None, 4] - turned[None, :, 4] + 180) % 360 - 180)
    backing = (difference < 45) @ weights
    heading = float(turned[int(np.argmax(backing)), 4])
    alike = np.array([_towards(one, heading) for one in turned])
    middle = weighted_median(alike, weights)
    size = max(float(middle[2:4].mean()), 1e-9)
    apart = np.abs(alike[:, :4] - middle[:4]).max(axis=1) / size
    turn = np.radians(np.abs(alike[:, 4] - middle[4])) * middle[2:4].max() / (2 * size)
    share = shares(np.maximum(apart, turn), weights, FAR)
    made = np.clip(share @ alike, alike.min(axis=0), alike.max(axis=0))
    made[4] = wrapped(float(made[4]), 360)
    return np.asarray(made, dtype=float)


def _towards(box: Floats, heading: float) -> Floats:
    """The same box with its angle within 45 degrees of `heading`; not wrapped."""
    quarters = round(wrapped(heading - float(box[4]), 360) / 90)
    cx, cy, width, height, angle = box
    if quarters % 2:
        width, height = height, width
    return np.array([cx, cy, width, height, heading + wrapped(float(angle) + 90 * quarters - heading, 360)])


def mean_ellipse(ellipses: Floats, weights: Floats) -> Floats:
    """(n, 5) ellipses of one thing, (n,) weights > 0 -> (5,), angle in (-90, 90].

    Radii and angle are averaged as the matrix that makes the ellipse of a circle, which is blind to half turns, to
    swapped axes, and to the angle of what is nearly round. The axes are named as the nearest of the ellipses has them.
    """
    shapes = np.array([_matrix(one) for one in ellipses])
    values = np.column_stack([ellipses[:, :2], shapes[:, 0, 0], shapes[:, 0, 1], shapes[:, 1, 1]])
    middle = weighted_median(values, weights)
    size = max(float(middle[2] + middle[4]) / 2, 1e-9)
    share = shares(np.abs(values - middle).max(axis=1) / (2 * size), weights, FAR)
    centre = np.clip(share @ ellipses[:, :2], ellipses[:, :2].min(axis=0), ellipses[:, :2].max(axis=0))
    lengths, axes = np.linalg.eigh(np.einsum("n,nij->ij", share, shapes))
    turn = float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])))
    limits = ellipses[:, 2:4].min(), ellipses[:, 2:4].max()
    long, short = (float(np.clip(one, *limits)) for one in (lengths[1], lengths[0]))
    ways = [(long, short, wrapped(turn, 180)), (short, long, wrapped(turn + 90, 180))]
    costs = [weights @ (np.abs(ellipses[:, 2] - rx) + np.abs(ellipses[:, 3] - ry)) for rx, ry, _ in ways]
    rx, ry, angle = ways[int(np.argmin(costs))]
    return np.array([*centre, rx, ry, angle])


def _matrix(ellipse: Floats) -> Floats:
    """R diag(rx, ry) R^T."""
    turn = np.radians(ellipse[4])
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(rotation @ np.diag(ellipse[2:4]) @ rotation.T, dtype=float)
