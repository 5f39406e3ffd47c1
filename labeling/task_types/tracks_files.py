"""Tracks out of a SeqLabel file, which knows no key frames: as few as give the file back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from labeling.errors import InvalidAnswer
from labeling.task_types.attributes import instance_fields
from labeling.task_types.base import Json, Question
from labeling.task_types.frames import asked_frames
from labeling.task_types.frames_seqlabel import Found, only_known, place_of, stretches_of
from labeling.task_types.instances import Shape
from labeling.task_types.reading import UUID
from labeling.task_types.tracks_motion import between, needed
from labeling.task_types.tracks_shapes import TRACKS
from labeling.task_types.video_labels import made_id


def undrawn_tracks(found: Sequence[Found], categories: Sequence[int], q: Question) -> list[Json]:
    """One track for each object-id, in the order of first appearance. Raises InvalidAnswer."""
    listed: dict[tuple[str, str], list[tuple[Found, int]]] = {}
    for one, category in zip(found, categories, strict=True):
        ident = one.entry.get("object-id")
        if not isinstance(ident, str) or not ident:
            raise InvalidAnswer(f"{one.pointer}/object-id", "A track's shape names its object in every frame.")
        listed.setdefault((one.shape, ident), []).append((one, category))
    return [_track(ident, shape, entries, q) for (shape, ident), entries in listed.items()]


def _track(ident: str, shape: str, entries: list[tuple[Found, int]], q: Question) -> Json:
    entries.sort(key=lambda pair: pair[0].frame)
    category = entries[0][1]
    for (one, _), (other, now) in pairwise(entries):
        if one.frame == other.frame:
            raise InvalidAnswer(f"{other.pointer}/object-id", f"The object is in frame {one.frame} twice.")
        if now != category:
            raise InvalidAnswer(f"{other.pointer}/class-id", "The object is of another class in an earlier frame.")
    rows = [one for one, _ in entries]
    whole, each = instance_fields(q, category, "track"), instance_fields(q, category)
    for one in rows:
        told = one.entry.get("label-category-attributes", {})
        only_known(told, (*whole, *each), f"{one.pointer}/label-category-attributes")
    values = stretches_of({one.frame: one.values(each) for one in rows})
    end = None if rows[-1].frame == asked_frames(q)[1] else rows[-1].frame
    return {
        "id": ident if re.fullmatch(UUID[1:-1], ident) else made_id(shape, ident),
        "shape": shape,
        "category": category,
        "geometry": {"keys": _keys(TRACKS[shape].inner, rows, category, q), "end": end, "values": values},
        "attributes": rows[0].values(whole),
    }


def _keys(inner: Shape[Any], rows: Sequence[Found], category: int, q: Question) -> list[Json]:
    shapes = [inner.parse(one.geometry, q, category, one.pointer) for one in rows]
    frames = [one.frame for one in rows]
    keys: list[Json] = []
    begin = 0
    for place, frame in enumerate(frames):
        following = frames[place + 1] if place + 1 < len(frames) else None
        if following == frame + 1:
            continue
        part = slice(begin, place + 1)
        run, drawn = frames[part], shapes[part]
        kept = needed(run, drawn, _gives_back(inner, run, drawn, [one.geometry for one in rows[part]], q))
        keys += [{"frame": run[at], "at": inner.dump(drawn[at])} for at in kept]
        if following is not None:
            keys.append({"frame": frame + 1, "at": None})
        begin = place + 1
    return keys


def _gives_back(
    inner: Shape[Any], frames: Sequence[int], shapes: Sequence[Any], entries: Sequence[Mapping[str, Any]], q: Question
) -> Any:
    """For `needed`: whether the file would be written as it was."""

    def reproduces(i: int, j: int) -> bool:
        made = between(inner, shapes[i], shapes[j], frames[i], frames[j], frames[i + 1 : j])
        return all(place_of(inner, one, q.media) == entry for one, entry in zip(made, entries[i + 1 : j], strict=True))

    return reproduces
