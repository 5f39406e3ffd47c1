"""Plain voting: the beginning of every other method, and the alternative that can be explained in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np

from labeling.quality.votes import Floats, Ints, VoteTable

CLOSE = 1e-9  # scores nearer than this are a tie


def vote_shares(table: VoteTable) -> Floats:
    """(objects, classes): the share of the votes that each class has; even where nobody voted."""
    counts = table.counts()
    totals = counts.sum(axis=1, keepdims=True)
    return np.asarray(np.where(totals > 0, counts / np.maximum(totals, 1), 1 / table.n_classes), dtype=float)


def majority(table: VoteTable, trust: Floats | None = None) -> Ints:
    """(objects,): the class with the most votes. A tie goes to the side that the workers' skill favours.

    trust: (workers,), higher is better; without it, how often each worker agrees with the others' votes.
    """
    counts = table.counts()
    trusted = agreement_with_others(table) if trust is None else trust
    weight = np.zeros_like(counts)
    np.add.at(weight, (table.objects, table.answers), trusted[table.workers])
    most = counts == counts.max(axis=1, keepdims=True)
    return np.asarray(np.where(most, weight, -np.inf).argmax(axis=1), dtype=np.intp)


def agreement_with_others(table: VoteTable) -> Floats:
    """(workers,): share of the other votes on the same objects that say what this worker says, drawn to the mean."""
    counts = table.counts()
    others = counts.sum(axis=1)[table.objects] - 1
    same = counts[table.objects, table.answers] - 1
    shared = np.bincount(table.workers, np.maximum(others, 0), table.n_workers)
    agreed = np.bincount(table.workers, np.maximum(same, 0), table.n_workers)
    mean = agreed.sum() / max(shared.sum(), 1.0)
    return np.asarray((agreed + 2 * mean) / (shared + 2), dtype=float)


def best(scores: Sequence[float], backers: Sequence[Iterable[str]]) -> int:
    """The place of the highest score; a tie that skill leaves open goes to the side with the smallest hash of a backer.

    Neither the order of classes nor that of arrival may decide (they have sides: the first class, the quickest
    worker). A hash of worker ids has none, and gives the same answer every time.
    """
    top = max(scores)
    tied = [place for place, score in enumerate(scores) if top - score <= CLOSE]
    return min(tied, key=lambda place: (min(map(lot, backers[place]), default="~"), place))


def lot(worker: str) -> str:
    """A worker's lot: arbitrary, and for ever the same."""
    return blake2b(worker.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
