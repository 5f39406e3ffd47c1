"""Rules that open SeqLabel files (E-SL-*, W-SL-STRNO; spec 7.10, 7.11). Pointers are the line's; the message says where
in the file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from labeling.errors import Problem
from labeling.formats.references import classify
from labeling.formats.seqlabel import LISTS, TOPS
from labeling.formats.side_files import Opener
from labeling.formats.validator.rules import Broken
from labeling.formats.validator.views import LabelView, LineView, is_number

LARGEST = 64 << 20  # bytes of a file
MOST_TOLD = 10  # findings of one rule in one file
POINTS = {"polygons": 3, "polylines": 2}


def files(line: LineView, label: LabelView, opener: Opener) -> Iterator[Broken]:
    if not isinstance(label.value, str):
        return  # E-LAN-REF
    told: Counter[str] = Counter()
    for broken in _file(line, label, opener):
        told[broken.rule] += 1
        if told[broken.rule] <= MOST_TOLD:
            yield broken


def _file(line: LineView, label: LabelView, opener: Opener) -> Iterator[Broken]:
    whole = _read(label.value, opener)
    top = TOPS[0] if label.type.endswith("tracking") else TOPS[1]
    if not isinstance(whole, dict):
        yield Broken("E-SL-KEY", label.at(), "There is no such file, or it is not one JSON object.")
        return
    if list(whole) != [top] or not isinstance(whole[top], list):
        said = f"The file holds {', '.join(map(str, whole))[:80] or 'nothing'}, and should hold one list, {top}."
        yield Broken("E-SL-KEY", label.at(), said)
        return
    classes = label.meta.get("class-map")
    check = _Check(label, classes if isinstance(classes, dict) else {}, tracks=top == TOPS[0])
    known = _sequence(line.object.get("source-ref"), opener)
    for place, frame in enumerate(whole[top]):
        yield from check.frame(f"/{top}/{place}", frame, known)


def _read(address: Any, opener: Opener) -> Any:
    """A file's JSON; None where it is not at hand or none."""
    try:
        reference = classify(address)
        if reference.kind != "relative":
            _, mark, rest = reference.text.partition("annotations/consolidated-annotation/output/")
            reference = classify(mark + rest) if mark else reference
        with opener(reference) as stream:
            return json.loads(stream.read(LARGEST))
    except (Problem, OSError, ValueError, RecursionError):
        return None


def _sequence(source: Any, opener: Opener) -> Mapping[str, Any] | None:
    """Name -> number of the sequence's frames; None where there is none at hand: nothing is compared then."""
    if not isinstance(source, str) or not source.endswith(".json"):
        return None
    whole = _read(source, opener)
    frames = whole.get("frames") if isinstance(whole, dict) else None
    if not isinstance(frames, list):
        return None  # E-SEQ-*
    return {str(one.get("frame")): one.get("frame-no") for one in frames if isinstance(one, dict)}


@dataclass
class _Check:
    """What was seen in the file so far."""

    label: LabelView
    classes: Mapping[str, Any]
    tracks: bool
    numbers: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)  # object-id: object-name
    ids: dict[str, str] = field(default_factory=dict)

    def frame(self, at: str, frame: Any, known: Mapping[str, Any] | None) -> Iterator[Broken]:
        if not isinstance(frame, dict):
            yield self._broken("E-SL-FRAME", at, "is not an object")
            return
        yield from self._number(at, frame, known)
        lists = [key for key in LISTS if key in frame]
        if len(lists) != 1 or not isinstance(frame[lists[0]], list):
            yield self._broken("E-SL-FRAME", at, f"holds {len(lists)} lists of shapes, and should hold one")
            return
        present: set[str] = set()
        for place, one in enumerate(frame[lists[0]]):
            yield from self._shape(f"{at}/{lists[0]}/{place}", lists[0], one, present)

    def _number(self, at: str, frame: Mapping[str, Any], known: Mapping[str, Any] | None) -> Iterator[Broken]:
        number, name = frame.get("frame-no"), frame.get("frame")
        if isinstance(number, str) and number.isascii() and number.isdigit():
            yield self._broken("W-SL-STRNO", f"{at}/frame-no", "is text")
        elif not isinstance(number, int) or isinstance(number, bool):
            yield self._broken("E-SL-FRAME", f"{at}/frame-no", "is no whole number")
            return
        if str(number) in self.numbers:
            yield self._broken("E-SL-FRAME", f"{at}/frame-no", f"is {str(number)[:20]}, as in an earlier frame")
        self.numbers.add(str(number))
        if not isinstance(name, str):
            yield self._broken("E-SL-FRAME", f"{at}/frame", "is no text")
        elif known is not None and (name not in known or str(known[name]) != str(number)):
            yield self._broken("E-SL-FRAME", f"{at}/frame", f"{name[:80]!r}, {number}, is no frame of the sequence")

    def _shape(self, at: str, key: str, one: Any, present: set[str]) -> Iterator[Broken]:
        if not isinstance(one, dict):
            yield self._broken("E-SL-SHAPE", at, "is not an object")
            return
        if not _placed(key, one):
            yield self._broken("E-SL-SHAPE", at, f"is not placed as {key} are")
        if not isinstance(one.get("label-category-attributes"), dict):
            yield self._broken("E-SL-SHAPE", f"{at}/label-category-attributes", "is not an object")
        class_id = one.get("class-id")
        if not isinstance(class_id, str) or class_id not in self.classes:
            yield self._broken("E-SL-CLASS", f"{at}/class-id", "is not a text that class-map has")
        if self.tracks:
            yield from self._identity(at, one, present)

    def _identity(self, at: str, one: Mapping[str, Any], present: set[str]) -> Iterator[Broken]:
        ident, name = one.get("object-id"), one.get("object-name")
        if not isinstance(ident, str) or not isinstance(name, str) or not ident or not name:
            yield self._broken("E-SL-ID", at, "does not say object-id and object-name")
            return
        if ident in present:
            yield self._broken("E-SL-ID", f"{at}/object-id", "is in this frame already")
        present.add(ident)
        if self.names.setdefault(ident, name) != name or self.ids.setdefault(name, ident) != ident:
            yield self._broken(
                "E-SL-ID", f"{at}/object-name", "goes with another object-id, or another name with its id"
            )

    def _broken(self, rule: str, at: str, said: str) -> Broken:
        return Broken(rule, self.label.at(), f"In the file, {at[:200]} {said}.")


def _placed(key: str, one: Mapping[str, Any]) -> bool:
    if key == "annotations":
        sides = [one.get(name) for name in ("left", "top", "width", "height")]
        whole = all(isinstance(side, int) and not isinstance(side, bool) for side in sides)
        return whole and one["width"] > 0 and one["height"] > 0
    if key == "keypoints":
        return _point(one)
    vertices = one.get("vertices")
    return isinstance(vertices, list) and len(vertices) >= POINTS[key] and all(map(_point, vertices))


def _point(one: Any) -> bool:
    return isinstance(one, dict) and is_number(one.get("x")) and is_number(one.get("y"))
