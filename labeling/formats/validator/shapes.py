"""Rules for shapes on still images: boxes, and our layout of polygons and the like in custom jobs (spec 7.3, 7.12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.formats.validator.classes import class_map, confidence
from labeling.formats.validator.drawn import entries
from labeling.formats.validator.masks import instance_addresses
from labeling.formats.validator.rules import Broken
from labeling.formats.validator.views import LabelView, LineView, is_index, is_number
from labeling.task_types.base import Json

SHAPES = ("polygons", "polylines", "keypoints", "instances", "ellipses")
MANY = 50
OUTSIDE = 0.5  # px; more is an error
_NOISE = 1e-6  # px; what adding two floats may cost


def boxes(_: LineView, label: LabelView) -> Iterator[Broken]:
    """E-BOX-SIZE, E-BOX-DIM, E-BOX-OUT, W-BOX-OUT, W-BOX-TINY, W-BOX-MANY, and all that shapes have in common."""
    value = label.value if isinstance(label.value, dict) else {}
    size = size_of(value)
    if size is None:
        yield _size_broken(label)
    found = value.get("annotations")
    if not isinstance(found, list):
        yield Broken("E-OBJ-LEN", label.at("annotations"), "annotations is not a list of boxes.")
        return
    if len(found) > MANY:
        yield Broken("W-BOX-MANY", label.at("annotations"), f"There are {len(found):,} boxes.")
    for place, box in enumerate(found):
        yield from _box(box, size, label.at("annotations", place))
    yield from _shared(label, found, "annotations")


def custom(_: LineView, label: LabelView) -> Iterator[Broken]:
    """Our layout only: E-BOX-SIZE, the shapes themselves, and what they share. Somebody else's object is theirs."""
    value = label.value if isinstance(label.value, dict) else {}
    keys = [key for key in SHAPES if isinstance(value.get(key), list)]
    if len(keys) != 1 or "image_size" not in value:
        return
    if size_of(value) is None:
        yield _size_broken(label)
    yield from _shared(label, value[keys[0]], keys[0])
    yield from entries(label, value[keys[0]], keys[0], size_of(value))
    if keys[0] == "instances":
        yield from instance_addresses(label, value["instances"])


def objects(label: LabelView, key: str, count: int) -> Iterator[Broken]:
    """E-OBJ-LEN, E-CONF, W-CONF-MISSING: the metadata's list that runs beside the label's own."""
    found = label.meta.get(key)
    if not isinstance(found, list) or len(found) != count:
        size = f"{len(found):,} entries" if isinstance(found, list) else "no list"
        yield Broken("E-OBJ-LEN", label.meta_at(key), f"The label has {count:,} entries, {key} {size}.")
        return
    for place, one in enumerate(found):
        yield from confidence(one if isinstance(one, dict) else {}, "confidence", label.meta_at(key, place))


def _shared(label: LabelView, found: list[Any], key: str) -> Iterator[Broken]:
    used: set[str] = set()
    for place, shape in enumerate(found):
        class_id = shape.get("class_id") if isinstance(shape, dict) else None
        if is_index(class_id):
            used.add(str(class_id))
        else:
            said = (
                "class_id is text where readers want an integer." if isinstance(class_id, str) else "class_id is no id."
            )
            yield Broken("E-CLASS-ID", label.at(key, place, "class_id"), said)
    yield from objects(label, "objects", len(found))
    yield from class_map(label, used)


def size_of(value: Json) -> tuple[int, int] | None:
    """(width, height) in px as `image_size` has it; None when it is broken."""
    found = value.get("image_size")
    one = found[0] if isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict) else {}
    width, height, depth = one.get("width"), one.get("height"), one.get("depth", 1)
    if is_index(width) and is_index(height) and is_index(depth) and min(width, height, depth) > 0:
        return width, height
    return None


def _size_broken(label: LabelView) -> Broken:
    return Broken("E-BOX-SIZE", label.at("image_size"), "image_size is not one object with positive integers.")


def _box(box: Any, size: tuple[int, int] | None, at: str) -> Iterator[Broken]:
    found = [box.get(key) for key in ("left", "top", "width", "height")] if isinstance(box, dict) else []
    sides = [float(one) for one in found if is_number(one)]
    if len(sides) < 4:
        yield Broken("E-BOX-DIM", at, "left, top, width and height are not all numbers.")
        return
    left, top, width, height = sides
    if width <= 0 or height <= 0:
        yield Broken("E-BOX-DIM", at, f"The box is {width:g} px wide and {height:g} px high.")
    elif width <= 1 or height <= 1:
        yield Broken("W-BOX-TINY", at, f"The box is {width:g} px wide and {height:g} px high.")
    if size is not None:
        outside = max(-left, -top, left + width - size[0], top + height - size[1])
        if outside > _NOISE:
            rule = "E-BOX-OUT" if outside > OUTSIDE else "W-BOX-OUT"
            yield Broken(rule, at, f"The box leaves the image of {size[0]} x {size[1]} px by {outside:g} px.")
