"""Tracks: one thing through the frames of a video, told by its key frames (EDITOR.md, Interpolation)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from labeling.task_types.frames import Stretches
from labeling.task_types.instances import Shape
from labeling.task_types.tracks_motion import between


@dataclass(frozen=True)
class Key:
    """A key frame. `at` None: absent from here to the next one; `occluded` holds to the next one."""

    frame: int
    at: Any
    occluded: bool = False


@dataclass(frozen=True)
class Run:
    """Frames first..last in which a track is shown, between the key frame a (at or before first) and b, if it moves."""

    first: int
    last: int
    a: Key
    b: Key | None


@dataclass(frozen=True)
class Track:
    """Key frames, ascending; the first has a shape. `end`: the last frame shown, None: the last that is asked for.

    `values`: attributes that change from frame to frame.
    """

    keys: tuple[Key, ...]
    end: int | None = None
    values: Stretches = ()

    @cached_property
    def places(self) -> list[int]:
        return [one.frame for one in self.keys]

    def runs(self, last: int) -> Iterator[Run]:
        """The stretches in which it is shown, key frame to key frame; `last`: the last frame that is asked for."""
        stop = last if self.end is None else min(self.end, last)
        for place, key in enumerate(self.keys):
            following = self.keys[place + 1] if place + 1 < len(self.keys) else None
            until = stop if following is None else following.frame - 1
            if key.at is not None and key.frame <= until:
                yield Run(key.frame, until, key, following if following is not None and following.at else None)


def shapes_at(shape: Shape[Any], track: Track, frames: Sequence[int], last: int) -> dict[int, Any]:
    """Frame -> shape, of those of `frames` (ascending) in which the track is shown. Not rounded."""
    found: dict[int, Any] = {}
    for run in track.runs(last):
        here = list(frames[bisect_left(frames, run.first) : bisect_right(frames, run.last)])
        if run.b is None:
            found.update(dict.fromkeys(here, run.a.at))
        else:
            made = between(shape, run.a.at, run.b.at, run.a.frame, run.b.frame, here)
            found.update(zip(here, made, strict=True))
    return found


def shown(track: Track, last: int) -> list[tuple[int, int]]:
    """First and last frame of each stretch in which it is shown; neighbours joined."""
    made: list[tuple[int, int]] = []
    for run in track.runs(last):
        if made and made[-1][1] + 1 == run.first:
            made[-1] = made[-1][0], run.last
        else:
            made.append((run.first, run.last))
    return made


def key_before(track: Track, frame: int) -> Key:
    """The key frame that holds at `frame`; the first one before it."""
    return track.keys[max(bisect_right(track.places, frame) - 1, 0)]


def sampled(first: int, last: int, most: int) -> list[int]:
    """All frames of first..last, or `most` of them evenly, both ends among them."""
    if last - first < most:
        return list(range(first, last + 1))
    return sorted({round(one) for one in np.linspace(first, last, most).tolist()})


def reach(track: Track, last: int) -> tuple[int, int]:
    stretches = shown(track, last)
    return (stretches[0][0], stretches[-1][1]) if stretches else (track.keys[0].frame, track.keys[0].frame)
