"""What holds for stretches of a video: the frames that are asked for, and attributes that change from frame to frame.

Frames are indexes into the frame table; both ends of a stretch belong to it. A frame outside of all stretches has
nothing. Stretches are kept joined: no two neighbours are equal, none is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from labeling.errors import InvalidAnswer
from labeling.task_types.attributes import Values, agreed_values, dump_values, parse_values, values_schema
from labeling.task_types.base import Attribute, Json, Question
from labeling.task_types.reading import integer, kind_of, members

KEY = "frames"
MOST_STRETCHES = 20_000


@dataclass(frozen=True)
class Stretch:
    """Frames `first` to `last`, and what they have."""

    first: int
    last: int
    values: Values


Stretches: TypeAlias = tuple[Stretch, ...]


def asked_frames(q: Question) -> tuple[int, int]:
    """First and last frame that the question asks for: of a chunk of a long video, or of all of it."""
    if q.frames is not None:
        return q.frames[0], max(q.frames[1] - 1, q.frames[0])
    return 0, max(q.media.frames - 1, 0)


def frame_fields(q: Question) -> tuple[Attribute, ...]:
    """The attributes of a frame itself. They are the job's: a frame may hold several classes, or none."""
    return tuple(one for one in q.attributes if one.scope == "frame")


def frame_index(raw: Any, pointer: str, q: Question) -> int:
    """A frame that is asked for. Raises InvalidAnswer."""
    first, last = asked_frames(q)
    frame = integer(raw, pointer)
    if not first <= frame <= last:
        problem = f"There is no frame {frame} here; this question asks for {first} to {last}."
        raise InvalidAnswer(pointer, problem, todo="Count frames from 0, as the frame table does.")
    return frame


def frame_schema(q: Question) -> Json:
    first, last = asked_frames(q)
    return {"type": "integer", "minimum": first, "maximum": last}


def parse_frames(answer: Json, q: Question) -> Stretches:
    """The frames' own attributes of an answer, under its optional key `frames`. Raises InvalidAnswer."""
    fields = frame_fields(q)
    return parse_stretches(answer.get(KEY, []), f"/{KEY}", q, fields) if fields else ()


def dump_frames(stretches: Stretches) -> Json:
    """To be merged into an answer; nothing where there are none."""
    return {KEY: dump_stretches(stretches)} if stretches else {}


def with_frames(schema: Json, q: Question) -> Json:
    """An answer's JSON Schema, with the frames' attributes beside its own properties."""
    fields = frame_fields(q)
    if not fields:
        return schema
    return {**schema, "properties": {**schema["properties"], KEY: stretches_schema(q, fields)}}


def parse_stretches(raw: Any, pointer: str, q: Question, fields: Sequence[Attribute]) -> Stretches:
    if not isinstance(raw, list):
        raise InvalidAnswer(pointer, f"This must be a list of stretches, and is {kind_of(raw)}.")
    if len(raw) > MOST_STRETCHES:
        raise InvalidAnswer(pointer, f"{len(raw):,} stretches; at most {MOST_STRETCHES:,} are kept.")
    found: list[Stretch] = []
    for place, one in enumerate(raw):
        at = f"{pointer}/{place}"
        given = members(one, at, required=("from", "to", "attributes"))
        first, last = (frame_index(given[key], f"{at}/{key}", q) for key in ("from", "to"))
        if last < first:
            raise InvalidAnswer(f"{at}/to", f"The stretch ends at {last}, before it begins at {first}.")
        if found and first <= found[-1].last:
            problem = f"The stretch begins at {first}, and the one before it ends at {found[-1].last}."
            raise InvalidAnswer(f"{at}/from", problem, todo="Stretches follow one another and share no frame.")
        found.append(Stretch(first, last, parse_values(given["attributes"], f"{at}/attributes", fields)))
    return joined(found)


def dump_stretches(stretches: Stretches) -> list[Json]:
    return [{"from": one.first, "to": one.last, "attributes": dump_values(one.values)} for one in stretches]


def stretches_schema(q: Question, fields: Sequence[Attribute]) -> Json:
    item = {
        "type": "object",
        "properties": {"from": frame_schema(q), "to": frame_schema(q), "attributes": values_schema(fields)},
        "required": ["from", "to", "attributes"],
        "additionalProperties": False,
    }
    return {"type": "array", "maxItems": MOST_STRETCHES, "items": item}


def joined(stretches: Sequence[Stretch]) -> Stretches:
    """The same, empty ones left out and equal neighbours made one. Ascending."""
    made: list[Stretch] = []
    for one in stretches:
        if not one.values:
            continue
        before = made[-1] if made else None
        if before is not None and before.last + 1 == one.first and before.values == one.values:
            made[-1] = Stretch(before.first, one.last, one.values)
        else:
            made.append(one)
    return tuple(made)


def within(stretches: Stretches, first: int, last: int) -> Stretches:
    """What of them lies in first..last."""
    return tuple(
        Stretch(max(one.first, first), min(one.last, last), one.values)
        for one in stretches
        if one.first <= last and one.last >= first
    )


def by_frame(stretches: Stretches) -> Mapping[int, Values]:
    return {frame: one.values for one in stretches for frame in range(one.first, one.last + 1)}


def agreed_stretches(
    fields: Sequence[Attribute], given: Sequence[Stretches], trust: Sequence[float], workers: Sequence[str]
) -> Stretches:
    """One from several workers', frame by frame like `agreed_values`; looked at once wherever anything changes."""
    if not any(given):
        return ()
    edges = sorted({edge for told in given for one in told for edge in (one.first, one.last + 1)})
    required = {one.name for one in fields if one.required}
    places = [0] * len(given)
    made = []
    for first, after in pairwise(edges):
        values = []
        for worker, told in enumerate(given):
            while places[worker] < len(told) and told[places[worker]].last < first:
                places[worker] += 1
            here = told[places[worker]] if places[worker] < len(told) else None
            values.append(here.values if here is not None and here.first <= first else ())
        agreed = agreed_values(fields, values, trust, workers)
        whole = required <= {name for name, _ in agreed}  # most told nothing of these frames
        made.append(Stretch(first, after - 1, agreed if whole else ()))
    return joined(made)
