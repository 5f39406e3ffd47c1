"""When the label's tracks begin and end: a majority of the workers', put right by how late and early each one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from labeling.quality.clusters import Drawn, cluster
from labeling.quality.edges import Edge, Habits, edges_told, learn_habits, majority
from labeling.quality.voting import lot
from labeling.task_types.base import Answered
from labeling.task_types.frames import asked_frames
from labeling.task_types.instances import Instances
from labeling.task_types.merging import LocatedSkills, Matching
from labeling.task_types.tracks import Track, shown


@dataclass(frozen=True)
class TrackSkills(LocatedSkills):
    habits: Habits = field(default_factory=Habits)


def learned_habits(job: Sequence[Answered[Instances]], matching: Matching) -> Habits:
    """From the tracks that mean one thing, of all videos."""
    return learn_habits([edge for asked in job for edge in _told(asked, matching)])


def _told(asked: Answered[Instances], matching: Matching) -> Iterator[Edge]:
    """Edges that at least two tell of, but for those at the ends of what is asked for, where nobody is late."""
    first, last = asked_frames(asked.question)
    for workers, tracks in _things(asked, matching):
        listed = [shown(one, last) for one in tracks]
        agreed = majority(listed, np.ones(len(tracks)))
        for begin, end in edges_told(listed, workers, agreed):
            for edge, limit in ((begin, first), (end, -last)):
                if len(edge.places) > 1 and any(one != limit for one in edge.places):
                    yield edge


def _things(asked: Answered[Instances], matching: Matching) -> Iterator[tuple[list[str], list[Track]]]:
    votes = sorted(asked.votes, key=lambda vote: (lot(vote.worker), repr(vote.answer)))
    voices = [
        [Drawn(place, one.category, one.id, one) for one in vote.answer.instances] for place, vote in enumerate(votes)
    ]
    clustered = cluster(voices, *matching(asked.question))
    flat = [one for voice in voices for one in voice]
    of = sorted(zip(clustered.of.tolist(), range(len(flat)), strict=True))
    for _, rows in groupby(of, key=lambda row: row[0]):
        mine = [flat[place] for _, place in rows]
        if len(mine) > 1:
            yield [votes[one.voice].worker for one in mine], [one.thing.geometry for one in mine]
