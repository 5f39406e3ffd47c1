"""Votes on classes as three parallel integer arrays: what every method here computes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class VoteTable:
    """Row i: worker `workers[i]` answered class `answers[i]` on object `objects[i]`.

    objects, workers, answers: (votes,), places from 0. `names` are the workers' ids by place.
    """

    objects: Ints
    workers: Ints
    answers: Ints
    names: tuple[str, ...]
    n_objects: int
    n_classes: int

    @property
    def n_workers(self) -> int:
        return len(self.names)

    def counts(self) -> Floats:
        """(objects, classes): how many votes each class has."""
        flat = self.objects * self.n_classes + self.answers
        return np.bincount(flat, minlength=self.n_objects * self.n_classes).reshape(-1, self.n_classes).astype(float)

    def answers_per_worker(self) -> Floats:
        return np.bincount(self.workers, minlength=self.n_workers).astype(float)


def vote_table(votes: Sequence[Mapping[str, int] | Sequence[tuple[str, int]]], n_classes: int) -> VoteTable:
    """The table of a job. votes[i]: object i's (worker id, class) pairs.

    Rows are sorted by object, worker and class, and workers are numbered by id, so that arrival order cannot matter.
    """
    pairs = [list(one.items()) if isinstance(one, Mapping) else list(one) for one in votes]
    names = tuple(sorted({worker for one in pairs for worker, _ in one}))
    place = {name: number for number, name in enumerate(names)}
    rows = [(number, place[worker], answer) for number, one in enumerate(pairs) for worker, answer in sorted(one)]
    table = np.array(rows, dtype=np.intp).reshape(-1, 3)
    return VoteTable(table[:, 0], table[:, 1], table[:, 2], names, len(pairs), n_classes)
