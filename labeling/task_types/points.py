"""Points of an outline, a line or a skeleton: reading them, and writing them. Shared by the shapes made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Floats, Json, MediaFacts
from labeling.task_types.reading import kind_of, members, number

SLACK = 0.5  # px that a point may stand out of its image: it is moved to the border
MOST_VERTICES = 10_000
Point: TypeAlias = tuple[float, float]
Points: TypeAlias = tuple[Point, ...]


def plain(value: float) -> float | int:
    """Integral numbers are written without a point."""
    return int(value) if float(value).is_integer() else value


def inside(x: float, y: float, media: MediaFacts, pointer: str, slack: float = SLACK) -> Point:
    """The point, at the border where it was a little outside. Raises InvalidAnswer beyond the slack."""
    if not (-slack <= x <= media.width + slack and -slack <= y <= media.height + slack):
        problem = f"The point ({x:.6g}, {y:.6g}) is outside the image of {media.width} x {media.height} px."
        raise InvalidAnswer(pointer, problem, todo="Keep it inside the image.")
    return min(max(x, 0.0), float(media.width)), min(max(y, 0.0), float(media.height))


def parse_points(raw: Any, media: MediaFacts, pointer: str, *, least: int, called: str) -> Points:
    """A list of {"x", "y"}. `least`: how many there must be; `called`: what they make, for people."""
    if not isinstance(raw, list):
        raise InvalidAnswer(pointer, f"This must be a list of points, and is {kind_of(raw)}.")
    if len(raw) < least:
        raise InvalidAnswer(pointer, f"{called} has at least {least} points; here are {len(raw)}.")
    if len(raw) > MOST_VERTICES:
        raise InvalidAnswer(pointer, f"{called} has at most {MOST_VERTICES:,} points; here are {len(raw):,}.")
    return tuple(_point(one, media, f"{pointer}/{place}") for place, one in enumerate(raw))


def _point(raw: Any, media: MediaFacts, pointer: str) -> Point:
    given = members(raw, pointer, required=("x", "y"))
    return inside(number(given["x"], f"{pointer}/x"), number(given["y"], f"{pointer}/y"), media, pointer)


def dump_points(points: Sequence[Point]) -> list[Json]:
    return [{"x": plain(x), "y": plain(y)} for x, y in points]


def rounded_point(point: Point, media: MediaFacts) -> Point:
    return min(max(round(point[0], 2), 0.0), float(media.width)), min(max(round(point[1], 2), 0.0), float(media.height))


def place_schema(size: int) -> Json:
    return {"type": "number", "minimum": -SLACK, "maximum": size + SLACK}


def points_schema(media: MediaFacts, least: int) -> Json:
    point = {
        "type": "object",
        "properties": {"x": place_schema(media.width), "y": place_schema(media.height)},
        "required": ["x", "y"],
        "additionalProperties": False,
    }
    return {"type": "array", "minItems": least, "maxItems": MOST_VERTICES, "items": point}


def as_array(points: Sequence[Point]) -> Floats:
    return np.array(points, dtype=float).reshape(-1, 2)


def as_points(array: Floats) -> Points:
    return tuple((float(x), float(y)) for x, y in array)


def opened(ring: Points) -> Points:
    """A ring without a last point that repeats the first, as other tools write it (spec section 15)."""
    while len(ring) > 3 and ring[0] == ring[-1]:
        ring = ring[:-1]
    return ring
