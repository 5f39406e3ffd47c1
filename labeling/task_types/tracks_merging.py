"""Several workers' tracks of one thing into one, and a worker's tracks cut up and joined as the others see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.errors import InvalidAnswer
from labeling.geometry.boxes import robust_means
from labeling.quality.edges import Stretch, inside, majority
from labeling.task_types.base import Floats, Question
from labeling.task_types.bounding_box import boxes_of
from labeling.task_types.frames import asked_frames, joined, within
from labeling.task_types.instances import Shape
from labeling.task_types.tracks import Key, Run, Track, key_before, sampled, shapes_at, shown
from labeling.task_types.tracks_boxes import films, upright
from labeling.task_types.tracks_motion import between, needed, within_px

CLOSE = 1.0  # px within which few key frames stand for the middle of all workers' shapes
LOOKED_AT: Mapping[str, int] = {"box": 1_000, "keypoint": 1_000}  # frames in which shapes are merged, at most
LOOKED_AT_OTHERS = 200
MOST_EDGES = 4_000  # frames beside these in which somebody's track begins, ends or goes away


@dataclass(frozen=True)
class _Film:
    """Several tracks of one thing in the same k frames. there, hidden: (tracks, k). `middle`: the shapes of some of the
    frames, told by their places."""

    there: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    middle: Callable[[Sequence[int]], list[Any]]


def merged(
    inner: Shape[Any], tracks: Sequence[Track], weights: Floats, q: Question, stretches: Sequence[Stretch] | None = None
) -> Track:
    """The middle of the tracks in every frame of `stretches`, re-keyed within a pixel.

    (n,) weights > 0 are for the places. Without `stretches`, each track has one vote on being there, half of them is
    enough where they have half of the weight. Tracks that are never shown together: the heaviest.
    """
    if len({(one.keys, one.end) for one in tracks}) == 1:
        return tracks[0]
    first, last = asked_frames(q)
    if stretches is None:
        stretches = majority([shown(one, last) for one in tracks], weights)
    frames = _looked_at(inner, tracks, first, last)
    fast = inner.name == "box" and upright(tracks)
    film = _film_of_boxes(tracks, weights, frames, last) if fast else _film(inner, tracks, weights, frames, q)
    held = inside(frames, stretches) & film.there.any(axis=0)
    kept = np.flatnonzero(held).tolist()
    if not kept:
        return tracks[int(np.argmax(weights))]
    hidden = 2 * (weights @ (film.there & film.hidden)) > weights @ film.there
    made = {
        frames[place]: Key(frames[place], shape, bool(hidden[place]))
        for place, shape in zip(kept, film.middle(kept), strict=True)
    }
    return _keyed(inner, frames, made, tracks, weights, q)


def _film(inner: Shape[Any], tracks: Sequence[Track], weights: Floats, frames: Sequence[int], q: Question) -> _Film:
    shapes = [shapes_at(inner, one, frames, asked_frames(q)[1]) for one in tracks]
    there = np.array([[frame in one for frame in frames] for one in shapes], dtype=np.bool_)
    hidden = np.array([[key_before(one, frame).occluded for frame in frames] for one in tracks], dtype=np.bool_)

    def middle(places: Sequence[int]) -> list[Any]:
        made = []
        for place in places:
            mine = np.flatnonzero(there[:, place])
            made.append(inner.merge([shapes[one][frames[place]] for one in mine], weights[mine], q))
        return made

    return _Film(there, hidden, middle)


def _film_of_boxes(tracks: Sequence[Track], weights: Floats, frames: Sequence[int], last: int) -> _Film:
    known = films(tracks, last)
    grid = known.grid(frames)
    rows = np.repeat(np.arange(len(tracks)), len(frames))
    hidden = known.hidden_at(rows, np.tile(np.array(frames), len(tracks))).reshape(grid.shape[:2])
    return _Film(~np.isnan(grid[..., 0]), hidden, lambda places: boxes_of(robust_means(grid[:, places], weights)))


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


def _ends(inner: Shape[Any], run: Run, begin: int, end: int, until: int) -> list[tuple[int, Any]]:
    """The shape of a run at its first frame, and at its last one where it moves on to a key frame after `until`."""
    if run.b is None:
        return [(begin, run.a.at)]
    frames = sorted({begin, end}) if run.b.frame > until else [begin]
    return list(zip(frames, between(inner, run.a.at, run.b.at, run.a.frame, run.b.frame, frames), strict=True))


Piece = tuple[Track, int, int]
"""A track's part from one frame to another."""


def pieced(inner: Shape[Any], pieces: Sequence[Piece], q: Question) -> Track | None:
    """One track of parts of tracks that follow one another; None where nothing of them is shown."""
    last = asked_frames(q)[1]
    keys: dict[int, Key] = {}
    held: dict[int, Key] = {}
    values = []
    for track, first, until in sorted(pieces, key=lambda one: one[1:]):
        for run in track.runs(last):
            begin, end = max(run.first, first), min(run.last, until)
            if begin > end:
                continue
            keys |= {frame: Key(frame, shape, run.a.occluded) for frame, shape in _ends(inner, run, begin, end, until)}
            keys[end + 1] = Key(end + 1, None)
            if run.b is None:
                held[end] = Key(end, run.a.at, run.a.occluded)
        values += list(within(track.values, first, until))
    for frame, key in held.items():  # what stood still does so up to where the next part begins
        if keys[frame + 1].at is not None:
            keys.setdefault(frame, key)
    listed = [keys[frame] for frame in sorted(keys)]
    if not listed:
        return None
    end = listed.pop().frame - 1  # the last one says: absent
    sources, even = [one[0] for one in pieces], np.ones(len(pieces))
    settled = [key if key.at is None else _settled(inner, key, sources, even, q) for key in listed]
    values.sort(key=lambda one: one.first)
    return Track(tuple(settled), None if end == last else end, joined(values))
