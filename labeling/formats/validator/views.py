"""A line and its labels as the rules see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeGuard

from labeling.formats.findings import pointer
from labeling.formats.names import META
from labeling.task_types.base import Json


@dataclass(frozen=True)
class LabelView:
    """A label attribute name with its metadata object; without label, `value` is None and `present` false."""

    name: str
    present: bool
    value: Any
    meta: Json

    @property
    def type(self) -> str:
        """In lower case: old custom jobs wrote groundTruth/custom. "" when missing or no string."""
        found = self.meta.get("type")
        return found.lower() if isinstance(found, str) else ""

    @property
    def is_failure(self) -> bool:
        """A failure record, or what was meant as one."""
        if "failure-reason" in self.meta:
            return True
        return (
            not self.present
            and "type" not in self.meta
            and ("retry-count" in self.meta or self.meta.get("human-annotated") == "true")
        )

    def at(self, *parts: str | int) -> str:
        return pointer(self.name, *parts)

    def meta_at(self, *parts: str | int) -> str:
        return pointer(self.name + META, *parts)


@dataclass(frozen=True)
class LineView:
    """One readable line. `text` as it came."""

    text: str
    object: Json

    @cached_property
    def labels(self) -> tuple[LabelView, ...]:
        """Every key that ends with -metadata and holds an object that is, or could be, the metadata of a label."""
        made = []
        for key, meta in self.object.items():
            name = key.removesuffix(META)
            if name != key and isinstance(meta, dict):
                made.append(LabelView(name, name in self.object, self.object.get(name), meta))
        return tuple(made)

    @cached_property
    def by_type(self) -> Mapping[str, list[LabelView]]:
        """The labels of each type, in the line's order."""
        made: dict[str, list[LabelView]] = {}
        for label in self.labels:
            if label.present:
                made.setdefault(label.type, []).append(label)
        return made


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_index(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
