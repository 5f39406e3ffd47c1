"""Tracks of upright boxes as arrays: thousands of frames at once, where one shape after another would take minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.quality.votes import Floats, Ints
from labeling.task_types.bounding_box import Box
from labeling.task_types.tracks import Track, reach

Bools = NDArray[np.bool_]
APART = 1 << 40  # more than any frame's number: the key frames of all tracks stand in one ascending row
AT_ONCE = 20_000  # pairs of tracks compared at a time: keeps memory flat at thousands of tracks


@dataclass(frozen=True)
class Films:
    """The key frames of n tracks in one row, track after track.

    order: (keys,) track * APART + frame, ascending. corners: (keys, 4), NaN where a track goes away. hidden: (keys,).
    ends: (n,) the last frame that each may be shown in; reaches: (n, 2) first and last frame that each is shown in.
    """

    order: Ints
    corners: Floats
    hidden: Bools
    ends: Ints
    reaches: Ints

    def at(self, track: Ints, frame: Ints) -> Floats:
        """(k, 4) corners of track[i] in frame[i]; NaN where it is not shown."""
        key = self._key(track, frame)
        following = np.minimum(key + 1, len(self.order) - 1)
        moves = (self.order[following] // APART == track) & (following > key) & ~np.isnan(self.corners[following, 0])
        following = np.where(moves, following, key)
        way = np.maximum(self.order[following] - self.order[key], 1)
        part = ((frame - self.order[key] % APART) / way * moves)[:, None]
        made = self.corners[key] * (1 - part) + self.corners[following] * part
        begun = (self.order[key] // APART == track) & (frame >= self.order[key] % APART)
        made[~begun | (frame > self.ends[track])] = np.nan
        return np.asarray(made, dtype=float)

    def hidden_at(self, track: Ints, frame: Ints) -> Bools:
        return np.asarray(self.hidden[self._key(track, frame)], dtype=np.bool_)

    def _key(self, track: Ints, frame: Ints) -> Ints:
        """The last key frame not after it; of another track where there is none."""
        return np.maximum(np.searchsorted(self.order, track * APART + frame, side="right") - 1, 0)

    def grid(self, frames: Sequence[int]) -> Floats:
        """(n, frames, 4): all tracks in the same frames."""
        n, listed = len(self.ends), np.asarray(frames, dtype=np.intp)
        made = self.at(np.repeat(np.arange(n), len(listed)), np.tile(listed, n))
        return made.reshape(n, len(listed), 4)


def upright(tracks: Sequence[Track]) -> bool:
    """Whether all their shapes are boxes that are not turned."""
    return all(isinstance(key.at, Box) and not key.at.angle for one in tracks for key in one.keys if key.at is not None)


def films(tracks: Sequence[Track], last: int) -> Films:
    """`last`: the last frame that is asked for."""
    absent = (np.nan,) * 4
    keys = [(place, key) for place, one in enumerate(tracks) for key in one.keys]
    sides = [absent if key.at is None else (key.at.left, key.at.top, key.at.width, key.at.height) for _, key in keys]
    corners = np.array(sides, dtype=float).reshape(-1, 4)
    corners[:, 2:] += corners[:, :2]
    return Films(
        order=np.array([place * APART + key.frame for place, key in keys], dtype=np.intp),
        corners=corners,
        hidden=np.array([key.occluded for _, key in keys], dtype=np.bool_),
        ends=np.array([last if one.end is None else min(one.end, last) for one in tracks], dtype=np.intp),
        reaches=np.array([reach(one, last) for one in tracks], dtype=np.intp).reshape(-1, 2),
    )


def overlap(a: Floats, b: Floats) -> Floats:
    """(..., 4) corners both -> (...): intersection over union, 0 where either is NaN, 1 for equals."""
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common = np.where((sides > 0).all(axis=-1), sides[..., 0] * sides[..., 1], 0.0)
    both = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1]) + (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    whole = np.where(common > 0, np.maximum(both - common, 1e-300), 1.0)
    return np.asarray(np.where((a == b).all(axis=-1), 1.0, common / whole), dtype=float)


def alike(a: Films, b: Films, most: int) -> tuple[Ints, Ints, Floats]:
    """Of all pairs that may be shown at the same time: places in a and b, and the sum of the frames' overlap over the
    number of frames in which either is shown; in `most` frames, evenly."""
    begins = np.minimum(a.reaches[:, None, 0], b.reaches[None, :, 0])
    ends = np.maximum(a.reaches[:, None, 1], b.reaches[None, :, 1])
    near = np.minimum(a.reaches[:, None, 1], b.reaches[None, :, 1]) >= np.maximum(
        a.reaches[:, None, 0], b.reaches[None, :, 0]
    )
    i, j = np.nonzero(near)
    value = np.zeros(len(i))
    for start in range(0, len(i), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        frames = _sampled(begins[i[part], j[part]], ends[i[part], j[part]], most)
        flat = frames.ravel()
        mine = a.at(np.repeat(i[part], most), flat)
        theirs = b.at(np.repeat(j[part], most), flat)
        either = (~np.isnan(mine[:, 0]) | ~np.isnan(theirs[:, 0])).reshape(-1, most).sum(axis=1)
        value[part] = overlap(mine, theirs).reshape(-1, most).sum(axis=1) / np.maximum(either, 1)
    return i, j, np.minimum(value, 1.0)


def _sampled(first: Ints, last: Ints, most: int) -> Ints:
    """(pairs, most): all frames of first..last, filled up with -1, or `most` of them evenly, both ends among them."""
    steps = np.arange(most)
    few = np.where(first[:, None] + steps <= last[:, None], first[:, None] + steps, -1)
    even = np.round(first[:, None] + (last - first)[:, None] * (steps / max(most - 1, 1)))
    return np.where((last - first < most)[:, None], few, even.astype(np.intp))


def seen_together(a: Floats, b: Floats, least: float) -> tuple[Ints, Ints, Ints, Floats]:
    """(n, frames, 4) and (m, frames, 4) corners -> place of the frame, of a, of b and overlap, from `least` on.

    Ascending by frame, a, b. Only those are compared that come to the same part of the picture at all.
    """
    found = []
    hulls = [_hulls(one) for one in (a, b)]
    for i in range(len(a)):
        near = np.flatnonzero(_meets(hulls[0][i], hulls[1]))
        value = overlap(a[i], b[near])
        j, frame = np.nonzero(value >= least)
        found.append((frame, np.full(len(frame), i), near[j], value[j, frame]))
    if not found:
        nothing = np.zeros(0, np.intp)
        return nothing, nothing, nothing, np.zeros(0)
    frame, own, other, value = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((other, own, frame))
    return frame[order], own[order], other[order], value[order]


def _hulls(a: Floats) -> Floats:
    """(n, frames, 4) -> (n, 4): what each covers over all frames; nothing where it is never shown."""
    low = np.where(np.isnan(a[..., :2]), np.inf, a[..., :2]).min(axis=1, initial=np.inf)
    high = np.where(np.isnan(a[..., 2:]), -np.inf, a[..., 2:]).max(axis=1, initial=-np.inf)
    return np.concatenate([low, high], axis=1)


def _meets(one: Floats, others: Floats) -> Bools:
    return np.asarray(
        ((np.minimum(one[2:], others[:, 2:]) - np.maximum(one[:2], others[:, :2])) > 0).all(axis=1), dtype=np.bool_
    )
