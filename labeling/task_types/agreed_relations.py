"""The relations of a verdict, from several workers' relations between instances that became one another's."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from labeling.task_types.base import Question
from labeling.task_types.relations import Relation, relation_types

Joined: TypeAlias = tuple[int, int, str]
"""Places of the ends among the kept instances, and the type."""


@dataclass(frozen=True)
class Related:
    """What one worker relates. `places`: the kept instance that each of theirs went into, by its id."""

    worker: str
    trust: float
    relations: Sequence[Relation]
    places: Mapping[str, int]


@dataclass(frozen=True)
class End:
    """A kept instance."""

    id: str
    category: int


def agreed_relations(told: Sequence[Related], kept: Sequence[End], q: Question) -> tuple[tuple[Relation, ...], float]:
    """The relations that more than half of the trust is for, and how sure they are all together.

    Asked are those who drew both ends: who overlooked one could not relate it. A relation whose ends came out with
    classes that it doesn't join is left out. `told` best worker first; its ids are kept where they are free.
    """
    said: dict[Joined, list[tuple[Related, int, Relation]]] = defaultdict(list)
    for one in told:
        for rank, relation in enumerate(one.relations):
            joined = _joined(one, relation)
            if joined is not None and all(backer is not one for backer, _, _ in said[joined]):
                said[joined].append((one, rank, relation))
    drew = [frozenset(one.places.values()) for one in told]
    taken = {one.id for one in kept}
    types = relation_types(q)
    found: list[tuple[float, Relation]] = []
    certainty = 1.0
    for (first, second, name), backers in sorted(said.items()):
        kind = types.get(name)
        if kind is None or kept[first].category not in kind.sources or kept[second].category not in kind.targets:
            continue
        share = _share([one.trust for one, of in zip(told, drew, strict=True) if {first, second} <= of], backers)
        if share <= 0.5:
            certainty *= 1 - share
            continue
        certainty *= share
        ident = _free(backers, taken)
        taken.add(ident)
        mean = math.fsum(rank for _, rank, _ in backers) / len(backers)
        found.append((mean, Relation(ident, kept[first].id, kept[second].id, name)))
    found.sort(key=lambda one: (one[0], one[1].id))
    return tuple(relation for _, relation in found), certainty


def _joined(one: Related, relation: Relation) -> Joined | None:
    first, second = one.places.get(relation.source), one.places.get(relation.target)
    return None if first is None or second is None or first == second else (first, second, relation.type)


def _share(asked: Sequence[float], backers: Sequence[tuple[Related, int, Relation]]) -> float:
    return math.fsum(one.trust for one, _, _ in backers) / math.fsum(asked)


def _free(backers: Sequence[tuple[Related, int, Relation]], taken: set[str]) -> str:
    for _, _, relation in backers:
        if relation.id not in taken:
            return relation.id
    lead, rank, relation = backers[0]
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{relation.id} {lead.worker} {rank}"))
