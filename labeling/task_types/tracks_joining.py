"""Identities across workers: who lost a thing and went on with another one is put right before merging."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from labeling.quality.edges import inside
from labeling.quality.tracks import Sightings, followed, homes
from labeling.quality.votes import Floats, Ints
from labeling.task_types.base import Question, Vote
from labeling.task_types.frames import asked_frames
from labeling.task_types.instances import Instance, Instances, Shape
from labeling.task_types.tracks import Track, reach, sampled, shapes_at, shown
from labeling.task_types.tracks_boxes import films, seen_together, upright
from labeling.task_types.tracks_merging import Piece, pieced

LOOKED_AT = 600  # frames at which identities are followed
SLIGHT = 0.05  # likeness from which two shapes of a frame are looked at
WHOLE = 0.5  # of a track's frames that nobody else shares, from which it stays beside the joined ones
NEVER = 10**9  # a frame after all frames
Inner = Mapping[str, Shape[Any]]


@dataclass(frozen=True)
class Switch:
    """A worker's track that goes on with another thing: for whoever reviews the label. `part`: the label's track."""

    worker: str
    part: str
    frame: int


def joined_votes(
    votes: Sequence[Vote[Instances]], agreed: Sequence[Instance], inner: Inner, q: Question
) -> tuple[list[Vote[Instances]], list[Switch]]:
    """Each worker's tracks, cut and joined so that they follow the agreed ones; and where identities had switched.

    `agreed`: a first label of these votes. Votes whose tracks already follow it come back as they are.
    """
    switches: list[Switch] = []
    made = []
    for vote in votes:
        answer, found = _joined(vote, agreed, inner, q)
        made.append(Vote(vote.worker, answer))
        switches += found
    return made, sorted(switches, key=lambda one: (one.frame, one.part, one.worker))


def sightings(own: Sequence[Instance], other: Sequence[Instance], inner: Inner, q: Question) -> Sightings:
    """Where tracks of two answers overlap, in frames looked at evenly over all of them."""
    last = asked_frames(q)[1]
    reaches = [reach(one.geometry, last) for one in (*own, *other)]
    first, end = min((one[0] for one in reaches), default=0), max((one[1] for one in reaches), default=0)
    frames = sampled(first, end, LOOKED_AT)
    found = [_alike(name, shape, own, other, frames, q) for name, shape in inner.items()]
    frame, one, two, value = (np.concatenate(parts) for parts in zip(*found, strict=True))
    counts = [np.array([_shown_in(each.geometry, frames, last) for each in side], np.intp) for side in (own, other)]
    return Sightings(np.array(frames, dtype=np.intp)[frame], one, two, value, counts[0], counts[1])


def _shown_in(track: Track, frames: Sequence[int], last: int) -> int:
    """In how many of the frames it is shown."""
    return int(inside(frames, shown(track, last)).sum())


def _alike(
    name: str,
    shape: Shape[Any],
    own: Sequence[Instance],
    other: Sequence[Instance],
    frames: Sequence[int],
    q: Question,
) -> tuple[Ints, Ints, Ints, Floats]:
    """Place of the frame, own, other, likeness: where tracks of one shape overlap."""
    last = asked_frames(q)[1]
    places = [np.array([i for i, one in enumerate(side) if one.shape == name], np.intp) for side in (own, other)]
    tracks = [[side[i].geometry for i in listed] for side, listed in zip((own, other), places, strict=True)]
    if name == "box" and all(upright(side) for side in tracks):
        grids = [films(side, last).grid(frames) for side in tracks]
        frame, i, j, value = seen_together(grids[0], grids[1], SLIGHT)
        return frame, places[0][i], places[1][j], value
    shapes = [[shapes_at(shape, one, frames, last) for one in side] for side in tracks]
    rows: list[tuple[int, int, int, float]] = []
    for at, now in enumerate(frames):
        here = [[place for place, one in enumerate(side) if now in one] for side in shapes]
        if all(here):
            seen = [[side[place][now] for place in listed] for side, listed in zip(shapes, here, strict=True)]
            i, j, alike = shape.similarity(seen[0], seen[1], SLIGHT, q)
            rows += [(at, here[0][a], here[1][b], float(value)) for a, b, value in zip(i, j, alike, strict=True)]
    table = np.array(rows, dtype=float).reshape(-1, 4)
    frame, i, j = (table[:, column].astype(np.intp) for column in range(3))
    return frame, places[0][i], places[1][j], table[:, 3]


@dataclass(frozen=True)
class _Part:
    """An own track's frames first..last, that are of an agreed one; `rows`: in how many frames that was seen."""

    own: int
    other: int
    first: int
    last: int
    rows: int


def _joined(
    vote: Vote[Instances], agreed: Sequence[Instance], inner: Inner, q: Question
) -> tuple[Instances, list[Switch]]:
    own = vote.answer.instances
    if not own or not agreed:
        return vote.answer, []
    seen = sightings(own, agreed, inner, q)
    hints = np.array([[float(one.id == other.id) for other in agreed] for one in own])
    home = homes(seen, hints)
    rows = [one.tolist() for one in followed(seen, home)]
    parts = _parts(list(zip(*rows, strict=True)))
    away = [part for part in parts if part.other != home[part.own]]
    at_home = home[home >= 0].tolist()
    if not away and len(set(at_home)) == len(at_home):
        return vote.answer, []
    switches = [Switch(vote.worker, agreed[part.other].id, part.first) for part in away]
    followed_frames = np.bincount(rows[1], minlength=len(own))
    alone = [one for place, one in enumerate(own) if _is_alone(followed_frames[place], seen.own_frames[place])]
    kept = [one for one in alone if not any(own[part.own] is one for part in parts)]
    return replace(vote.answer, instances=(*_cut(own, parts, inner, q), *kept)), switches


def _is_alone(followed: int, seen: int) -> bool:
    """A track that is no other's in most of its frames, or that lies between the frames that were looked at."""
    return not seen or followed < WHOLE * seen


def _parts(rows: Sequence[tuple[int, int, int]]) -> list[_Part]:
    """Rows (frame, own, other), each own and each other once a frame -> maximal parts, cut where either goes on with
    somebody else. What nobody else claims before the first row and after the last one belongs to a part too."""
    before, after = _neighbours(rows)
    made: list[_Part] = []
    open_parts: dict[tuple[int, int], tuple[int, int]] = {}  # own, other -> first frame, rows so far
    for row in sorted(rows):
        frame, own, other = row
        earlier = [one for one in before[row] if one is not None]
        if any(one[1:] != (own, other) for one in earlier) or (own, other) not in open_parts:
            open_parts[own, other] = (frame if earlier else -1, 0)
        first, count = open_parts[own, other]
        open_parts[own, other] = first, count + 1
        later = [one for one in after[row] if one is not None]
        if not later or any(one[1:] != (own, other) for one in later):
            last = min((one[0] for one in later), default=NEVER) - 1
            made.append(_Part(own, other, first, last, count + 1))
            del open_parts[own, other]
    return made


def _neighbours(rows: Sequence[tuple[int, int, int]]) -> tuple[dict[Any, list[Any]], dict[Any, list[Any]]]:
    """Of each row the one before and the one after it of the same own, and of the same other."""
    before: dict[Any, list[Any]] = {row: [] for row in rows}
    after: dict[Any, list[Any]] = {row: [] for row in rows}
    for side in (1, 2):
        ordered = sorted(rows, key=lambda row: (row[side], row[0]))
        for one, other in pairwise(ordered):
            if one[side] == other[side]:
                after[one].append(other)
                before[other].append(one)
    return before, after


def _cut(own: Sequence[Instance], parts: Sequence[_Part], inner: Inner, q: Question) -> list[Instance]:
    """The worker's tracks anew: one an agreed track that they follow."""
    found: list[Instance] = []
    taken: set[str] = set()
    for other in sorted({part.other for part in parts}):
        mine = [part for part in parts if part.other == other]
        lead = own[max(mine, key=lambda part: (part.rows, -part.first)).own]
        pieces: list[Piece] = [(_valued(own[part.own], lead), part.first, part.last) for part in mine]
        track = pieced(inner[lead.shape], pieces, q)
        if track is None:
            continue
        ident = lead.id if lead.id not in taken else str(uuid.uuid5(uuid.NAMESPACE_OID, f"{lead.id} {other}"))
        taken.add(ident)
        found.append(replace(lead, id=ident, geometry=track))
    return found


def _valued(one: Instance, lead: Instance) -> Track:
    """The track; what it has frame by frame only where it is of the lead's category."""
    track: Track = one.geometry
    return track if one.category == lead.category else replace(track, values=())
