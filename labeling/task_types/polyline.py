"""Open lines in images: lanes, cables, edges. Which end they begin at means nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.geometry.lines import alike, middle
from labeling.geometry.rings import line_between
from labeling.quality.clusters import Pairs
from labeling.task_types.base import Floats, Json, MediaFacts, Question
from labeling.task_types.instances import Shape
from labeling.task_types.located import Located
from labeling.task_types.points import (
    Points,
    as_array,
    as_points,
    dump_points,
    parse_points,
    points_schema,
    rounded_point,
)
from labeling.task_types.reading import members

LEAST_LENGTH = 1e-3  # px


@dataclass(frozen=True)
class Line:
    """px of the stored image; 2 or more vertices."""

    vertices: Points


class PolylineShape(Shape[Line]):
    name = "polyline"
    keys = ("vertices",)

    def schema(self, q: Question, category: int) -> Json:
        return {
            "type": "object",
            "properties": {"vertices": points_schema(q.media, 2)},
            "required": ["vertices"],
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Line:
        given = members(raw, pointer, required=self.keys)
        line = Line(parse_points(given["vertices"], q.media, f"{pointer}/vertices", least=2, called="A line"))
        if not _long(line):
            raise InvalidAnswer(
                f"{pointer}/vertices", "All points of the line lie on one spot.", todo="Draw it longer."
            )
        return line

    def dump(self, geometry: Line) -> Json:
        return {"vertices": dump_points(geometry.vertices)}

    def similarity(self, a: Sequence[Line], b: Sequence[Line], least: float, q: Question) -> Pairs:
        return alike([as_array(one.vertices) for one in a], [as_array(one.vertices) for one in b], least)

    def merge(self, geometries: Sequence[Line], weights: Floats, q: Question) -> Line:
        """The line in the middle of them, run as most of the weight runs."""
        if len(set(geometries)) == 1:
            return geometries[0]
        arrays = [as_array(one.vertices) for one in geometries]
        made = np.clip(middle(arrays, weights), 0.0, np.array([q.media.width, q.media.height], dtype=float))
        line = Line(as_points(made))
        return line if _long(line) else geometries[int(np.argmax(weights))]

    def interpolate(self, a: Line, b: Line, t: float) -> Line:
        if t in (0, 1):
            return b if t else a
        return Line(as_points(line_between(as_array(a.vertices), as_array(b.vertices), t)))

    def rounded(self, geometry: Line, media: MediaFacts) -> Line:
        """What would vanish stays as exact as it was."""
        made = Line(tuple(rounded_point(one, media) for one in geometry.vertices))
        return made if _long(made) else geometry


POLYLINE = PolylineShape()


class Polylines(Located):
    name = "polyline"
    media = "image"
    manifest_type = "groundtruth/custom"
    title = "Lines in images"
    hint = "People draw lines along edges, lanes or cracks."
    picture = "M4 4h40v28H4zM9 26l8-12 9 7 12-13"
    tools = ("polyline",)
    shapes: ClassVar = {POLYLINE.name: POLYLINE}
    manifest_list = "polylines"
    widget = "crowd-polyline"
    widget_list = "polylines"
    likeness = "1 minus the mean distance of the two lines in tenths of their length"
    threshold = 0.3


def _long(line: Line) -> bool:
    return float(np.hypot(*np.diff(as_array(line.vertices), axis=0).T).sum()) > LEAST_LENGTH
