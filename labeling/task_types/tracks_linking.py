"""Who is who by where things are: frame by frame, what most workers drew, linked by overlap and by their own tracks.

Two people who take two things for each other at the same place outvote the third one; but their tracks jump there, and
things do not. So identities are first told by both, and the workers' tracks are cut and joined by that.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from labeling.geometry.boxes import iou
from labeling.quality.votes import Floats, Ints
from labeling.task_types.base import Question
from labeling.task_types.bounding_box import boxes_of
from labeling.task_types.frames import asked_frames
from labeling.task_types.instances import Instance
from labeling.task_types.tracks import Key, Track, sampled
from labeling.task_types.tracks_boxes import films

SAME = 0.4  # overlap from which two workers' boxes of a frame are one thing
LINKED = 0.3  # overlap from which a thing may be that of the frame before
LOST = 5  # frames looked at after which a place says nothing any more
HALF = 0.5  # of those who draw a thing, from which it is one that was away, as their tracks say
MOST = 2_000  # frames looked at


@dataclass
class _Thing:
    """What most workers drew of one thing so far: boxes by place of the frame."""

    boxes: dict[int, Floats] = field(default_factory=dict)
    last: int = -1


@dataclass(frozen=True)
class _Group:
    """What of one frame is one thing: its boxes, and whose track each is."""

    boxes: list[Floats] = field(default_factory=list)
    members: list[tuple[int, int]] = field(default_factory=list)

    @property
    def mean(self) -> Floats:
        return np.asarray(np.mean(self.boxes, axis=0), dtype=float)


def linked(answers: Sequence[Sequence[Track]], q: Question) -> list[Instance]:
    """Tracks with a box in every frame looked at in which more than half of the answers show one thing.

    answers: each worker's tracks of upright boxes. An id says nothing but which is which.
    """
    first, last = asked_frames(q)
    frames = sampled(first, last, MOST)
    grids = [films(tracks, last).grid(frames) for tracks in answers]
    things: list[_Thing] = []
    owner = [np.full(len(tracks), -1, dtype=np.intp) for tracks in answers]
    for place in range(len(frames)):
        groups = [one for one in _groups([grid[:, place] for grid in grids]) if 2 * len(one.boxes) > len(answers)]
        means = np.array([one.mean for one in groups]).reshape(-1, 4)
        found = _followers(groups, means, things, owner, place)
        for group, mean, at in zip(groups, means, found, strict=True):
            if at == len(things):
                things.append(_Thing())
            things[at].boxes[place], things[at].last = mean, place
            for worker, track in group.members:
                owner[worker][track] = at
    return [_instance(one, number, frames, last) for number, one in enumerate(things)]


def _groups(seen: Sequence[Floats]) -> list[_Group]:
    """(tracks, 4) of each worker in one frame -> what is one thing, at most one box of each worker in it."""
    groups: list[_Group] = []
    for worker, corners in enumerate(seen):
        there = np.flatnonzero(~np.isnan(corners[:, 0]))
        alike = iou(corners[there], np.array([one.mean for one in groups]).reshape(-1, 4))
        rows, columns = linear_sum_assignment(np.where(alike >= SAME, alike, 0.0), maximize=True)
        joined = {int(i): groups[j] for i, j in zip(rows, columns, strict=True) if alike[i, j] >= SAME}
        for place, track in enumerate(there.tolist()):
            if place not in joined:
                joined[place] = _Group()
                groups.append(joined[place])
            joined[place].boxes.append(corners[track])
            joined[place].members.append((worker, track))
    return groups


def _followers(
    groups: Sequence[_Group], means: Floats, things: Sequence[_Thing], owner: Sequence[Ints], place: int
) -> list[int]:
    """Of each group the thing that it goes on with; numbers from len(things) on are new ones."""
    shares = np.zeros((len(groups), len(things)))
    for row, group in zip(shares, groups, strict=True):
        for worker, track in group.members:
            if (known := int(owner[worker][track])) >= 0:
                row[known] += 1 / len(group.members)
    worth = np.where(shares >= HALF, shares, 0.0)
    live = [at for at, one in enumerate(things) if place - one.last <= LOST]
    alike = iou(means, np.array([things[at].boxes[things[at].last] for at in live]).reshape(-1, 4))
    worth[:, live] = np.where(alike >= LINKED, alike + shares[:, live], worth[:, live])
    rows, columns = linear_sum_assignment(worth, maximize=True)
    chosen = {int(i): int(j) for i, j in zip(rows, columns, strict=True) if worth[i, j] > 0}
    fresh = iter(range(len(things), len(things) + len(groups)))
    return [chosen[place] if place in chosen else next(fresh) for place in range(len(groups))]


def _instance(thing: _Thing, number: int, frames: Sequence[int], last: int) -> Instance:
    places = sorted(thing.boxes)
    keys: list[Key] = []
    for place, box in zip(places, boxes_of(np.array([thing.boxes[one] for one in places])), strict=True):
        if keys and place > 0 and place - 1 not in thing.boxes:
            keys.append(Key(keys[-1].frame + 1, None))
        keys.append(Key(frames[place], box))
    end = None if keys[-1].frame == last else keys[-1].frame
    return Instance(str(uuid.UUID(int=number)), "box", 0, Track(tuple(keys), end))
