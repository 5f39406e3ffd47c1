"""SeqLabel files (spec sections 7.10, 7.11): shapes frame by frame, as JSON; and the way back.

A frame is called by its index here and has no name; `formats.seqlabel` puts a sequence's own numbers and names in.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.errors import InvalidAnswer
from labeling.task_types.attributes import Value, Values, plain
from labeling.task_types.base import Attribute, Json, MediaFacts, Question
from labeling.task_types.frames import Stretch, Stretches, asked_frames, by_frame, joined
from labeling.task_types.instances import Instance, Shape
from labeling.task_types.reading import kind_of, pointer_to

LISTS = {"box": "annotations", "polygon": "polygons", "polyline": "polylines", "keypoint": "keypoints"}
PLACES = {"box": ("left", "top", "width", "height"), "keypoint": ("x", "y")}  # others: vertices
OWN = ("class-id", "label-category-attributes", "object-id", "object-name")


@dataclass(frozen=True)
class Drawn:
    """One shape of one frame: `name` is the object's in tracks, "" elsewhere."""

    instance: Instance
    frame: int
    at: Any
    values: Values
    name: str = ""


def written(drawn: Sequence[Drawn], shape: Shape[Any], top: str, frames: Stretches, q: Question) -> bytes:
    """Every frame in order, with an empty list where nothing is."""
    count = max(q.media.frames, asked_frames(q)[1] + 1)
    entries: list[list[Json]] = [[] for _ in range(count)]
    for one in drawn:
        entries[one.frame].append(_entry(one, shape, q.media))
    told = by_frame(frames)
    whole = [
        {
            LISTS[shape.name]: listed,
            "frame-no": frame,
            "frame": "",
            "frame-attributes": _told(told.get(frame, ())),
        }
        for frame, listed in enumerate(entries)
    ]
    return json.dumps({top: whole}, ensure_ascii=False, separators=(",", ":")).encode()


def _entry(one: Drawn, shape: Shape[Any], media: MediaFacts) -> Json:
    entry = {
        **place_of(shape, one.at, media),
        "class-id": str(one.instance.category),
        "label-category-attributes": _told(one.values),
    }
    return {**entry, "object-id": one.instance.id, "object-name": one.name} if one.name else entry


def place_of(shape: Shape[Any], at: Any, media: MediaFacts) -> Json:
    """Where it lies, as a SeqLabel has it: boxes in whole pixels, other shapes to the hundredth."""
    made = shape.entries(shape.rounded(at, media), media)[0]
    if shape.name != "box":
        return {key: made[key] for key in PLACES.get(shape.name, ("vertices",))}
    left, width = _whole(made["left"], made["width"], media.width)
    top, height = _whole(made["top"], made["height"], media.height)
    return {"left": left, "top": top, "width": width, "height": height}


def place_in(shape: Shape[Any], at: Any) -> Json:
    """The same of what was drawn, as it was drawn."""
    made = shape.dump(at)
    return {key: made[key] for key in PLACES.get(shape.name, ("vertices",)) if key in made}


def _whole(start: float, side: float, size: int) -> tuple[int, int]:
    """Both ends to the nearest pixel inside 0..size, at least one apart."""
    begin = min(max(math.floor(start + 0.5), 0), max(size - 1, 0))
    return begin, max(min(math.floor(start + side + 0.5), size) - begin, 1)


def _told(values: Values) -> Json:
    """A SeqLabel's values are text and numbers: a tick is the word true or false."""
    return {name: str(value).lower() if isinstance(value, bool) else plain(value) for name, value in values}


@dataclass(frozen=True)
class Found:
    """One entry of a file, not yet checked but for its frame: `pointer` for what is wrong with it."""

    frame: int
    shape: str
    entry: Json
    pointer: str

    @property
    def geometry(self) -> Json:
        return {key: value for key, value in self.entry.items() if key in PLACES.get(self.shape, ("vertices",))}

    def values(self, fields: Sequence[Attribute]) -> Json:
        """Those of its attributes that `fields` name, as an answer holds them."""
        told = self.entry.get("label-category-attributes", {})
        return untold(told, fields, f"{self.pointer}/label-category-attributes")


def read(content: bytes, top: str, q: Question) -> tuple[list[Found], dict[int, Json]]:
    """The entries of a file, and each frame's attributes. Raises InvalidAnswer with a pointer into the file."""
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        raise InvalidAnswer("", "The SeqLabel file is not JSON.") from None
    frames = whole.get(top) if isinstance(whole, dict) else None
    if not isinstance(frames, list):
        raise InvalidAnswer("", f"The SeqLabel file has no list called {top}.")
    found: list[Found] = []
    told: dict[int, Json] = {}
    for place, frame in enumerate(frames):
        pointer = f"/{top}/{place}"
        if not isinstance(frame, dict):
            raise InvalidAnswer(pointer, f"This must be an object, and is {kind_of(frame)}.")
        index = _index(frame.get("frame-no"), f"{pointer}/frame-no", q)
        if index in told:
            raise InvalidAnswer(f"{pointer}/frame-no", f"Frame {index} stands here twice.")
        attributes = frame.get("frame-attributes", {})
        if not isinstance(attributes, dict):
            raise InvalidAnswer(f"{pointer}/frame-attributes", "This must be an object.")
        told[index] = attributes
        found += _entries(frame, index, pointer)
    return found, told


def _entries(frame: Json, index: int, pointer: str) -> list[Found]:
    made = []
    for shape, key in LISTS.items():
        listed = frame.get(key, [])
        if not isinstance(listed, list):
            raise InvalidAnswer(f"{pointer}/{key}", f"This must be a list, and is {kind_of(listed)}.")
        for place, entry in enumerate(listed):
            at = f"{pointer}/{key}/{place}"
            if not isinstance(entry, dict):
                raise InvalidAnswer(at, f"This must be an object, and is {kind_of(entry)}.")
            made.append(Found(index, shape, entry, at))
    return made


def _index(raw: Any, pointer: str, q: Question) -> int:
    """Whole numbers, and decimal text as files up to 2021 have it."""
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 10:
        raw = int(raw)
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw < max(q.media.frames, 1):
        raise InvalidAnswer(pointer, f"There is no such frame; this video has {q.media.frames:,} from 0 on.")
    return raw


def untold(told: Any, fields: Sequence[Attribute], pointer: str) -> Json:
    """What a file says of attributes, as an answer holds it: ticks from their words."""
    if not isinstance(told, dict):
        raise InvalidAnswer(pointer, f"This must be an object, and is {kind_of(told)}.")
    made: dict[str, Value] = {}
    for field in fields:
        if field.name in told:
            value = told[field.name]
            if field.kind == "tick" and value in ("true", "false"):
                value = value == "true"
            made[field.name] = value
    return made


def only_known(told: Any, fields: Sequence[Attribute], pointer: str) -> None:
    """Raises InvalidAnswer for an attribute that the job does not have: it would be lost."""
    for name in told if isinstance(told, dict) else ():
        if all(name != field.name for field in fields):
            raise InvalidAnswer(pointer_to(pointer, name), "The job has no such attribute.", todo="Add it to the job.")


def stretches_of(told: Mapping[int, Json]) -> list[Json]:
    """Per frame -> stretches, as an answer holds them."""
    made: list[Json] = []
    for frame in sorted(told):
        values = told[frame]
        if made and made[-1]["to"] + 1 == frame and made[-1]["attributes"] == values:
            made[-1]["to"] = frame
        elif values:
            made.append({"from": frame, "to": frame, "attributes": values})
    return made


def values_at(whole: Values, stretches: Stretches, frames: Sequence[int]) -> dict[int, Values]:
    """Frame -> what a track has there: as a whole, and in this frame."""
    told = by_frame(joined([Stretch(one.first, one.last, one.values) for one in stretches]))
    return {frame: (*whole, *told.get(frame, ())) for frame in frames}
