"""Several workers' instances into one answer: what the located family does with `quality`'s maths."""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from labeling.quality.clusters import Clustered, Drawn, Overlaps, cluster
from labeling.quality.crowd import Crowd, Skill, decide, learn
from labeling.quality.located_em import Hand, Hands, Sightings, existence, learn_hands
from labeling.quality.voting import lot
from labeling.task_types.agreed_relations import End, Related, agreed_relations
from labeling.task_types.attributes import Values, agreed_object_values, agreed_values, instance_fields
from labeling.task_types.base import Answered, Question, Verdict, Vote
from labeling.task_types.frames import Stretches, agreed_stretches, frame_fields
from labeling.task_types.grouping import agreed_groups
from labeling.task_types.instances import Instance, Instances, Shape
from labeling.task_types.relations import Relation

KNOWN = -1  # the voice of a gold answer


@dataclass(frozen=True)
class LocatedSkill:
    """Of one worker: how they see and place (`hand`), and how they name (`naming`)."""

    hand: Hand
    naming: Skill

    @property
    def accuracy(self) -> float:
        """The chance that an existing thing is drawn and named rightly."""
        return self.hand.detection * self.naming.accuracy

    @property
    def answers(self) -> int:
        return self.hand.drawn


@dataclass(frozen=True)
class LocatedSkills(Mapping[str, LocatedSkill]):
    hands: Hands = field(default_factory=Hands)
    crowd: Crowd = field(default_factory=Crowd)

    def __getitem__(self, worker: str) -> LocatedSkill:
        return LocatedSkill(self.hands[worker], self.crowd.of(worker))

    def __iter__(self) -> Iterator[str]:
        return iter(self.hands)

    def __len__(self) -> int:
        return len(self.hands)


@dataclass(frozen=True)
class _Member:
    worker: str
    rank: int  # place in the worker's own answer
    instance: Instance


@dataclass(frozen=True)
class _Kept:
    """An instance of the verdict, with those that it was made from."""

    instance: Instance
    confidence: float
    members: Sequence[_Member]

    @property
    def rank(self) -> float:
        """Where it stands among the others: the mean of its places in the workers' answers."""
        return sum(member.rank for member in self.members) / len(self.members)


Matching: TypeAlias = Callable[[Question], tuple[Overlaps[Instance], float]]
"""How instances are compared, and the likeness from which two workers' may mean the same thing."""


def learned(job: Sequence[Answered[Instances]], matching: Matching) -> LocatedSkills:
    """Cluster every object once, then learn detection, false instances, placing and naming over all of them."""
    names = tuple(sorted({vote.worker for asked in job for vote in asked.votes}))
    if not names:
        return LocatedSkills()
    gathered = _Gathered({name: place for place, name in enumerate(names)})
    for place, asked in enumerate(sorted(job, key=_content)):
        gathered.add(place, asked, matching)
    n_classes = len(job[0].question.categories)
    crowd = learn(gathered.classes, n_classes, known=gathered.known_classes)
    return LocatedSkills(learn_hands(gathered.sightings(names, len(job))), crowd)


def consolidated(
    asked: Answered[Instances], skills: LocatedSkills, shapes: Mapping[str, Shape[Any]], matching: Matching
) -> Verdict[Instances]:
    """One answer. Its confidence is that of everything together: each kept one exists and is named rightly, each
    dropped one doesn't exist, and nothing was missed by all. Raises ValueError without votes."""
    if not asked.votes:
        raise ValueError("There is nothing to consolidate: no vote.")
    votes = sorted(
        asked.votes, key=lambda vote: (skills.hands.of(vote.worker).error, lot(vote.worker), repr(vote.answer))
    )
    voices = [_drawn(place, vote.answer) for place, vote in enumerate(votes)]
    workers = [vote.worker for vote in votes]
    clusters = _members(cluster(voices, *matching(asked.question)), voices, workers)
    certainty = math.exp(-skills.hands.unseen(sorted(workers)))
    hands = [skills.hands.of(worker) for worker in workers]
    kept: list[_Kept] = []
    taken: set[str] = set()
    for members in clusters:
        drew = {member.worker for member in members}
        exists = existence(
            [worker in drew for worker in workers], hands, skills.hands.density, skills.hands.coincidence
        )
        if exists <= 0.5 and len(members) < len(votes):
            certainty *= 1 - exists
            continue
        instance, named = _merged(members, asked.question, skills, shapes, taken)
        taken.add(instance.id)
        certainty *= exists * named
        kept.append(_Kept(instance, exists * named, members))
    kept = _distinct(kept, shapes)
    kept.sort(key=lambda one: (one.rank, one.instance.id))
    groups = agreed_groups([{member.worker: member.instance.group for member in one.members} for one in kept])
    instances = tuple(replace(one.instance, group=group) for one, group in zip(kept, groups, strict=True))
    relations, related = _relations(votes, kept, asked.question, skills)
    parts = {one.instance.id: one.confidence for one in kept}
    answer = Instances(instances, _object_values(asked, skills), relations, _frames(asked, skills))
    return Verdict(answer, certainty * related, parts, len(votes))


def _distinct(kept: Sequence[_Kept], shapes: Mapping[str, Shape[Any]]) -> list[_Kept]:
    """One of those that came out as the very same thing, where a shape does not allow two: the surest."""
    found: dict[Any, _Kept] = {}
    for one in sorted(kept, key=lambda one: (-one.confidence, one.instance.id)):
        instance = one.instance
        alike = (instance.shape, instance.category, instance.geometry)
        key = alike if shapes[instance.shape].distinct else instance.id
        same = found.get(key)
        found[key] = one if same is None else replace(same, members=[*same.members, *one.members])
    return list(found.values())


def _relations(
    votes: Sequence[Vote[Instances]], kept: Sequence[_Kept], q: Question, skills: LocatedSkills
) -> tuple[tuple[Relation, ...], float]:
    if not any(vote.answer.relations for vote in votes):
        return (), 1.0
    places: dict[str, dict[str, int]] = {vote.worker: {} for vote in votes}
    for place, one in enumerate(kept):
        for member in one.members:
            places[member.worker][member.instance.id] = place
    told = [
        Related(vote.worker, skills.crowd.of(vote.worker).accuracy, vote.answer.relations, places[vote.worker])
        for vote in votes
    ]
    return agreed_relations(told, [End(one.instance.id, one.instance.category) for one in kept], q)


def _frames(asked: Answered[Instances], skills: LocatedSkills) -> Stretches:
    votes = sorted(asked.votes, key=lambda vote: vote.worker)
    workers = [vote.worker for vote in votes]
    trust = [skills.crowd.of(worker).accuracy for worker in workers]
    return agreed_stretches(frame_fields(asked.question), [vote.answer.frames for vote in votes], trust, workers)


def _object_values(asked: Answered[Instances], skills: LocatedSkills) -> Values:
    votes = sorted(asked.votes, key=lambda vote: vote.worker)
    workers = [vote.worker for vote in votes]
    trust = [skills.crowd.of(worker).accuracy for worker in workers]
    return agreed_object_values(asked.question, [vote.answer.attributes for vote in votes], trust, workers)


def _content(asked: Answered[Instances]) -> bytes:
    """Sorts a job's objects: sums in floating point depend on their order in the last digit. A digest: the words of all
    answers of a job together may be gigabytes."""
    told = hashlib.blake2b(repr(asked.known).encode(), digest_size=16)
    for worker, answer in sorted((vote.worker, repr(vote.answer)) for vote in asked.votes):
        told.update(f"{worker}\0{answer}\0".encode())
    return told.digest()


class _Gathered:
    """The clusters of a job, object after object, as lists that become arrays."""

    def __init__(self, place: Mapping[str, int]) -> None:
        self.place = place
        self.n_clusters = 0
        self.cluster_object: list[int] = []
        self.known: list[int] = []
        self.classes: list[list[tuple[str, int]]] = []
        self.known_classes: list[int | None] = []
        self.entries: list[tuple[int, int]] = []
        self.present: list[tuple[int, int]] = []
        self.pairs: list[tuple[int, int, float]] = []

    def add(self, number: int, asked: Answered[Instances], matching: Matching) -> None:
        votes = sorted(asked.votes, key=lambda vote: (lot(vote.worker), repr(vote.answer)))
        workers = [vote.worker for vote in votes]
        voices = [_drawn(place, vote.answer) for place, vote in enumerate(votes)]
        if asked.known is not None:
            voices = [_drawn(KNOWN, asked.known), *voices]
        clustered = cluster(voices, *matching(asked.question))
        flat = [one for voice in voices for one in voice]
        known: dict[int, int] = {}
        classes: list[list[tuple[str, int]]] = [[] for _ in range(clustered.n_clusters)]
        for one, place in zip(flat, clustered.of, strict=True):
            if one.voice == KNOWN:
                known[int(place)] = one.category
                continue
            classes[place].append((workers[one.voice], one.category))
            self.entries.append((self.n_clusters + int(place), self.place[workers[one.voice]]))
        self.classes += classes
        self.known_classes += [known.get(place) for place in range(clustered.n_clusters)]
        unknown = -1 if asked.known is None else 0
        self.known += [1 if place in known else unknown for place in range(clustered.n_clusters)]
        self.cluster_object += [number] * clustered.n_clusters
        self.present += [(number, self.place[worker]) for worker in workers]
        for i, j, likeness in zip(clustered.first, clustered.second, clustered.likeness, strict=True):
            if flat[i].voice != KNOWN:
                ends = self.place[workers[flat[i].voice]], self.place[workers[flat[j].voice]]
                self.pairs.append((*ends, 1 - float(likeness)))
        self.n_clusters += clustered.n_clusters

    def sightings(self, names: tuple[str, ...], n_objects: int) -> Sightings:
        entries = np.array(self.entries, dtype=np.intp).reshape(-1, 2)
        present = np.array(self.present, dtype=np.intp).reshape(-1, 2)
        pairs = np.array(self.pairs, dtype=float).reshape(-1, 3)
        return Sightings(
            names=names,
            n_objects=n_objects,
            cluster_object=np.array(self.cluster_object, dtype=np.intp),
            known=np.array(self.known, dtype=np.intp),
            entry_cluster=entries[:, 0],
            entry_worker=entries[:, 1],
            present_object=present[:, 0],
            present_worker=present[:, 1],
            pair_first=pairs[:, 0].astype(np.intp),
            pair_second=pairs[:, 1].astype(np.intp),
            distance=pairs[:, 2],
        )


def _drawn(voice: int, answer: Instances) -> list[Drawn[Instance]]:
    return [Drawn(voice, one.category, one.id, one) for one in answer.instances]


def _members(
    clustered: Clustered, voices: Sequence[Sequence[Drawn[Instance]]], workers: Sequence[str]
) -> list[list[_Member]]:
    found: list[list[_Member]] = [[] for _ in range(clustered.n_clusters)]
    flat = [(rank, one) for voice in voices for rank, one in enumerate(voice)]
    for (rank, one), place in zip(flat, clustered.of, strict=True):
        found[place].append(_Member(workers[one.voice], rank, one.thing))
    return found


def _merged(
    members: Sequence[_Member], q: Question, skills: LocatedSkills, shapes: Mapping[str, Shape[Any]], taken: set[str]
) -> tuple[Instance, float]:
    """One instance of a cluster, and the probability of its category. Members stand best worker first."""
    votes = [(member.worker, member.instance.category) for member in members]
    category, named, _ = decide(votes, skills.crowd, len(q.categories))
    agreeing = [member for member in members if member.instance.category == category]
    shape = shapes[members[0].instance.shape]
    alike = agreeing if shape.by_category else members
    weights = np.array([skills.hands.of(member.worker).weight for member in alike])
    drawn = [member.instance.geometry for member in alike]
    geometry = shape.agreed(drawn, [member.worker for member in alike], weights, q, skills)
    trust = [skills.crowd.of(member.worker).accuracy for member in agreeing]
    values = [member.instance.attributes for member in agreeing]
    workers = [member.worker for member in agreeing]
    geometry = shape.told(geometry, [one.instance.geometry for one in agreeing], q, category, trust, workers)
    attributes = agreed_values(instance_fields(q, category, shape.scope), values, trust, workers)
    lead = agreeing[0].instance
    ident = next((one.instance.id for one in agreeing if one.instance.id not in taken), None)
    if ident is None:  # two workers kept one proposal's id for two things
        ident = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{lead.id} {members[0].worker} {members[0].rank}"))
    return Instance(ident, shape.name, category, geometry, attributes, origin=lead.origin), named
