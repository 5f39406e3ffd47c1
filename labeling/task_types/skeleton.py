"""Skeletons: the named points of a category, each placed or not. Its edges are only drawn, they say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.errors import InvalidAnswer
from labeling.geometry.points import FINEST, OF_SKELETON, sizes, skeletons_alike
from labeling.geometry.robust import robust_mean
from labeling.quality.clusters import Pairs
from labeling.task_types.base import Category, Floats, Json, MediaFacts, Question
from labeling.task_types.instances import Shape
from labeling.task_types.points import inside, place_schema, plain, rounded_point
from labeling.task_types.reading import kind_of, members, number
from labeling.task_types.visibility import ABSENT, HIDDEN, VISIBLE, agreed, parse_visibility


@dataclass(frozen=True)
class Joint:
    """A named point; px of the stored image. Not placed: visibility 0, at 0, 0."""

    name: str
    x: float = 0.0
    y: float = 0.0
    visibility: int = ABSENT


@dataclass(frozen=True)
class Skeleton:
    """Every point of the category's skeleton, in its order; at least one is placed."""

    points: tuple[Joint, ...]


class SkeletonShape(Shape[Skeleton]):
    name = "skeleton"
    keys = ("points",)
    by_category = True
    spread = True

    def takes(self, category: Category) -> bool:
        return category.skeleton is not None

    def schema(self, q: Question, category: int) -> Json:
        names = _names(q, category)
        points = [
            {
                "type": "object",
                "properties": {
                    "name": {"const": name},
                    "x": place_schema(q.media.width),
                    "y": place_schema(q.media.height),
                    "visibility": {"enum": [ABSENT, HIDDEN, VISIBLE]},
                },
                "required": ["name", "x", "y", "visibility"],
                "additionalProperties": False,
            }
            for name in names
        ]
        listed = {"type": "array", "prefixItems": points, "minItems": len(names), "maxItems": len(names)}
        return {
            "type": "object",
            "properties": {"points": listed},
            "required": ["points"],
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Skeleton:
        listed = members(raw, pointer, required=self.keys)["points"]
        names = _names(q, category)
        if not isinstance(listed, list):
            raise InvalidAnswer(f"{pointer}/points", f"This must be a list, and is {kind_of(listed)}.")
        if len(listed) != len(names):
            problem = f"A skeleton of {q.categories[category].name} has {len(names)} points; here are {len(listed)}."
            raise InvalidAnswer(f"{pointer}/points", problem, todo="Give those that are not placed the visibility 0.")
        points = tuple(
            _joint(one, name, q.media, f"{pointer}/points/{place}")
            for place, (one, name) in enumerate(zip(listed, names, strict=True))
        )
        if all(one.visibility == ABSENT for one in points):
            raise InvalidAnswer(f"{pointer}/points", "No point of this skeleton is placed.", todo="Place one, or none.")
        return Skeleton(points)

    def dump(self, geometry: Skeleton) -> Json:
        return {"points": [_dumped(one) for one in geometry.points]}

    def similarity(self, a: Sequence[Skeleton], b: Sequence[Skeleton], least: float, q: Question) -> Pairs:
        """Points of different skeletons are compared by name."""
        names = list(dict.fromkeys(one.name for skeleton in (*a, *b) for one in skeleton.points))
        return skeletons_alike(*_arrays(a, names), *_arrays(b, names), least)

    def merge(self, geometries: Sequence[Skeleton], weights: Floats, q: Question) -> Skeleton:
        """Point by point: placed or not by weight, then the robust mean of those who placed it."""
        if len(set(geometries)) == 1:
            return geometries[0]
        places, placed = _arrays(geometries, [one.name for one in geometries[0].points])
        reach = max(OF_SKELETON * float(np.median(sizes(places, placed))), FINEST)
        backing = np.where(placed, weights[:, None], 0.0).sum(axis=0)
        kept = backing * 2 >= weights.sum() * (1 - 1e-9)
        if not kept.any():
            kept[int(np.argmax(backing))] = True
        seen = np.array([[one.visibility for one in skeleton.points] for skeleton in geometries])
        points = []
        for at, joint in enumerate(geometries[0].points):
            if not kept[at]:
                points.append(Joint(joint.name))
                continue
            by = placed[:, at]
            x, y = robust_mean(places[by, at], weights[by], reach)
            points.append(Joint(joint.name, float(x), float(y), agreed(list(seen[by, at]), weights[by])))
        return Skeleton(tuple(points))

    def interpolate(self, a: Skeleton, b: Skeleton, t: float) -> Skeleton:
        """By name; a point that only one has placed is held from a; visibility too, until b."""
        if t in (0, 1):
            return b if t else a
        others = {one.name: one for one in b.points}
        return Skeleton(tuple(_between(one, others.get(one.name, one), t) for one in a.points))

    def rounded(self, geometry: Skeleton, media: MediaFacts) -> Skeleton:
        return Skeleton(
            tuple(Joint(one.name, *rounded_point((one.x, one.y), media), one.visibility) for one in geometry.points)
        )

    def entries(self, geometry: Skeleton, media: MediaFacts) -> tuple[Json, ...]:
        """One keypoint each; visible is what a reader takes for granted."""
        return tuple(
            {key: value for key, value in _dumped(one).items() if (key, value) != ("visibility", VISIBLE)}
            for one in geometry.points
        )

    def from_entries(self, entries: Sequence[Json], ours: Json, q: Question, category: int) -> Json:
        """Points that are left out are not placed."""
        names = _names(q, category)
        points: dict[str, Json] = {name: _dumped(Joint(name)) for name in names}
        found: set[str] = set()
        for entry in entries:
            name = entry.get("name")
            if not isinstance(name, str) or name not in points:
                problem = f"A skeleton of {q.categories[category].name} has no point called {name!r}."
                raise InvalidAnswer("", problem, todo=f"Name one of: {', '.join(names)}.")
            if name in found:
                raise InvalidAnswer("", f"Two points of one skeleton are called {name!r}.", todo="Group them apart.")
            found.add(name)
            if entry.get("visibility", VISIBLE) != ABSENT:
                given: Json = {key: entry[key] for key in ("x", "y") if key in entry}
                points[name] = {"name": name, **given, "visibility": entry.get("visibility", VISIBLE)}
        return {"points": list(points.values())}


SKELETON = SkeletonShape()


def _names(q: Question, category: int) -> list[str]:
    skeleton = q.categories[category].skeleton
    return list(skeleton["points"]) if skeleton is not None else []


def _joint(raw: Any, name: str, media: MediaFacts, pointer: str) -> Joint:
    given = members(raw, pointer, required=("name", "x", "y", "visibility"))
    if given["name"] != name:
        raise InvalidAnswer(f"{pointer}/name", f"The point at this place is called {name}.")
    x, y = number(given["x"], f"{pointer}/x"), number(given["y"], f"{pointer}/y")
    visibility = parse_visibility(given["visibility"], f"{pointer}/visibility", (ABSENT, HIDDEN, VISIBLE))
    if visibility == ABSENT:
        if x or y:
            raise InvalidAnswer(pointer, "A point that is not placed stands at 0, 0.")
        return Joint(name)
    return Joint(name, *inside(x, y, media, pointer), visibility)


def _dumped(joint: Joint) -> Json:
    return {"name": joint.name, "x": plain(joint.x), "y": plain(joint.y), "visibility": joint.visibility}


def _between(a: Joint, b: Joint, t: float) -> Joint:
    if ABSENT in (a.visibility, b.visibility):
        return a
    return Joint(a.name, a.x * (1 - t) + b.x * t, a.y * (1 - t) + b.y * t, a.visibility)


def _arrays(skeletons: Sequence[Skeleton], names: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
    """(n, names, 2) places and (n, names) whether placed."""
    at = {name: place for place, name in enumerate(names)}
    places = np.zeros((len(skeletons), len(names), 2))
    placed = np.zeros((len(skeletons), len(names)), dtype=bool)
    for row, skeleton in enumerate(skeletons):
        for one in skeleton.points:
            places[row, at[one.name]] = one.x, one.y
            placed[row, at[one.name]] = one.visibility != ABSENT
    return places, placed
