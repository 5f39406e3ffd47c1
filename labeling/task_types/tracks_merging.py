"""Several workers' tracks of one thing into one, and a worker's tracks cut up and joined as the others see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Floats, Question
from labeling.task_types.frames import asked_frames, joined, within
from labeling.task_types.instances import Shape
from labeling.task_types.tracks import Key, Track, key_before, sampled, shapes_at, shown
from labeling.task_types.tracks_motion import needed, within_px

CLOSE = 1.0  # px within which few key frames stand for the middle of all workers' shapes
LOOKED_AT: Mapping[str, int] = {"box": 1_000, "keypoint": 1_000}  # frames in which shapes are merged, at most
LOOKED_AT_OTHERS = 200
MOST_EDGES = 4_000  # frames beside these in which somebody's track begins, ends or goes away


def merged(inner: Shape[Any], tracks: Sequence[Track], weights: Floats, q: Question) -> Track:
    """The middle of the tracks in every frame that most of them are shown in, re-keyed within a pixel.

    (n,) weights > 0 are for the places; each track has one vote on being there, half of them is enough where they have
    half of the weight. Tracks that are never shown together: the heaviest.
    """
    if len({(one.keys, one.end) for one in tracks}) == 1:
        return tracks[0]
    first, last = asked_frames(q)
    frames = _looked_at(inner, tracks, first, last)
    shapes = [shapes_at(inner, one, frames, last) for one in tracks]
    made: dict[int, Key] = {}
    for frame in frames:
        there = [place for place, one in enumerate(shapes) if frame in one]
        if not _most(there, weights):
            continue
        shape = inner.merge([shapes[place][frame] for place in there], weights[there], q)
        hidden = [place for place in there if key_before(tracks[place], frame).occluded]
        made[frame] = Key(frame, shape, 2 * weights[hidden].sum() > weights[there].sum())
    if not made:
        return tracks[int(np.argmax(weights))]
    return _keyed(inner, frames, made, tracks, weights, q)


def _most(there: Sequence[int], weights: Floats) -> bool:
    if 2 * len(there) != len(weights):
        return 2 * len(there) > len(weights)
    return bool(2 * weights[list(there)].sum() >= weights.sum() * (1 - 1e-9))


def _looked_at(inner: Shape[Any], tracks: Sequence[Track], first: int, last: int) -> list[int]:
    """Frames evenly, and all around which somebody's track begins, ends, goes away or is hidden."""
    reaches = [shown(one, last) for one in tracks]
    edges = {edge for reach in reaches for run in reach for edge in (run[0] - 1, run[0], run[1], run[1] + 1)}
    edges |= {edge for one in tracks for key in one.keys for edge in (key.frame - 1, key.frame)}
    begin = min((reach[0][0] for reach in reaches if reach), default=first)
    end = max((reach[-1][1] for reach in reaches if reach), default=last)
    inside = sorted(edge for edge in edges if max(begin - 1, first) <= edge <= min(end + 1, last))
    if len(inside) > MOST_EDGES:
        inside = [inside[round(at)] for at in np.linspace(0, len(inside) - 1, MOST_EDGES).tolist()]
    return sorted({*inside, *sampled(begin, end, LOOKED_AT.get(inner.name, LOOKED_AT_OTHERS))})


def _keyed(
    inner: Shape[Any],
    frames: Sequence[int],
    made: Mapping[int, Key],
    tracks: Sequence[Track],
    weights: Floats,
    q: Question,
) -> Track:
    """Few key frames for the shapes of `made`; absent between those that are not neighbours in `frames`."""
    keys: list[Key] = []
    run: list[Key] = []
    for frame in frames:
        if frame in made:
            run.append(made[frame])
        elif run:
            keys += [*_few(inner, run), Key(frame, None)]
            run = []
    keys += _few(inner, run)
    end = None if run and run[-1].frame == asked_frames(q)[1] else max(made)
    if keys[-1].at is None:
        keys.pop()
    settled = [key if key.at is None else _settled(inner, key, tracks, weights, q) for key in keys]
    return Track(tuple(settled), end)


def _few(inner: Shape[Any], run: Sequence[Key]) -> list[Key]:
    frames, shapes = [one.frame for one in run], [one.at for one in run]
    turns = [place for place in range(1, len(run)) if run[place].occluded != run[place - 1].occluded]
    return [run[place] for place in needed(frames, shapes, within_px(inner, frames, shapes, CLOSE), turns)]


def _settled(inner: Shape[Any], key: Key, tracks: Sequence[Track], weights: Floats, q: Question) -> Key:
    """The key frame as it would be read; where the middle of two outlines is none, the heaviest worker's last drawn."""
    for category in range(len(q.categories)):
        if inner.takes(q.categories[category]):
            try:
                return Key(key.frame, inner.parse(inner.dump(key.at), q, category, ""), key.occluded)
            except InvalidAnswer:
                break
    heaviest = tracks[int(np.argmax(weights))]
    drawn = [one.at for one in heaviest.keys if one.at is not None and one.frame <= key.frame]
    return Key(key.frame, (drawn or [heaviest.keys[0].at])[-1], key.occluded)


Piece = tuple[Track, int, int]
"""A track's part from one frame to another."""


def pieced(inner: Shape[Any], pieces: Sequence[Piece], q: Question) -> Track | None:
    """One track of parts of tracks that follow one another; None where nothing of them is shown."""
    last = asked_frames(q)[1]
    keys: dict[int, Key] = {}
    values = []
    for track, first, until in sorted(pieces, key=lambda one: one[1:]):
        for run in track.runs(last):
            begin, end = max(run.first, first), min(run.last, until)
            if begin > end:
                continue
            moving = run.b is not None and run.b.frame > until
            shapes = shapes_at(inner, track, sorted({begin, end}) if moving else [begin], last)
            keys |= {frame: Key(frame, shape, run.a.occluded) for frame, shape in shapes.items()}
            keys[end + 1] = Key(end + 1, None)
        values += list(within(track.values, first, until))
    listed = [keys[frame] for frame in sorted(keys)]
    if not listed:
        return None
    end = listed.pop().frame - 1  # the last one says: absent
    sources, even = [one[0] for one in pieces], np.ones(len(pieces))
    settled = [key if key.at is None else _settled(inner, key, sources, even, q) for key in listed]
    values.sort(key=lambda one: one.first)
    return Track(tuple(settled), None if end == last else end, joined(values))
