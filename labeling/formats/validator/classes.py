"""Rules for labels that are classes: one, several, or a verdict on an earlier label (spec 7.1 to 7.9, 8.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from labeling.formats.validator.rules import Broken
from labeling.formats.validator.views import LabelView, LineView, is_index, is_number
from labeling.task_types.base import Json

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,9}")


def confidence(holder: Json, key: str, at: str) -> Iterator[Broken]:
    """E-CONF, W-CONF-MISSING of one number."""
    if key not in holder:
        yield Broken("W-CONF-MISSING", at, "The confidence is missing.")
    elif not is_number(holder[key]) or not 0 <= holder[key] <= 1:
        yield Broken("E-CONF", at, "The confidence is not a number from 0 to 1.")


def is_class_id(value: object) -> bool:
    """An integer from 0, or its decimal text as the service's documentation has it."""
    return is_index(value) or (isinstance(value, str) and _DECIMAL.fullmatch(value) is not None)


def single(_: LineView, label: LabelView) -> Iterator[Broken]:
    """E-CLASS-ID, E-CLASS-MAP (no class-name), and the confidence."""
    yield from _one_class(label, "E-CLASS-MAP")


def verification(_: LineView, label: LabelView) -> Iterator[Broken]:
    """E-CLASS-ID, E-VER, W-VER-FB, and the confidence."""
    yield from _one_class(label, "E-VER")
    comments = label.meta.get("worker-feedback")
    if "worker-feedback" in label.meta and not (
        isinstance(comments, list) and comments and all(_is_comment(one) for one in comments)
    ):
        said = "worker-feedback is not a list of comments with text in each."
        yield Broken("W-VER-FB", label.meta_at("worker-feedback"), said)


def _one_class(label: LabelView, nameless: str) -> Iterator[Broken]:
    if not is_class_id(label.value):
        yield Broken("E-CLASS-ID", label.at(), "The label is not the id of a class.")
    name = label.meta.get("class-name")
    if not isinstance(name, str) or not name:
        yield Broken(nameless, label.meta_at("class-name"), "class-name is not a non-empty string.")
    yield from confidence(label.meta, "confidence", label.meta_at("confidence"))


def _is_comment(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("comment"), str) and bool(one["comment"].strip())


def class_map(label: LabelView, used: Iterable[str]) -> Iterator[Broken]:
    """E-CLASS-MAP, W-CLASS-MAP-EXTRA: the classes `used` in the line against those named."""
    named = label.meta.get("class-map")
    at = label.meta_at("class-map")
    if not isinstance(named, dict) or not all(map(_is_entry, named.items())):
        yield Broken("E-CLASS-MAP", at, "class-map is not an object of class ids and their names.")
        return
    used = set(used)
    for class_id in sorted(used - named.keys()):
        yield Broken("E-CLASS-MAP", at, f"The class {class_id} is used and not named.")
    for class_id in sorted(named.keys() - used):
        yield Broken("W-CLASS-MAP-EXTRA", label.meta_at("class-map", class_id), "The class is named and not used.")


def _is_entry(entry: tuple[str, Any]) -> bool:
    class_id, name = entry
    return _DECIMAL.fullmatch(class_id) is not None and isinstance(name, str) and bool(name)


def several(_: LineView, label: LabelView) -> Iterator[Broken]:
    """E-CLASS-ID, E-ML-DUP, E-CLASS-MAP, W-CLASS-MAP-EXTRA, W-ML-KEYS, and each confidence."""
    ids = label.value if isinstance(label.value, list) else None
    if ids is None:
        yield Broken("E-CLASS-ID", label.at(), "The label is not a list of class ids.")
        return
    wrong = [place for place, one in enumerate(ids) if not is_class_id(one)]
    for place in wrong:
        yield Broken("E-CLASS-ID", label.at(place), "The entry is not the id of a class.")
    used = [str(one) for one in ids if is_class_id(one)]
    if len(set(used)) < len(used):
        yield Broken("E-ML-DUP", label.at(), "A class stands twice in the list.")
    yield from class_map(label, used)
    yield from _confidences(label, set(used))


def _confidences(label: LabelView, used: set[str]) -> Iterator[Broken]:
    at = label.meta_at("confidence-map")
    values = label.meta.get("confidence-map")
    if "confidence-map" not in label.meta:
        yield Broken("W-CONF-MISSING", at, "confidence-map is missing.")
    elif not isinstance(values, dict):
        yield Broken("E-CONF", at, "confidence-map is not an object.")
    else:
        for key in values:
            yield from confidence(values, key, label.meta_at("confidence-map", key))
        if values.keys() != used:
            yield Broken("W-ML-KEYS", at, "The keys of confidence-map are not the classes of the label.")
