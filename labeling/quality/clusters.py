"""Which instances of several workers mean the same thing: at most one of each worker in a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from labeling.quality.matching import match
from labeling.quality.votes import Floats, Ints

T = TypeVar("T")
Pairs: TypeAlias = tuple[Ints, Ints, Floats]
Overlaps: TypeAlias = Callable[[Sequence[T], Sequence[T], float], Pairs]
"""(a, b, least) -> places in a, places in b and likeness (0, 1] of the pairs at least so alike."""

SAME_CLASS, SAME_ID = 1e-3, 1e-4  # only break ties: class must not decide what is one thing
SLIGHT = 0.05  # pairs less alike than this are not looked at
ALONE = 0.5  # of the threshold, from which those still mean one thing that have no other neighbour at all


@dataclass(frozen=True)
class Drawn(Generic[T]):
    """One instance of one voice: place of the voice, class, id, and whatever `overlaps` compares."""

    voice: int
    category: int
    id: str
    thing: T


@dataclass(frozen=True)
class Clustered:
    """of: (instances,) cluster of each, numbered in order of first appearance.

    first, second, likeness: the pairs of instances inside one cluster.
    """

    of: Ints
    first: Ints
    second: Ints
    likeness: Floats

    @property
    def n_clusters(self) -> int:
        return int(self.of.max(initial=-1)) + 1


def cluster(voices: Sequence[Sequence[Drawn[T]]], overlaps: Overlaps[T], threshold: float) -> Clustered:
    """Cluster one data object's instances, voice by voice, in the order given (best worker first).

    A voice's instances are matched with the clusters so far (Hungarian) by their mean likeness to the members, whatever
    the class; those below `threshold` begin clusters of their own. But a pair from half of it on, of which neither is
    near anything else, means one thing, drawn carelessly: two things, each overlooked by the other side, are rarer.
    """
    seen: list[Drawn[T]] = []
    of = np.zeros(0, np.intp)
    n_clusters = 0
    inside: list[Pairs] = []
    for voice in voices:
        pairs = overlaps([one.thing for one in seen], [one.thing for one in voice], SLIGHT)
        joined = _join(seen, of, voice, pairs, threshold)
        fresh = np.flatnonzero(joined < 0)
        joined[fresh] = n_clusters + np.arange(len(fresh))
        same = of[pairs[0]] == joined[pairs[1]]
        inside.append((pairs[0][same], pairs[1][same] + len(seen), pairs[2][same]))
        n_clusters += len(fresh)
        of = np.concatenate([of, joined])
        seen.extend(voice)
    first, second, likeness = (np.concatenate(parts) for parts in zip(*inside, strict=True)) if inside else _nothing()
    return Clustered(of, first, second, likeness)


def _nothing() -> Pairs:
    return np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0)


def _join(seen: Sequence[Drawn[T]], of: Ints, voice: Sequence[Drawn[T]], pairs: Pairs, threshold: float) -> Ints:
    """(voice's instances,): the cluster that each joins, or -1."""
    joined = np.full(len(voice), -1, dtype=np.intp)
    if not len(pairs[0]):
        return joined
    edges, edge = np.unique(of[pairs[0]] * len(voice) + pairs[1], return_inverse=True)
    cluster_of, newcomer = edges // len(voice), edges % len(voice)
    likeness = np.bincount(edge, pairs[2]) / np.bincount(of)[cluster_of]
    near = likeness >= threshold
    worth = likeness + np.bincount(edge, _hints(seen, voice, pairs))
    chosen = np.flatnonzero(near)[match(cluster_of[near], newcomer[near], worth[near])]
    lonely = (likeness >= ALONE * threshold) & _once(cluster_of) & _once(newcomer)
    for places in (chosen, np.flatnonzero(lonely & ~near)):
        joined[newcomer[places]] = cluster_of[places]
    return joined


def _once(ends: Ints) -> NDArray[np.bool_]:
    """Whether no other edge ends there."""
    return np.asarray(np.bincount(ends)[ends] == 1, dtype=np.bool_)


def _hints(seen: Sequence[Drawn[T]], voice: Sequence[Drawn[T]], pairs: Pairs) -> Floats:
    same_class = [seen[i].category == voice[j].category for i, j in zip(pairs[0], pairs[1], strict=True)]
    same_id = [seen[i].id == voice[j].id for i, j in zip(pairs[0], pairs[1], strict=True)]
    return SAME_CLASS * np.array(same_class, dtype=float) + SAME_ID * np.array(same_id, dtype=float)
