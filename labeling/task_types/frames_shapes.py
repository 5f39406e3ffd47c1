"""The shapes of video frames: a box, an outline, a line or a point in one frame, compared with others of that frame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from labeling.quality.clusters import Pairs
from labeling.task_types.base import Category, Floats, Json, MediaFacts, Question
from labeling.task_types.bounding_box import BOX
from labeling.task_types.frames import frame_index, frame_schema
from labeling.task_types.instances import Shape
from labeling.task_types.keypoint import KEYPOINT
from labeling.task_types.polygon import POLYGON
from labeling.task_types.polyline import POLYLINE
from labeling.task_types.reading import members


@dataclass(frozen=True)
class Moment:
    """A shape in one frame."""

    frame: int
    at: Any


class MomentShape(Shape[Moment]):
    inner: ClassVar[Shape[Any]]
    keys = ("frame", "at")

    def takes(self, category: Category) -> bool:
        return self.inner.takes(category)

    def schema(self, q: Question, category: int) -> Json:
        return {
            "type": "object",
            "properties": {"frame": frame_schema(q), "at": self.inner.schema(q, category)},
            "required": list(self.keys),
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Moment:
        given = members(raw, pointer, required=self.keys)
        frame = frame_index(given["frame"], f"{pointer}/frame", q)
        return Moment(frame, self.inner.parse(given["at"], q, category, f"{pointer}/at"))

    def dump(self, geometry: Moment) -> Json:
        return {"frame": geometry.frame, "at": self.inner.dump(geometry.at)}

    def similarity(self, a: Sequence[Moment], b: Sequence[Moment], least: float, q: Question) -> Pairs:
        """Only within a frame: things of two frames are two."""
        places = [_by_frame(one) for one in (a, b)]
        found: list[Pairs] = [(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))]
        for frame in sorted(places[0].keys() & places[1].keys()):
            i, j = (np.array(one[frame], dtype=np.intp) for one in places)
            alike = self.inner.similarity([a[at].at for at in i], [b[at].at for at in j], least, q)
            found.append((i[alike[0]], j[alike[1]], alike[2]))
        first, second, likeness = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return first, second, likeness

    def merge(self, geometries: Sequence[Moment], weights: Floats, q: Question) -> Moment:
        return Moment(geometries[0].frame, self.inner.merge([one.at for one in geometries], weights, q))

    def interpolate(self, a: Moment, b: Moment, t: float) -> Moment:
        """Between two frames: in the nearer one."""
        if t in (0, 1):
            return b if t else a
        return Moment(round(a.frame * (1 - t) + b.frame * t), self.inner.interpolate(a.at, b.at, t))

    def rounded(self, geometry: Moment, media: MediaFacts) -> Moment:
        return Moment(geometry.frame, self.inner.rounded(geometry.at, media))


def _by_frame(moments: Sequence[Moment]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(moments):
        found[one.frame].append(place)
    return found


class BoxMoment(MomentShape):
    name = "box"
    inner = BOX


class PolygonMoment(MomentShape):
    name = "polygon"
    inner = POLYGON


class PolylineMoment(MomentShape):
    name = "polyline"
    inner = POLYLINE


class KeypointMoment(MomentShape):
    name = "keypoint"
    inner = KEYPOINT


MOMENTS: Mapping[str, MomentShape] = {
    one.name: one for one in (BoxMoment(), PolygonMoment(), PolylineMoment(), KeypointMoment())
}
