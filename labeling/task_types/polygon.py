"""Outlines with holes, filled by the even-odd rule. Further outlines of one thing are instances of the same group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from labeling.errors import InvalidAnswer
from labeling.geometry.areas import MOST_MEETINGS, even_odd, iou_pairs, smoothed, tangled, unrest, vote
from labeling.geometry.rings import ring_between
from labeling.quality.clusters import Pairs
from labeling.task_types.base import Floats, Json, MediaFacts, Question
from labeling.task_types.instances import Shape
from labeling.task_types.located import Located
from labeling.task_types.points import (
    Points,
    as_array,
    as_points,
    dump_points,
    opened,
    parse_points,
    points_schema,
    rounded_point,
)
from labeling.task_types.reading import kind_of, members

LEAST_AREA = 1e-6  # px squared
MOST_HOLES = 1_000
TANGLED = f"The outline crosses or touches itself more than {MOST_MEETINGS} times."
FINEST = 0.25  # px: what a merged outline is never smoothed below


@dataclass(frozen=True)
class Outline:
    """px of the stored image; 3 or more vertices a ring, not closed by repetition. Rings may cross."""

    vertices: Points
    holes: tuple[Points, ...] = ()

    @property
    def rings(self) -> list[Floats]:
        return [as_array(ring) for ring in (self.vertices, *self.holes)]

    @cached_property
    def region(self) -> BaseGeometry:
        return even_odd(self.rings)


class PolygonShape(Shape[Outline]):
    name = "polygon"
    keys = ("vertices", "holes")

    def schema(self, q: Question, category: int) -> Json:
        ring = points_schema(q.media, 3)
        return {
            "type": "object",
            "properties": {"vertices": ring, "holes": {"type": "array", "maxItems": MOST_HOLES, "items": ring}},
            "required": ["vertices"],
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Outline:
        given = members(raw, pointer, required=("vertices",), optional=("holes",))
        vertices = opened(parse_points(given["vertices"], q.media, f"{pointer}/vertices", least=3, called="An outline"))
        listed = given.get("holes", [])
        if not isinstance(listed, list):
            raise InvalidAnswer(f"{pointer}/holes", f"This must be a list of rings, and is {kind_of(listed)}.")
        if len(listed) > MOST_HOLES:
            raise InvalidAnswer(f"{pointer}/holes", f"At most {MOST_HOLES:,} holes; here are {len(listed):,}.")
        holes = tuple(
            opened(parse_points(ring, q.media, f"{pointer}/holes/{place}", least=3, called="A hole"))
            for place, ring in enumerate(listed)
        )
        outline = Outline(vertices, holes)
        if tangled(outline.rings):
            raise InvalidAnswer(f"{pointer}/vertices", TANGLED, todo="Draw it anew.")
        if not _solid(outline):
            raise InvalidAnswer(f"{pointer}/vertices", "The outline encloses nothing.", todo="Draw it wider.")
        return outline

    def dump(self, geometry: Outline) -> Json:
        holes = [dump_points(ring) for ring in geometry.holes]
        return {"vertices": dump_points(geometry.vertices), **({"holes": holes} if holes else {})}

    def similarity(self, a: Sequence[Outline], b: Sequence[Outline], least: float, q: Question) -> Pairs:
        return iou_pairs([one.region for one in a], [one.region for one in b], least)

    def merge(self, geometries: Sequence[Outline], weights: Floats, q: Question) -> Outline:
        """The outline of the area that more than half of the weight covers, without its needless vertices.

        One that weighs as much as all others meets them on the way (nearer to the heavier side) where that is nearer to
        both, and stands elsewhere; of two equally heavy ones that with more holes. Of several parts the largest stays.
        """
        if len(set(geometries)) == 1:
            return geometries[0]
        order = sorted(range(len(geometries)), key=lambda i: _standing(geometries[i], float(weights[i])), reverse=True)
        lead = geometries[order[0]]
        others = float(weights[order[1:]].sum())
        if others <= float(weights[order[0]]) * (1 + 1e-9):
            other = self.merge([geometries[place] for place in order[1:]], weights[order[1:]], q)
            return self._part_way(lead, other, others / float(weights.sum()), q)
        leaning = weights.copy()
        leaning[order[0]] *= 1 + 1e-6
        regions = [one.region for one in geometries]
        area = vote(regions, leaning)
        if area.area <= LEAST_AREA:
            return lead
        made = smoothed(area, max(FINEST, unrest(regions, area) / 4))
        outline = _begun_like(made, lead, q.media)
        return outline if _solid(outline) else lead

    def _part_way(self, a: Outline, b: Outline, t: float, q: Question) -> Outline:
        made = _begun_like(self.interpolate(a, b, t).rings, a, q.media)
        near = [iou_pairs([one.region], [other.region], 1e-9)[2].sum() for one, other in ((a, made), (made, b), (a, b))]
        return made if _solid(made) and min(near[:2]) >= near[2] else a

    def interpolate(self, a: Outline, b: Outline, t: float) -> Outline:
        """Holes move where both have as many; otherwise those of a are held."""
        if t in (0, 1):
            return b if t else a
        holes = a.holes
        if len(a.holes) == len(b.holes):
            holes = tuple(_between(one, other, t) for one, other in zip(a.holes, b.holes, strict=True))
        return Outline(_between(a.vertices, b.vertices, t), holes)

    def rounded(self, geometry: Outline, media: MediaFacts) -> Outline:
        """What would vanish stays as exact as it was."""
        whole = (geometry.vertices, *geometry.holes)
        rings = [opened(tuple(rounded_point(one, media) for one in ring)) for ring in whole]
        made = Outline(rings[0], tuple(rings[1:]))
        return made if _solid(made) else geometry


POLYGON = PolygonShape()


class Polygons(Located):
    name = "polygon"
    media = "image"
    manifest_type = "groundtruth/custom"
    title = "Polygons in images"
    hint = "People outline each thing, corner by corner, and say what it is."
    picture = "M4 4h40v28H4zM12 26l4-14 12-4 9 9-6 10z"
    tools = ("polygon",)
    shapes: ClassVar = {POLYGON.name: POLYGON}
    manifest_list = "polygons"
    widget = "crowd-polygon"
    widget_list = "polygons"


def _standing(outline: Outline, weight: float) -> tuple[float, int, float, Points, tuple[Points, ...]]:
    return weight, len(outline.holes), outline.region.area, outline.vertices, outline.holes


def _solid(outline: Outline) -> bool:
    return bool(shapely.area(outline.region) > LEAST_AREA)


def _between(a: Points, b: Points, t: float) -> Points:
    return as_points(ring_between(as_array(a), as_array(b), t))


def _begun_like(rings: Sequence[Floats], lead: Outline, media: MediaFacts) -> Outline:
    """The outer ring run in the lead's direction, from the vertex that is nearest to the lead's first one."""
    outer, like = rings[0], as_array(lead.vertices)
    if _turn(outer) * _turn(like) < 0:
        outer = outer[::-1]
    start = int(np.argmin(((outer - like[0]) ** 2).sum(axis=1)))
    border = np.array([media.width, media.height], dtype=float)  # cuts may leave the image in the last digit
    whole = [as_points(np.clip(ring, 0.0, border)) for ring in (np.roll(outer, -start, axis=0), *rings[1:])]
    return Outline(whole[0], tuple(whole[1:]))


def _turn(ring: Floats) -> float:
    """Twice the signed area."""
    following = np.roll(ring, -1, axis=0)
    return float((ring[:, 0] * following[:, 1] - ring[:, 1] * following[:, 0]).sum())
