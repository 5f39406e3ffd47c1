"""Upright boxes in images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.geometry.boxes import corners, overlaps, robust_mean
from labeling.quality.clusters import Pairs
from labeling.task_types.base import Floats, Json, MediaFacts
from labeling.task_types.instances import Shape
from labeling.task_types.located import Located
from labeling.task_types.reading import members, number

SLACK = 0.5  # px that a box may stand out of its image: it is clipped
CENT = 0.01  # px, the finest step of a manifest


@dataclass(frozen=True)
class Box:
    """px of the stored image; width, height > 0."""

    left: float
    top: float
    width: float
    height: float


class BoxShape(Shape[Box]):
    name = "box"
    keys = ("left", "top", "width", "height")

    def schema(self, media: MediaFacts) -> Json:
        def place(size: int) -> Json:
            return {"type": "number", "minimum": -SLACK, "maximum": size + SLACK}

        def side(size: int) -> Json:
            return {"type": "number", "exclusiveMinimum": 0, "maximum": size + 2 * SLACK}

        return {
            "type": "object",
            "properties": {
                "left": place(media.width),
                "top": place(media.height),
                "width": side(media.width),
                "height": side(media.height),
            },
            "required": list(self.keys),
            "additionalProperties": False,
        }

    def parse(self, raw: Any, media: MediaFacts, pointer: str) -> Box:
        given = members(raw, pointer, required=self.keys)
        left, top, width, height = (number(given[key], f"{pointer}/{key}") for key in self.keys)
        for key, side in (("width", width), ("height", height)):
            if side <= 0:
                raise InvalidAnswer(f"{pointer}/{key}", f"The {key} must be more than 0.", todo="Draw a larger box.")
        left, width = _inside(left, width, media.width, pointer)
        top, height = _inside(top, height, media.height, pointer)
        return Box(left, top, width, height)

    def dump(self, geometry: Box) -> Json:
        return {key: _plain(getattr(geometry, key)) for key in self.keys}

    def similarity(self, a: Sequence[Box], b: Sequence[Box], least: float) -> Pairs:
        return overlaps(_corners(a), _corners(b), least)

    def merge(self, geometries: Sequence[Box], weights: Floats) -> Box:
        """Skilled workers' boxes weigh more, boxes far from the others' less."""
        if len(set(geometries)) == 1:
            return geometries[0]
        left, top, right, bottom = (float(one) for one in robust_mean(_corners(geometries), weights))
        return Box(left, top, _side(left, right), _side(top, bottom))

    def interpolate(self, a: Box, b: Box, t: float) -> Box:
        """Centre and size move evenly; a at 0, b at 1."""
        sides = (getattr(a, key) * (1 - t) + getattr(b, key) * t for key in self.keys)
        return Box(*sides)

    def rounded(self, geometry: Box, media: MediaFacts) -> Box:
        left, width = _rounded(geometry.left, geometry.width, media.width)
        top, height = _rounded(geometry.top, geometry.height, media.height)
        return Box(left, top, width, height)


BOX = BoxShape()


class BoundingBox(Located):
    name = "bounding-box"
    media = "image"
    manifest_type = "groundtruth/object-detection"
    title = "Boxes in images"
    tools = ("box",)
    shapes: ClassVar = {BOX.name: BOX}
    manifest_list = "annotations"
    widget = "boundingBox"
    widget_list = "boundingBoxes"


def _inside(start: float, side: float, size: int, pointer: str) -> tuple[float, float]:
    """One axis of a box, clipped to 0..size. Raises InvalidAnswer beyond the slack, or when nothing is left."""
    end = start + side
    if start < -SLACK or end > size + SLACK or start >= size or end <= 0:
        problem = f"The box reaches from {start:.6g} to {end:.6g} px; the image from 0 to {size}."
        raise InvalidAnswer(pointer, problem, todo="Keep the box inside the image.")
    if start < 0:
        start, side = 0.0, end
    if start + side > size:
        side = size - start
    return start, side


def _side(start: float, end: float) -> float:
    """end - start, such that start + side does not pass end in floating point either."""
    side = end - start
    return side if start + side <= end else math.nextafter(side, 0.0)


def _rounded(start: float, side: float, size: int) -> tuple[float, float]:
    """Both ends to whole cents inside 0..size, at least one cent apart."""
    begin = min(max(round(start, 2), 0.0), round(size - CENT, 2))
    length = max(round(min(round(start + side, 2), size) - begin, 2), CENT)
    while begin + length > size and length > CENT:
        length = round(length - CENT, 2)
    return begin, length


def _corners(boxes: Sequence[Box]) -> Floats:
    return corners(np.array([(one.left, one.top, one.width, one.height) for one in boxes], dtype=float).reshape(-1, 4))


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value
