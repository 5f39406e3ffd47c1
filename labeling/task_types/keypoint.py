"""Single points, and skeletons of named points where the category has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from labeling.geometry.points import alike, sigma_of_image
from labeling.geometry.robust import robust_mean
from labeling.quality.clusters import Pairs
from labeling.task_types.base import Category, Floats, Json, MediaFacts, Question
from labeling.task_types.instances import Shape
from labeling.task_types.located import Located
from labeling.task_types.points import inside, place_schema, plain, rounded_point
from labeling.task_types.reading import members, number
from labeling.task_types.skeleton import SKELETON
from labeling.task_types.visibility import HIDDEN, VISIBLE, agreed, parse_visibility


@dataclass(frozen=True)
class Keypoint:
    """px of the stored image; visibility 1 hidden, 2 visible."""

    x: float
    y: float
    visibility: int = VISIBLE


class KeypointShape(Shape[Keypoint]):
    name = "keypoint"
    keys = ("x", "y", "visibility")

    def takes(self, category: Category) -> bool:
        return category.skeleton is None

    def schema(self, q: Question, category: int) -> Json:
        return {
            "type": "object",
            "properties": {
                "x": place_schema(q.media.width),
                "y": place_schema(q.media.height),
                "visibility": {"enum": [HIDDEN, VISIBLE]},
            },
            "required": ["x", "y"],
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Keypoint:
        given = members(raw, pointer, required=("x", "y"), optional=("visibility",))
        x, y = inside(number(given["x"], f"{pointer}/x"), number(given["y"], f"{pointer}/y"), q.media, pointer)
        seen = parse_visibility(given.get("visibility", VISIBLE), f"{pointer}/visibility", (HIDDEN, VISIBLE))
        return Keypoint(x, y, seen)

    def dump(self, geometry: Keypoint) -> Json:
        seen = {} if geometry.visibility == VISIBLE else {"visibility": geometry.visibility}
        return {"x": plain(geometry.x), "y": plain(geometry.y), **seen}

    def similarity(self, a: Sequence[Keypoint], b: Sequence[Keypoint], least: float, q: Question) -> Pairs:
        sigma = sigma_of_image(q.media.width, q.media.height)
        return alike(_places(a), _places(b), sigma, least)

    def merge(self, geometries: Sequence[Keypoint], weights: Floats, q: Question) -> Keypoint:
        """The robust mean, and the visibility that weighs most."""
        if len(set(geometries)) == 1:
            return geometries[0]
        x, y = robust_mean(_places(geometries), weights, sigma_of_image(q.media.width, q.media.height))
        return Keypoint(float(x), float(y), agreed([one.visibility for one in geometries], weights))

    def interpolate(self, a: Keypoint, b: Keypoint, t: float) -> Keypoint:
        """Visibility is held from the key frame before."""
        return Keypoint(a.x * (1 - t) + b.x * t, a.y * (1 - t) + b.y * t, (b if t == 1 else a).visibility)

    def rounded(self, geometry: Keypoint, media: MediaFacts) -> Keypoint:
        return Keypoint(*rounded_point((geometry.x, geometry.y), media), geometry.visibility)


KEYPOINT = KeypointShape()


class Keypoints(Located):
    name = "keypoint"
    media = "image"
    manifest_type = "groundtruth/custom"
    title = "Points and skeletons in images"
    hint = "People put points on things, or the joints of a skeleton."
    picture = "M4 4h40v28H4zM24 9v9l-6 9M24 18l6 9M15 14l9 2 9-2"
    skeletons = True
    tools = ("keypoint", "skeleton")
    shapes: ClassVar = {KEYPOINT.name: KEYPOINT, SKELETON.name: SKELETON}
    manifest_list = "keypoints"
    widget = "crowd-keypoint"
    widget_list = "keypoints"
    likeness = "object keypoint similarity"


def _places(points: Sequence[Keypoint]) -> Floats:
    return np.array([(one.x, one.y) for one in points], dtype=float).reshape(-1, 2)
