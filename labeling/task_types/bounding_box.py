"""Boxes in images: upright, or turned about their centre where the job allows it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from labeling.errors import InvalidAnswer
from labeling.geometry.areas import iou_pairs
from labeling.geometry.boxes import corners, overlaps, robust_mean
from labeling.geometry.turned import between, box_corners, mean_box, upright, wrapped
from labeling.quality.clusters import Pairs
from labeling.task_types.base import Floats, Json, MediaFacts, Question
from labeling.task_types.instances import Shape
from labeling.task_types.located import Located
from labeling.task_types.points import plain
from labeling.task_types.reading import members, number

SLACK = 0.5  # px that a box may stand out of its image: it is clipped
CENT = 0.01  # px, the finest step of a manifest


@dataclass(frozen=True)
class Box:
    """px of the stored image; width, height > 0. `angle`: degrees clockwise (y down) about the centre, (-180, 180]."""

    left: float
    top: float
    width: float
    height: float
    angle: float = 0.0

    @property
    def turned(self) -> tuple[float, float, float, float, float]:
        """Centre, sides, angle."""
        return self.left + self.width / 2, self.top + self.height / 2, self.width, self.height, self.angle

    @cached_property
    def region(self) -> BaseGeometry:
        return shapely.Polygon(box_corners(np.array([self.turned]))[0])


class BoxShape(Shape[Box]):
    """`angle` stands in a box's JSON only where it isn't 0, and only in jobs with the setting `rotation`."""

    name = "box"
    keys = ("left", "top", "width", "height")

    def schema(self, q: Question, category: int) -> Json:
        far = _diagonal(q.media) if _rotates(q) else 0.0

        def place(size: int) -> Json:
            return {"type": "number", "minimum": -SLACK - far, "maximum": size + SLACK}

        def side(size: int) -> Json:
            return {"type": "number", "exclusiveMinimum": 0, "maximum": far or size + 2 * SLACK}

        properties = {
            "left": place(q.media.width),
            "top": place(q.media.height),
            "width": side(q.media.width),
            "height": side(q.media.height),
        }
        if _rotates(q):
            properties["angle"] = {"type": "number", "exclusiveMinimum": -180, "maximum": 180}
        return {
            "type": "object",
            "properties": properties,
            "required": list(self.keys),
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Box:
        given = members(raw, pointer, required=self.keys, optional=("angle",) if _rotates(q) else ())
        left, top, width, height = (number(given[key], f"{pointer}/{key}") for key in self.keys)
        angle = number(given.get("angle", 0), f"{pointer}/angle")
        for key, side in (("width", width), ("height", height)):
            if side <= 0:
                raise InvalidAnswer(f"{pointer}/{key}", f"The {key} must be more than 0.", todo="Draw a larger box.")
        if not -180 < angle <= 180:
            raise InvalidAnswer(f"{pointer}/angle", "The angle is more than -180 and at most 180 degrees.")
        if angle:
            return _turned_inside(Box(left, top, width, height, angle), q.media, pointer)
        left, width = _inside(left, width, q.media.width, pointer)
        top, height = _inside(top, height, q.media.height, pointer)
        return Box(left, top, width, height)

    def dump(self, geometry: Box) -> Json:
        angle = {"angle": plain(geometry.angle)} if geometry.angle else {}
        return {**{key: plain(getattr(geometry, key)) for key in self.keys}, **angle}

    def similarity(self, a: Sequence[Box], b: Sequence[Box], least: float, q: Question) -> Pairs:
        """Exact for rotated ones too: they are polygons then."""
        if any(one.angle for one in (*a, *b)):
            return iou_pairs([one.region for one in a], [one.region for one in b], least)
        return overlaps(_corners(a), _corners(b), least)

    def merge(self, geometries: Sequence[Box], weights: Floats, q: Question) -> Box:
        """Skilled workers' boxes weigh more, boxes far from the others' less."""
        if len(set(geometries)) == 1:
            return geometries[0]
        if not any(one.angle for one in geometries):
            return boxes_of(robust_mean(_corners(geometries), weights)[None])[0]
        cx, cy, width, height, angle = (
            float(one) for one in mean_box(np.array([one.turned for one in geometries]), weights)
        )
        return _settled(Box(cx - width / 2, cy - height / 2, width, height, angle), q.media)

    def interpolate(self, a: Box, b: Box, t: float) -> Box:
        """Centre and size move evenly, the angle by the shorter way; a at 0, b at 1."""
        left, top, width, height = (getattr(a, key) * (1 - t) + getattr(b, key) * t for key in self.keys)
        return Box(left, top, width, height, between(a.angle, b.angle, t, 360))

    def rounded(self, geometry: Box, media: MediaFacts) -> Box:
        angle = wrapped(round(geometry.angle, 2), 360)
        if angle:
            left, width = _rounded_turned(geometry.left, geometry.width, media.width)
            top, height = _rounded_turned(geometry.top, geometry.height, media.height)
            return Box(left, top, width, height, angle)
        left, width = _rounded(geometry.left, geometry.width, media.width)
        top, height = _rounded(geometry.top, geometry.height, media.height)
        return Box(left, top, width, height)

    def entries(self, geometry: Box, media: MediaFacts) -> tuple[Json, ...]:
        """A rotated box is written as its upright bounding box inside the image (spec section 12.1)."""
        if not geometry.angle:
            return (self.dump(geometry),)
        left, top, right, bottom = (float(one) for one in upright(np.array([geometry.turned]))[0])
        left, top = min(max(left, 0.0), float(media.width)), min(max(top, 0.0), float(media.height))
        whole = Box(left, top, min(right, media.width) - left, min(bottom, media.height) - top)
        return (self.dump(self.rounded(whole, media)),)

    def ours(self, geometry: Box) -> Json:
        if not geometry.angle:
            return {}
        return {"angles": plain(geometry.angle), "sides": {key: plain(getattr(geometry, key)) for key in self.keys}}

    def from_entries(self, entries: Sequence[Json], ours: Json, q: Question, category: int) -> Json:
        """The rotated box where this job has such; elsewhere what stands in the list."""
        sides = ours.get("sides")
        if _rotates(q) and "angles" in ours and isinstance(sides, dict):
            return {**sides, "angle": ours["angles"]}
        return super().from_entries(entries, ours, q, category)


BOX = BoxShape()


class BoundingBox(Located):
    name = "bounding-box"
    media = "image"
    manifest_type = "groundtruth/object-detection"
    title = "Boxes in images"
    hint = "People draw a box around each thing, and say what it is."
    picture = "M4 4h40v28H4zM10 11h12v15H10zM27 8h12v10H27z"
    tools = ("box",)
    shapes: ClassVar = {BOX.name: BOX}
    manifest_list = "annotations"
    manifest_group = False
    widget = "boundingBox"
    widget_list = "boundingBoxes"
    own_settings: ClassVar = {
        "rotation": {"type": "boolean", "default": False, "description": "Boxes may be turned about their centre."}
    }


def _rotates(q: Question) -> bool:
    return q.settings.get("rotation") is True


def _diagonal(media: MediaFacts) -> float:
    return math.hypot(media.width, media.height) + 2 * SLACK


def _turned_inside(box: Box, media: MediaFacts, pointer: str) -> Box:
    """A rotated box may stick out; its centre lies in the image, its sides are no longer than the diagonal."""
    for key in ("width", "height"):
        if getattr(box, key) > _diagonal(media):
            raise InvalidAnswer(f"{pointer}/{key}", f"The {key} is larger than the image's diagonal.")
    cx, cy = box.turned[:2]
    if not (0 <= cx <= media.width and 0 <= cy <= media.height):
        problem = f"The centre ({cx:.6g}, {cy:.6g}) is outside the image of {media.width} x {media.height} px."
        raise InvalidAnswer(pointer, problem, todo="Keep the centre inside the image.")
    return box


def _settled(box: Box, media: MediaFacts) -> Box:
    """A merged box as `parse` would give it back: clipped where it came out upright, its centre inside elsewhere."""
    if box.angle:
        left, top = (_nudged(*one) for one in ((box.left, box.width, media.width), (box.top, box.height, media.height)))
        return Box(left, top, box.width, box.height, box.angle)
    left, right = max(box.left, 0.0), min(box.left + box.width, media.width)
    top, bottom = max(box.top, 0.0), min(box.top + box.height, media.height)
    return Box(left, top, _side(left, right), _side(top, bottom))


def _nudged(start: float, side: float, size: int, step: float = 0.0) -> float:
    """The start of a side whose middle lies inside 0..size, in floating point too."""
    while start + side / 2 < 0:
        start = round(start + step, 2) if step else math.nextafter(start, math.inf)
    while start + side / 2 > size:
        start = round(start - step, 2) if step else math.nextafter(start, -math.inf)
    return start


def _rounded_turned(start: float, side: float, size: int) -> tuple[float, float]:
    """Start and side to whole cents, the middle inside 0..size."""
    length = max(round(side, 2), CENT)
    return _nudged(round(start, 2), length, size, CENT), length


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


def boxes_of(corners: Floats) -> list[Box]:
    """(n, 4) corners of upright boxes."""
    return [Box(left, top, _side(left, right), _side(top, bottom)) for left, top, right, bottom in corners.tolist()]


def _corners(boxes: Sequence[Box]) -> Floats:
    return corners(np.array([(one.left, one.top, one.width, one.height) for one in boxes], dtype=float).reshape(-1, 4))
