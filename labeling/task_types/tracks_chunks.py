"""Long videos asked for in parts that overlap: a track's part, and tracks of neighbouring parts joined to one.

What is one thing is told by the frames that both parts show: alike enough there, or of one id. Up to the middle of
these frames a joined track is the earlier part's, from there on the later one's.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from labeling.quality.matching import match
from labeling.task_types.attributes import Values
from labeling.task_types.base import Note, Question
from labeling.task_types.frames import asked_frames
from labeling.task_types.instances import Instance, Shape
from labeling.task_types.tracks import Key, shapes_at, shown
from labeling.task_types.tracks_merging import Piece, pieced
from labeling.task_types.tracks_motion import apart, between, likeness

SAME_ID = 1.0  # worth of one id in both parts, beside likeness: whoever gave it meant one thing
REDUNDANT = 0.02  # px by which a key frame at a seam may stray from what lies there without it
CUT = "This track could not be followed from one part of the video into the next; is it one with another?"
Inner: TypeAlias = Mapping[str, Shape[Any]]


def ranges(frames: int, most: int, common: int) -> tuple[tuple[int, int], ...]:
    """The fewest ranges (first, one past the last) of at most `most` frames that cover 0..frames and share at least
    `common` with their neighbours, about equally long; none where one is enough."""
    if not most or frames <= most:
        return ()
    count = math.ceil((frames - common) / (most - common))
    length = math.ceil((frames + (count - 1) * common) / count)
    starts = [round(place * (frames - length) / (count - 1)) for place in range(count)]
    return tuple((start, start + length) for start in starts)


def part_of_track(instance: Instance, inner: Inner, q: Question) -> Instance | None:
    """What is shown of it in the frames that `q` asks for; None where nothing is."""
    first, last = asked_frames(q)
    track = pieced(inner[instance.shape], [(instance.geometry, first, last)], q)
    return None if track is None else replace(instance, geometry=track)


@dataclass(frozen=True)
class Linked:
    """Joined tracks; `sources`: of each id the (part, id) that it is made of. `notes`: what could not be joined."""

    tracks: tuple[Instance, ...]
    sources: Mapping[str, tuple[tuple[int, str], ...]]
    notes: tuple[Note, ...]


def linked_parts(
    parts: Sequence[tuple[Question, Sequence[Instance]]], inner: Inner, q: Question, *, least: float
) -> Linked:
    """The tracks of all parts, which follow one another and overlap; `least`: the likeness from which two are one.

    `q` asks for the whole.
    """
    chains = [[(0, one)] for one in parts[0][1]]
    for number in range(1, len(parts)):
        before, after = parts[number - 1], parts[number]
        seen = {id(chain[-1][1]): chain for chain in chains}
        pairs = {j: seen[id(before[1][i])] for i, j in _pairs(before, after, inner, q, least)}
        gone = {_called(chain[-1][1]): chain for chain in chains if chain[-1][0] < number - 1}
        for place, one in enumerate(after[1]):
            chain = pairs.get(place) or gone.pop(_called(one), None)  # of one id, and shown in no part between
            if chain is None:
                chains.append([(number, one)])
            else:
                chain.append((number, one))
    return _told(chains, [asked_frames(asked) for asked, _ in parts], inner, q)


def _called(one: Instance) -> tuple[str, str, int]:
    return one.id, one.shape, one.category


def _pairs(
    before: tuple[Question, Sequence[Instance]],
    after: tuple[Question, Sequence[Instance]],
    inner: Inner,
    q: Question,
    least: float,
) -> list[tuple[int, int]]:
    """Places of the tracks of both that are one."""
    first, last = asked_frames(after[0])[0], asked_frames(before[0])[1]
    frames = list(range(first, last + 1))
    seen = [
        [shapes_at(inner[one.shape], one.geometry, frames, asked_frames(asked)[1]) for one in tracks]
        for asked, tracks in (before, after)
    ]
    left, right, worth = [], [], []
    for i, one in enumerate(before[1]):
        for j, other in enumerate(after[1]):
            if (one.shape, one.category) != (other.shape, other.category):
                continue
            alike = _alike(inner[one.shape], seen[0][i], seen[1][j], q)
            if one.id == other.id or alike >= least:
                left.append(i)
                right.append(j)
                worth.append(alike + SAME_ID * (one.id == other.id))
    chosen = match(np.array(left, np.intp), np.array(right, np.intp), np.array(worth, float) + 1e-9)
    return [(left[place], right[place]) for place in chosen.tolist()]


def _alike(shape: Shape[Any], a: Mapping[int, Any], b: Mapping[int, Any], q: Question) -> float:
    """The sum of the frames' likeness over the number of frames in which either is shown."""
    both = sorted(a.keys() & b.keys())
    either = len(a.keys() | b.keys())
    return float(likeness(shape, [a[one] for one in both], [b[one] for one in both], q).sum()) / either if both else 0.0


def _told(
    chains: Sequence[Sequence[tuple[int, Instance]]], asked: Sequence[tuple[int, int]], inner: Inner, q: Question
) -> Linked:
    tracks, notes = [], []
    sources: dict[str, tuple[tuple[int, str], ...]] = {}
    for chain in sorted(chains, key=lambda one: one[0][0]):
        made = _chained(chain, asked, inner, q, taken=sources)
        tracks.append(made)
        sources[made.id] = tuple((number, one.id) for number, one in chain)
        notes += [Note(CUT, made.id, frame) for frame in _torn(chain, asked)]
    return Linked(tuple(tracks), sources, tuple(notes))


def _chained(
    chain: Sequence[tuple[int, Instance]],
    asked: Sequence[tuple[int, int]],
    inner: Inner,
    q: Question,
    *,
    taken: Mapping[str, Any],
) -> Instance:
    """One track of those of a chain; the class and the id of the first."""
    lead = chain[0][1]
    pieces: list[Piece] = []
    for place, (number, one) in enumerate(chain):
        first, last = asked[number]
        begin = handed_over(asked[number - 1], asked[number]) + 1 if place > 0 else first
        until = handed_over(asked[number], asked[number + 1]) if place + 1 < len(chain) else last
        closed = one.geometry if one.geometry.end is not None else replace(one.geometry, end=last)
        pieces.append((closed, begin, until))
    track = pieced(inner[lead.shape], pieces, q) or lead.geometry
    seams = [until for _, _, until in pieces[:-1]]
    track = replace(track, keys=_smoothed(inner[lead.shape], track.keys, seams))
    known = next((one.id for _, one in chain if one.id not in taken), None)
    ident = known or str(uuid.uuid5(uuid.NAMESPACE_OID, f"{lead.id} {chain[0][0]}"))
    return replace(lead, id=ident, geometry=track, attributes=_values(chain))


def handed_over(before: tuple[int, int], after: tuple[int, int]) -> int:
    """The last frame that is the earlier part's. Both: first and last frame."""
    return (after[0] + before[1]) // 2


def _values(chain: Sequence[tuple[int, Instance]]) -> Values:
    """What a track has as a whole: as the first part says that says anything."""
    found: dict[str, Any] = {}
    for _, one in chain:
        for name, value in one.attributes:
            found.setdefault(name, value)
    return tuple(found.items())


def _smoothed(shape: Shape[Any], keys: Sequence[Key], seams: Sequence[int]) -> tuple[Key, ...]:
    """Without the key frames beside seams that change nothing."""
    kept = list(keys)
    for seam in seams:
        for frames in ((seam, seam + 1), (seam,), (seam + 1,)):
            places = [place for place, key in enumerate(kept) if key.frame in frames]
            if places and _redundant(shape, kept, places):
                kept = [key for place, key in enumerate(kept) if place not in places]
    return tuple(kept)


def _redundant(shape: Shape[Any], keys: Sequence[Key], places: Sequence[int]) -> bool:
    before, after = places[0] - 1, places[-1] + 1
    if before < 0:
        return False
    inside = [keys[place] for place in places]
    a, b = keys[before], keys[after] if after < len(keys) else None
    if a.at is None or any(key.at is None or key.occluded != a.occluded for key in inside):
        return False
    if b is None or b.at is None:  # held from a on
        return all(key.at == a.at for key in inside)
    made = between(shape, a.at, b.at, a.frame, b.frame, [key.frame for key in inside])
    return bool((apart(made, [key.at for key in inside]) <= REDUNDANT).all())


def _torn(chain: Sequence[tuple[int, Instance]], asked: Sequence[tuple[int, int]]) -> list[int]:
    """The frames at which it ends because its part does, or begins so."""
    (number, one), (final, other) = chain[0], chain[-1]
    found = []
    begins = shown(one.geometry, asked[number][1])
    if number > 0 and begins and begins[0][0] == asked[number][0]:
        found.append(begins[0][0])
    ends = shown(other.geometry, asked[final][1])
    if final + 1 < len(asked) and ends and ends[-1][1] == asked[final][1]:
        found.append(ends[-1][1])
    return found


def in_turn(parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The frames of each part that are its own, without those it hands over: first and last. Together each once."""
    edges = [handed_over(one, other) for one, other in pairwise(parts)]
    begins = [parts[0][0], *(edge + 1 for edge in edges)]
    return list(zip(begins, [*edges, parts[-1][1]], strict=True))
