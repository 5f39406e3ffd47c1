"""The shapes of video tracks: a box, an outline, a line or a point with its key frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.quality.clusters import Pairs
from labeling.quality.edges import Habits, settled
from labeling.task_types.attributes import instance_fields
from labeling.task_types.base import Category, Floats, Json, MediaFacts, Question, Skills
from labeling.task_types.bounding_box import BOX
from labeling.task_types.frames import (
    agreed_stretches,
    asked_frames,
    dump_stretches,
    frame_index,
    frame_schema,
    parse_stretches,
    stretches_schema,
)
from labeling.task_types.instances import Shape
from labeling.task_types.keypoint import KEYPOINT
from labeling.task_types.polygon import POLYGON
from labeling.task_types.polyline import POLYLINE
from labeling.task_types.reading import kind_of, members
from labeling.task_types.tracks import Key, Track, reach, sampled, shapes_at, shown
from labeling.task_types.tracks_boxes import alike, films, upright
from labeling.task_types.tracks_edges import TrackSkills
from labeling.task_types.tracks_merging import merged
from labeling.task_types.tracks_motion import likeness

MOST_KEYS = 20_000  # of one track: every frame of a long video
LOOKED_AT = 48  # frames at which two tracks are compared


class TrackShape(Shape[Track]):
    """A shape through time. What a track has frame by frame are the job's attributes of scope "instance"."""

    inner: ClassVar[Shape[Any]]
    scope = "track"
    by_category = True  # what a track has frame by frame is its category's
    keys = ("keys",)

    def takes(self, category: Category) -> bool:
        return self.inner.takes(category)

    def schema(self, q: Question, category: int) -> Json:
        key = {
            "type": "object",
            "properties": {
                "frame": frame_schema(q),
                "at": {"anyOf": [{"type": "null"}, self.inner.schema(q, category)]},
                "occluded": {"type": "boolean"},
            },
            "required": ["frame", "at"],
            "additionalProperties": False,
        }
        return {
            "type": "object",
            "properties": {
                "keys": {"type": "array", "minItems": 1, "maxItems": MOST_KEYS, "items": key},
                "end": {"anyOf": [{"type": "null"}, frame_schema(q)]},
                "values": stretches_schema(q, instance_fields(q, category)),
            },
            "required": ["keys"],
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Track:
        given = members(raw, pointer, required=("keys",), optional=("end", "values"))
        keys = self._keys(given["keys"], q, category, f"{pointer}/keys")
        end = given.get("end")
        if end is not None:
            end = frame_index(end, f"{pointer}/end", q)
            if end < keys[-1].frame:
                problem = f"The track ends at frame {end}, before its last key frame, {keys[-1].frame}."
                raise InvalidAnswer(f"{pointer}/end", problem, todo="Take the key frames after the end away.")
        fields = instance_fields(q, category)
        values = parse_stretches(given.get("values", []), f"{pointer}/values", q, fields)
        return Track(keys, None if keys[-1].at is None else end, values)

    def _keys(self, raw: Any, q: Question, category: int, pointer: str) -> tuple[Key, ...]:
        if not isinstance(raw, list):
            raise InvalidAnswer(pointer, f"This must be a list of key frames, and is {kind_of(raw)}.")
        if len(raw) > MOST_KEYS:
            raise InvalidAnswer(pointer, f"A track has at most {MOST_KEYS:,} key frames; here are {len(raw):,}.")
        found: list[Key] = []
        for place, one in enumerate(raw):
            key = self._key(one, q, category, f"{pointer}/{place}")
            if found and key.frame <= found[-1].frame:
                problem = f"Key frame {key.frame} comes after {found[-1].frame}."
                raise InvalidAnswer(f"{pointer}/{place}/frame", problem, todo="Key frames ascend, one a frame.")
            found.append(key)
        if not found or found[0].at is None:
            raise InvalidAnswer(pointer, "A track begins with a key frame that has a shape.", todo="Draw it once.")
        again = (place > 0 and key.at is None and found[place - 1].at is None for place, key in enumerate(found))
        return tuple(key for key, absent in zip(found, again, strict=True) if not absent)

    def _key(self, raw: Any, q: Question, category: int, pointer: str) -> Key:
        given = members(raw, pointer, required=("frame", "at"), optional=("occluded",))
        occluded = given.get("occluded", False)
        if not isinstance(occluded, bool):
            raise InvalidAnswer(f"{pointer}/occluded", "This must be true or false.")
        frame = frame_index(given["frame"], f"{pointer}/frame", q)
        if given["at"] is None:
            return Key(frame, None)
        return Key(frame, self.inner.parse(given["at"], q, category, f"{pointer}/at"), occluded)

    def dump(self, geometry: Track) -> Json:
        return {
            "keys": [
                {
                    "frame": key.frame,
                    "at": None if key.at is None else self.inner.dump(key.at),
                    **({"occluded": True} if key.occluded else {}),
                }
                for key in geometry.keys
            ],
            "end": geometry.end,
            **({"values": dump_stretches(geometry.values)} if geometry.values else {}),
        }

    def similarity(self, a: Sequence[Track], b: Sequence[Track], least: float, q: Question) -> Pairs:
        """The sum of the frames' likeness over the number of frames in which either is shown; frames are sampled."""
        last = asked_frames(q)[1]
        first, second, alike = [], [], []
        reaches = [[reach(one, last) for one in side] for side in (a, b)]
        for i, one in enumerate(a):
            for j, other in enumerate(b):
                if reaches[0][i][0] > reaches[1][j][1] or reaches[1][j][0] > reaches[0][i][1]:
                    continue
                value = self.alike(one, other, q)
                if value >= least:
                    first.append(i)
                    second.append(j)
                    alike.append(value)
        return np.array(first, dtype=np.intp), np.array(second, dtype=np.intp), np.array(alike, dtype=float)

    def alike(self, a: Track, b: Track, q: Question) -> float:
        if (a.keys, a.end) == (b.keys, b.end):
            return 1.0
        last = asked_frames(q)[1]
        (begin, end), (start, stop) = reach(a, last), reach(b, last)
        frames = sampled(min(begin, start), max(end, stop), LOOKED_AT)
        one, other = shapes_at(self.inner, a, frames, last), shapes_at(self.inner, b, frames, last)
        both = [frame for frame in frames if frame in one and frame in other]
        either = len(one) + len(other) - len(both)
        if not both:
            return 0.0
        pairs = likeness(self.inner, [one[frame] for frame in both], [other[frame] for frame in both], q)
        return min(float(pairs.sum()) / either, 1.0)

    def merge(self, geometries: Sequence[Track], weights: Floats, q: Question) -> Track:
        return merged(self.inner, geometries, weights, q)

    def agreed(
        self, geometries: Sequence[Track], workers: Sequence[str], weights: Floats, q: Question, skills: Skills
    ) -> Track:
        """Begun and ended where the workers' habits make it likely."""
        habits = skills.habits if isinstance(skills, TrackSkills) else Habits()
        last = asked_frames(q)[1]
        stretches = settled([shown(one, last) for one in geometries], workers, weights, habits)
        return merged(self.inner, geometries, weights, q, stretches)

    def told(
        self,
        geometry: Track,
        given: Sequence[Track],
        q: Question,
        category: int,
        trust: Sequence[float],
        workers: Sequence[str],
    ) -> Track:
        values = agreed_stretches(instance_fields(q, category), [one.values for one in given], trust, workers)
        return replace(geometry, values=values)

    def interpolate(self, a: Track, b: Track, t: float) -> Track:
        """Tracks do not lie between tracks: the nearer one."""
        return a if t < 0.5 else b

    def rounded(self, geometry: Track, media: MediaFacts) -> Track:
        keys = tuple(Key(k.frame, k.at and self.inner.rounded(k.at, media), k.occluded) for k in geometry.keys)
        return Track(keys, geometry.end, geometry.values)


class BoxTrack(TrackShape):
    name = "box"
    inner = BOX

    def similarity(self, a: Sequence[Track], b: Sequence[Track], least: float, q: Question) -> Pairs:
        if not (upright(a) and upright(b)):
            return super().similarity(a, b, least, q)
        last = asked_frames(q)[1]
        first, second, value = alike(films(a, last), films(b, last), LOOKED_AT)
        near = value >= least
        return first[near], second[near], value[near]


class PolygonTrack(TrackShape):
    name = "polygon"
    inner = POLYGON


class PolylineTrack(TrackShape):
    name = "polyline"
    inner = POLYLINE


class KeypointTrack(TrackShape):
    name = "keypoint"
    inner = KEYPOINT


TRACKS: Mapping[str, TrackShape] = {
    one.name: one for one in (BoxTrack(), PolygonTrack(), PolylineTrack(), KeypointTrack())
}
