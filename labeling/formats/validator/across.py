"""Rules that need more than one line. Memory is bounded: names by caps, sources by 12 bytes a line (spec 13)."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np

from labeling.formats.findings import pointer
from labeling.formats.names import META
from labeling.formats.validator.rules import Broken
from labeling.formats.validator.views import LabelView, LineView

MAX_NAMES = 1_000  # label attribute names, and other keys, that are remembered
MAX_CLASSES = 10_000  # a name
MAX_WAITING = 100  # lines remembered of a key that may turn out to be a label's


@dataclass
class _Known:
    """What the file has said of one label attribute name."""

    type: str
    names: dict[str, str] = field(default_factory=dict)  # class id: name
    ids: dict[str, str] = field(default_factory=dict)


@dataclass
class Across:
    """Sees every readable line once, in order; `end` tells what only the whole file shows."""

    known: dict[str, _Known] = field(default_factory=dict)
    waiting: dict[str, list[int]] = field(default_factory=dict)
    digests: array[int] = field(default_factory=lambda: array("Q"))
    numbers: array[int] = field(default_factory=lambda: array("I"))

    def see(self, number: int, line: LineView) -> Iterator[Broken]:
        """E-META-MISSING, W-TYPE-MIX, E-CLASS-NAME, as far as earlier lines tell."""
        self._remember_source(number, line)
        for label in line.labels:
            if label.present and label.type:
                yield from self._label(label)
        for key in line.object:
            if key not in ("source", "source-ref") and not key.endswith(META) and key + META not in line.object:
                yield from self._bare(number, key)

    def end(self) -> Iterator[tuple[int, Broken]]:
        """E-META-MISSING of lines before the first label of their key, and W-SRC-DUP; each with its line number."""
        for key, lines in self.waiting.items():
            if key in self.known:
                for number in lines:
                    yield number, _meta_missing(key)
        yield from self._repeated_sources()

    def _label(self, label: LabelView) -> Iterator[Broken]:
        known = self.known.get(label.name)
        if known is None:
            if len(self.known) >= MAX_NAMES:
                return
            known = self.known[label.name] = _Known(label.type)
        elif known.type != label.type:
            said = f"Earlier lines hold {known.type[:80]!r} under this name."
            yield Broken("W-TYPE-MIX", label.meta_at("type"), said)
            return
        for class_id, name in _classes(label):
            yield from self._class(known, label, class_id, name)

    def _class(self, known: _Known, label: LabelView, class_id: str, name: str) -> Iterator[Broken]:
        other, place = known.names.get(class_id, name), known.ids.get(name, class_id)
        if other != name:
            said = f"Class {class_id} is {name[:80]!r} here and {other[:80]!r} in an earlier place."
            yield Broken("E-CLASS-NAME", label.meta_at(), said)
        elif place != class_id:
            said = f"{name[:80]!r} is class {class_id} here and {place} in an earlier place."
            yield Broken("E-CLASS-NAME", label.meta_at(), said)
        elif len(known.names) < MAX_CLASSES:
            known.names[class_id], known.ids[name] = name, class_id

    def _bare(self, number: int, key: str) -> Iterator[Broken]:
        if key in self.known:
            yield _meta_missing(key)
            return
        lines = self.waiting.get(key)
        if lines is None and len(self.waiting) < MAX_NAMES:
            self.waiting[key] = [number]
        elif lines is not None and len(lines) < MAX_WAITING:
            lines.append(number)

    def _remember_source(self, number: int, line: LineView) -> None:
        source = line.object.get("source-ref")
        if isinstance(source, str):
            self.digests.append(int.from_bytes(blake2b(source.encode(), digest_size=8).digest()))
            self.numbers.append(number)

    def _repeated_sources(self) -> Iterator[tuple[int, Broken]]:
        digests = np.frombuffer(self.digests, dtype=np.uint64) if self.digests else np.empty(0, np.uint64)
        order = np.argsort(digests, kind="stable")
        ranked = digests[order]
        repeats = np.flatnonzero(ranked[1:] == ranked[:-1])
        for place in repeats:
            first, again = self.numbers[order[place]], self.numbers[order[place + 1]]
            yield again, Broken("W-SRC-DUP", "/source-ref", f"Line {first} names the same object.")


def _meta_missing(key: str) -> Broken:
    return Broken("E-META-MISSING", pointer(key), f"{key[:140]!r} has metadata in other lines, and none here.")


def _classes(label: LabelView) -> Iterator[tuple[str, str]]:
    name = label.meta.get("class-name")
    if isinstance(name, str) and isinstance(label.value, int | str):
        yield str(label.value), name
    for class_id, one in _mapping(label, "class-map"):
        if isinstance(one, str):
            yield class_id, one
    for class_id, one in _mapping(label, "internal-color-map"):
        if isinstance(one, dict) and isinstance(one.get("class-name"), str):
            yield class_id, one["class-name"]


def _mapping(label: LabelView, key: str) -> Iterator[tuple[str, object]]:
    found = label.meta.get(key)
    if isinstance(found, dict):
        yield from found.items()
