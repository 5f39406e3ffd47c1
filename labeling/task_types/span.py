"""Spans of a text: code points, never bytes or UTF-16 units, and the text that they cover as a check."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.geometry.ranges import agreed_range, iou_pairs
from labeling.quality.clusters import Pairs
from labeling.task_types.base import Floats, Json, MediaFacts, Question
from labeling.task_types.instances import Instance, Shape
from labeling.task_types.reading import integer, kind_of, members

TEXTS = "texts"  # the list in `x-ours` that holds the covered texts


@dataclass(frozen=True)
class Span:
    """Code points of the text, `end` one past the last; `text` is what stands there, to the last code point."""

    start: int
    end: int
    text: str


class SpanShape(Shape[Span]):
    name = "span"
    keys = ("start", "end", "text")
    distinct = True

    def schema(self, q: Question, category: int) -> Json:
        longest = len(q.media.text)
        return {
            "type": "object",
            "properties": {
                "start": {"type": "integer", "minimum": 0, "maximum": max(longest - 1, 0)},
                "end": {"type": "integer", "minimum": 1, "maximum": longest},
                "text": {"type": "string", "minLength": 1, "maxLength": longest},
            },
            "required": list(self.keys),
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Span:
        given = members(raw, pointer, required=self.keys)
        start, end = (integer(given[key], f"{pointer}/{key}") for key in ("start", "end"))
        longest = len(q.media.text)
        if not 0 <= start < longest:
            problem = f"The text has {longest:,} characters, 0 to {longest - 1:,}; the span begins at {start:,}."
            raise InvalidAnswer(f"{pointer}/start", problem, todo="Count code points.")
        if not start < end <= longest:
            problem = f"The span ends at {end:,}; it begins at {start:,}, and the text ends at {longest:,}."
            raise InvalidAnswer(f"{pointer}/end", problem, todo="Count code points; the end is one past the last.")
        return Span(start, end, _checked(given["text"], q.media.text[start:end], start, f"{pointer}/text"))

    def dump(self, geometry: Span) -> Json:
        return {"start": geometry.start, "end": geometry.end, "text": geometry.text}

    def similarity(self, a: Sequence[Span], b: Sequence[Span], least: float, q: Question) -> Pairs:
        return iou_pairs(_ranges(a), _ranges(b), least)

    def merge(self, geometries: Sequence[Span], weights: Floats, q: Question) -> Span:
        """Each end where most of the weight has it, else the weighted median."""
        if len(set(geometries)) == 1:
            return geometries[0]
        return covering(*agreed_range(_ranges(geometries), weights), q.media)

    def interpolate(self, a: Span, b: Span, t: float) -> Span:
        """A text has no time: a is held until b."""
        return b if t == 1 else a

    def rounded(self, geometry: Span, media: MediaFacts) -> Span:
        return geometry

    def entries(self, geometry: Span, media: MediaFacts) -> tuple[Json, ...]:
        return ({"startOffset": geometry.start, "endOffset": geometry.end},)

    def ours(self, geometry: Span) -> Json:
        return {TEXTS: geometry.text}

    def from_entries(self, entries: Sequence[Json], ours: Json, q: Question, category: int) -> Json:
        """The covered text is checked where a file states it; the spec's own form has no place for it."""
        start, end = entries[0].get("startOffset"), entries[0].get("endOffset")
        stated = ours[TEXTS] if TEXTS in ours else _slice(q.media.text, start, end)
        return {"start": start, "end": end, "text": stated}


SPAN = SpanShape()


def covering(start: int, end: int, media: MediaFacts) -> Span:
    return Span(start, end, media.text[start:end])


def outermost(spans: Sequence[Instance], confidence: Mapping[str, float]) -> frozenset[str]:
    """Ids of spans that do not overlap: of those inside others the outermost, of those that cross the surest.

    Of equal ranges the surer, then the longer, the earlier, the smaller id: the outcome is the same every time.
    """
    ranked = sorted(spans, key=lambda one: (one.geometry.start, -one.geometry.end, *_standing(one, confidence)))
    outer: list[Instance] = []
    for one in ranked:
        if not outer or one.geometry.end > outer[-1].geometry.end:
            outer.append(one)
    starts: list[int] = []
    ends: list[int] = []
    kept = []
    for one in sorted(outer, key=lambda one: _standing(one, confidence)):
        start, end = one.geometry.start, one.geometry.end
        place = bisect_left(starts, start)
        if (place and ends[place - 1] > start) or (place < len(starts) and starts[place] < end):
            continue
        starts.insert(place, start)
        ends.insert(place, end)
        kept.append(one.id)
    return frozenset(kept)


def _standing(one: Instance, confidence: Mapping[str, float]) -> tuple[float, int, int, str]:
    return -confidence.get(one.id, 0.0), one.geometry.start - one.geometry.end, one.geometry.start, one.id


def _checked(stated: Any, covered: str, start: int, pointer: str) -> str:
    if not isinstance(stated, str):
        raise InvalidAnswer(pointer, f"This must be text, and is {kind_of(stated)}.")
    if stated == covered:
        return covered
    at = next((place for place, pair in enumerate(zip(stated, covered, strict=False)) if pair[0] != pair[1]), None)
    where = f"at character {start + at:,}" if at is not None else "in length"
    problem = f"The covered text is not what stands in the document: it differs {where}."
    raise InvalidAnswer(pointer, problem, todo="Count offsets in code points, and send the text unchanged.")


def _slice(text: str, start: Any, end: Any) -> str:
    """What stands there, where the offsets are any; parse tells of those that aren't."""
    whole = all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in (start, end))
    return text[start:end] if whole else ""


def _ranges(spans: Sequence[Span]) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    return np.array([(one.start, one.end) for one in spans], dtype=np.intp).reshape(-1, 2)
