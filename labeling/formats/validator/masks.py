"""Rules for labels that are files: masks and frame labels, as far as the line itself tells (spec 7.4, 7.10, 7.11)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from labeling.formats.validator.classes import confidence
from labeling.formats.validator.rules import Broken
from labeling.formats.validator.views import LabelView, LineView

_URI = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\x00-\x20]+|[^\x00-\x20:/][^\x00-\x20]*\.png")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_WHITE = "#ffffff"


def mask(_: LineView, label: LabelView) -> Iterator[Broken]:
    """E-SEG-URI, E-SEG-MAP, E-SEG-COLOR, and each class's confidence."""
    if not isinstance(label.value, str) or not _URI.fullmatch(label.value):
        yield Broken("E-SEG-URI", label.at(), "The label is not the address of a PNG.")
    classes = label.meta.get("internal-color-map")
    at = label.meta_at("internal-color-map")
    if not isinstance(classes, dict) or not all(map(_is_class, classes.values())):
        yield Broken("E-SEG-MAP", at, "internal-color-map is not an object of classes with names.")
        return
    yield from _keys(classes, at)
    yield from _colours(label, classes)
    for key, one in classes.items():
        yield from confidence(one, "confidence", label.meta_at("internal-color-map", key, "confidence"))


def instance_addresses(label: LabelView, entries: list[Any]) -> Iterator[Broken]:
    """E-SEG-URI: every instance names the PNG, and all the same one (spec 7.12)."""
    first = entries[0].get("mask-uri") if entries and isinstance(entries[0], dict) else None
    for place, one in enumerate(entries):
        address = one.get("mask-uri") if isinstance(one, dict) else None
        at = label.at("instances", place, "mask-uri")
        if not isinstance(address, str) or not _URI.fullmatch(address):
            yield Broken("E-SEG-URI", at, "mask-uri is not the address of a PNG.")
        elif isinstance(first, str) and address != first:
            yield Broken("E-SEG-URI", at, "It is another file than the first instance's.")


def _is_class(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("class-name"), str)


def _keys(classes: dict[str, Any], at: str) -> Iterator[Broken]:
    if classes.keys() != {str(place) for place in range(len(classes))}:
        yield Broken("E-SEG-MAP", at, "The keys are not 0, 1, 2 and so on.")
    background = classes.get("0", {})
    if background.get("class-name") != "BACKGROUND" or background.get("hex-color") != _WHITE:
        yield Broken("E-SEG-MAP", at + "/0", "Key 0 is not BACKGROUND with #ffffff.")


def _colours(label: LabelView, classes: dict[str, Any]) -> Iterator[Broken]:
    seen: Counter[str] = Counter()
    for key, one in classes.items():
        colour = one.get("hex-color")
        at = label.meta_at("internal-color-map", key, "hex-color")
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            yield Broken("E-SEG-COLOR", at, "The colour is not of the form #rrggbb in lower case.")
        elif key != "0" and colour == _WHITE:
            yield Broken("E-SEG-COLOR", at, "White is the background's.")
        elif key != "0" and seen[colour]:
            yield Broken("E-SEG-COLOR", at, f"{colour} is another class's colour.")
        else:
            seen[colour] += 1
