"""Ellipses in images, rotated as they lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from labeling.errors import InvalidAnswer
from labeling.geometry.areas import iou_pairs
from labeling.geometry.turned import between, ellipse_outlines, mean_ellipse, wrapped
from labeling.quality.clusters import Pairs
from labeling.task_types.base import Floats, Json, MediaFacts, Question
from labeling.task_types.instances import Shape
from labeling.task_types.located import Located
from labeling.task_types.points import inside, plain, rounded_point
from labeling.task_types.reading import members, number

CENT = 0.01  # px, the finest step of a manifest
LEAST_RADIUS = 1e-3  # px


@dataclass(frozen=True)
class Ellipse:
    """px of the stored image; `angle` of rx, degrees clockwise (y down) from +x, in (-90, 90]."""

    cx: float
    cy: float
    rx: float
    ry: float
    angle: float = 0.0

    @cached_property
    def region(self) -> BaseGeometry:
        return shapely.Polygon(ellipse_outlines(np.array([astuple(self)]))[0])


class EllipseShape(Shape[Ellipse]):
    name = "ellipse"
    keys = ("cx", "cy", "rx", "ry", "angle")

    def schema(self, q: Question, category: int) -> Json:
        radius = {"type": "number", "minimum": LEAST_RADIUS, "maximum": _diagonal(q.media)}
        return {
            "type": "object",
            "properties": {
                "cx": {"type": "number", "minimum": 0, "maximum": q.media.width},
                "cy": {"type": "number", "minimum": 0, "maximum": q.media.height},
                "rx": radius,
                "ry": radius,
                "angle": {"type": "number", "exclusiveMinimum": -90, "maximum": 90},
            },
            "required": list(self.keys),
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Ellipse:
        given = members(raw, pointer, required=self.keys)
        cx, cy, rx, ry, angle = (number(given[key], f"{pointer}/{key}") for key in self.keys)
        for key, radius in (("rx", rx), ("ry", ry)):
            if not LEAST_RADIUS <= radius <= _diagonal(q.media):
                problem = f"A radius is more than 0 and at most the image's diagonal, {_diagonal(q.media):.6g} px."
                raise InvalidAnswer(f"{pointer}/{key}", problem)
        if not -90 < angle <= 90:
            raise InvalidAnswer(f"{pointer}/angle", "The angle is more than -90 and at most 90 degrees.")
        return Ellipse(*inside(cx, cy, q.media, pointer, slack=0.0), rx, ry, angle)

    def dump(self, geometry: Ellipse) -> Json:
        return {key: plain(getattr(geometry, key)) for key in self.keys}

    def similarity(self, a: Sequence[Ellipse], b: Sequence[Ellipse], least: float, q: Question) -> Pairs:
        """Overlap of 64-cornered polygons of the same areas: within 0.003 of the ellipses' own."""
        return iou_pairs([one.region for one in a], [one.region for one in b], least)

    def merge(self, geometries: Sequence[Ellipse], weights: Floats, q: Question) -> Ellipse:
        if len(set(geometries)) == 1:
            return geometries[0]
        made = mean_ellipse(np.array([astuple(one) for one in geometries]), weights)
        return Ellipse(*(float(one) for one in made))

    def interpolate(self, a: Ellipse, b: Ellipse, t: float) -> Ellipse:
        """Centre and radii move evenly, the angle by the shorter of the two ways."""
        if t in (0, 1):
            return b if t else a
        cx, cy, rx, ry = (getattr(a, key) * (1 - t) + getattr(b, key) * t for key in self.keys[:4])
        return Ellipse(cx, cy, rx, ry, between(a.angle, b.angle, t, 180))

    def rounded(self, geometry: Ellipse, media: MediaFacts) -> Ellipse:
        cx, cy = rounded_point((geometry.cx, geometry.cy), media)
        most = _diagonal(media)
        rx, ry = (min(max(round(one, 2), CENT), most) for one in (geometry.rx, geometry.ry))
        return Ellipse(cx, cy, rx, ry, wrapped(round(geometry.angle, 2), 180) + 0.0)


ELLIPSE = EllipseShape()


class Ellipses(Located):
    name = "ellipse"
    media = "image"
    manifest_type = "groundtruth/custom"
    title = "Ellipses in images"
    hint = "People draw an ellipse around each thing, and say what it is."
    picture = "M4 4h40v28H4zM34 18a10 7 0 1 1-20 0a10 7 0 1 1 20 0z"
    tools = ("ellipse",)
    shapes: ClassVar = {ELLIPSE.name: ELLIPSE}
    manifest_list = "ellipses"
    widget = "crowd-ellipse"
    widget_list = "ellipses"


def _diagonal(media: MediaFacts) -> float:
    return math.hypot(media.width, media.height)
