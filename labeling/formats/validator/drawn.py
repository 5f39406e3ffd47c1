"""Rules for the entries of our layout in custom jobs: polygons, polylines, keypoints and ellipses (spec 7.12)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from labeling.formats.validator.rules import Broken
from labeling.formats.validator.views import LabelView, is_index, is_number
from labeling.geometry.areas import MOST_MEETINGS, even_odd, tangled
from labeling.task_types.base import Json

OUTSIDE = 0.5  # px; more is an error
LEAST_AREA = 1e-6  # px squared
_NOISE = 1e-6  # px; what adding two floats may cost
Size: TypeAlias = tuple[int, int] | None
EntryRule: TypeAlias = Callable[[Json, Size, str], Iterator[Broken]]


def entries(label: LabelView, found: list[Any], key: str, size: Size) -> Iterator[Broken]:
    """E-SHAPE, E-SHAPE-OUT, W-SHAPE-OUT, E-SHAPE-GROUP."""
    rule = ENTRY_RULES.get(key)
    for place, one in enumerate(found) if rule else ():
        at = label.at(key, place)
        if not isinstance(one, dict):
            yield Broken("E-SHAPE", at, "The entry is not an object.")
            continue
        group = one.get("group")
        if group is not None and not is_index(group):
            yield Broken("E-SHAPE-GROUP", at + "/group", "group is not a whole number from 0.")
        yield from rule(one, size, at) if rule else ()
    if key == "keypoints":
        yield from _skeletons(label, found)


def _polygon(one: Json, size: Size, at: str) -> Iterator[Broken]:
    holes = one.get("holes", [])
    if not isinstance(holes, list):
        yield Broken("E-SHAPE", at + "/holes", "holes is not a list of rings.")
        holes = []
    rings = {at + "/vertices": one.get("vertices")}
    rings |= {f"{at}/holes/{place}": ring for place, ring in enumerate(holes)}
    whole = []
    for where, ring in rings.items():
        told = list(_points(ring, size, where, least=3))
        yield from told
        if not any(broken.rule == "E-SHAPE" for broken in told):
            whole.append(np.array([(point["x"], point["y"]) for point in ring or ()], dtype=float))
    if len(whole) < len(rings):
        return
    if tangled(whole):
        yield Broken("E-SHAPE", at, f"The outline crosses or touches itself more than {MOST_MEETINGS} times.")
    elif even_odd(whole).area <= LEAST_AREA:
        yield Broken("E-SHAPE", at, "The outline encloses nothing.")


def _polyline(one: Json, size: Size, at: str) -> Iterator[Broken]:
    vertices = one.get("vertices")
    told = list(_points(vertices, size, at + "/vertices", least=2))
    yield from told
    if not told and len({(point["x"], point["y"]) for point in vertices or ()}) == 1:
        yield Broken("E-SHAPE", at, "All points of the line lie on one spot.")


def _keypoint(one: Json, size: Size, at: str) -> Iterator[Broken]:
    yield from _point(one, size, at)
    visibility = one.get("visibility", 2)
    if not is_index(visibility) or visibility > 2:
        yield Broken("E-SHAPE", at + "/visibility", "visibility is not 0, 1 or 2.")
    name = one.get("name")
    if "name" in one and (not isinstance(name, str) or not name):
        yield Broken("E-SHAPE", at + "/name", "name is not the name of a point.")


def _ellipse(one: Json, size: Size, at: str) -> Iterator[Broken]:
    found = [one.get(key) for key in ("cx", "cy", "rx", "ry", "angle")]
    numbers = [float(value) for value in found if is_number(value)]
    if len(numbers) < len(found):
        yield Broken("E-SHAPE", at, "cx, cy, rx, ry and angle are not all numbers.")
        return
    cx, cy, rx, ry, angle = numbers
    if rx <= 0 or ry <= 0:
        yield Broken("E-SHAPE", at, f"The radii are {rx:g} and {ry:g} px.")
    elif size is not None and max(rx, ry) > math.hypot(*size) + _NOISE:
        yield Broken("E-SHAPE", at, f"The radii are {rx:g} and {ry:g} px, more than the image's diagonal.")
    if not -90 < angle <= 90:
        yield Broken("E-SHAPE", at + "/angle", f"The angle is {angle:g} degrees.")
    yield from _outside(cx, cy, size, at)


ENTRY_RULES: Mapping[str, EntryRule] = {
    "polygons": _polygon,
    "polylines": _polyline,
    "keypoints": _keypoint,
    "ellipses": _ellipse,
}


def _points(raw: Any, size: Size, at: str, *, least: int) -> Iterator[Broken]:
    if not isinstance(raw, list) or len(raw) < least:
        yield Broken("E-SHAPE", at, f"This is not a list of {least} or more points.")
        return
    for place, one in enumerate(raw):
        yield from _point(one, size, f"{at}/{place}")


def _point(raw: Any, size: Size, at: str) -> Iterator[Broken]:
    x, y = (raw.get("x"), raw.get("y")) if isinstance(raw, dict) else (None, None)
    if is_number(x) and is_number(y):
        yield from _outside(x, y, size, at)
    else:
        yield Broken("E-SHAPE", at, "x and y are not both numbers.")


def _outside(x: float, y: float, size: Size, at: str) -> Iterator[Broken]:
    far = max(-x, -y, x - size[0], y - size[1]) if size is not None else 0
    if size is not None and far > _NOISE:
        rule = "E-SHAPE-OUT" if far > OUTSIDE else "W-SHAPE-OUT"
        yield Broken(rule, at, f"The point leaves the image of {size[0]} x {size[1]} px by {far:g} px.")


def _skeletons(label: LabelView, found: list[Any]) -> Iterator[Broken]:
    """The points of one skeleton share a group and a class, and no two of them a name."""
    seen: set[tuple[str, str]] = set()
    classes: dict[str, Any] = {}
    for place, one in enumerate(found):
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            continue
        group = one.get("group")
        if not is_index(group):
            yield Broken("E-SHAPE-GROUP", label.at("keypoints", place), "A point with a name has no group.")
            continue
        if (str(group), one["name"]) in seen:
            said = f"Group {group} has two points called {one['name']!r}."
            yield Broken("E-SHAPE-GROUP", label.at("keypoints", place, "name"), said)
        if classes.setdefault(str(group), one.get("class_id")) != one.get("class_id"):
            said = f"The points of group {group} are of two classes."
            yield Broken("E-SHAPE-GROUP", label.at("keypoints", place, "class_id"), said)
        seen.add((str(group), one["name"]))
