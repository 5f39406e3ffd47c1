"""Which clusters of drawn instances exist, and how well each worker sees, places and names things.

A worker draws an existing instance with their detection rate, and false ones at their own rate an object; that two
people make the same false instance is rare. Where and how big is nobody's business here: likeness says it all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from labeling.quality.votes import Floats, Ints

DOUBT = 2.0  # squared mean errors, over the square of a worker's colleagues but one, that every error's is unsure by
COINCIDENCE, WATCHED = 0.05, 10.0  # chance that a further worker makes the same false instance, and how firm it is
DETECTION, FALSE_SHARE, ERROR = 0.9, 0.1, 0.1  # what is believed of people before anything is known
PRIOR = 5.0  # instances (or objects) that the mean of all workers counts in each one's rates
ROUNDS = 25


@dataclass(frozen=True)
class Hand:
    """One worker: P(draws what exists), false instances an object, 1 - likeness to the truth; of `drawn` instances.

    `doubt`: the part of the squared error that distances to colleagues cannot tell.
    """

    detection: float = DETECTION
    false_rate: float = FALSE_SHARE
    error: float = ERROR
    drawn: int = 0
    doubt: float = 0.0

    @property
    def weight(self) -> float:
        """What their points weigh in a merge."""
        return 1 / (max(self.error, 0.01) ** 2 + self.doubt)


@dataclass(frozen=True)
class Hands(Mapping[str, Hand]):
    """Hand by worker id; `stranger` stands for everyone else. `density`: existing instances an object;
    `coincidence`: chance that a further worker makes the same false instance."""

    workers: Mapping[str, Hand] = field(default_factory=dict)
    stranger: Hand = field(default_factory=Hand)
    density: float = 1.0
    coincidence: float = COINCIDENCE

    def __getitem__(self, worker: str) -> Hand:
        return self.workers[worker]

    def __iter__(self) -> Iterator[str]:
        return iter(self.workers)

    def __len__(self) -> int:
        return len(self.workers)

    def of(self, worker: str) -> Hand:
        return self.workers.get(worker, self.stranger)

    def unseen(self, workers: Sequence[str]) -> float:
        """How many existing instances an object is expected to hold that none of `workers` drew."""
        return self.density * float(np.prod([1 - self.of(worker).detection for worker in workers]))


@dataclass(frozen=True)
class Sightings:
    """A job's clusters. A row of `entry_*`: a worker's instance in a cluster; of `present_*`: a worker at an object.

    cluster_object: (clusters,); known: (clusters,) 1 exists, 0 doesn't, -1 unknown. pair_*: two workers' instances in
    one cluster and their distance, 1 - likeness. Workers are numbered as `names`.
    """

    names: tuple[str, ...]
    n_objects: int
    cluster_object: Ints
    known: Ints
    entry_cluster: Ints
    entry_worker: Ints
    present_object: Ints
    present_worker: Ints
    pair_first: Ints
    pair_second: Ints
    distance: Floats


def learn_hands(s: Sightings) -> Hands:
    """Expectation maximisation over the whole job. The order of rows never matters (sums only)."""
    n = len(s.names)
    drawn = np.bincount(s.entry_worker, minlength=n)
    answered = np.bincount(s.present_worker, minlength=n)
    mean_drawn = max(len(s.entry_worker) / max(len(s.present_object), 1), 0.1)
    detection, false = np.full(n, DETECTION), np.full(n, FALSE_SHARE * mean_drawn)
    stranger = Hand(DETECTION, FALSE_SHARE * mean_drawn)
    density, coincidence = (1 - FALSE_SHARE) * mean_drawn, COINCIDENCE
    for _ in range(ROUNDS):
        exists = _existence(s, detection, false, density, coincidence)
        seen, chances = _leave_one_out(s, exists)
        faults = np.bincount(s.entry_worker, (1 - exists)[s.entry_cluster], n)
        pooled = (seen.sum() + DETECTION * PRIOR) / (chances.sum() + PRIOR)
        pooled_false = (faults.sum() + stranger.false_rate * PRIOR) / (answered.sum() + PRIOR)
        detection = np.clip((seen + pooled * PRIOR) / (chances + PRIOR), 0.05, 0.995)
        false = np.maximum((faults + pooled_false * PRIOR) / (answered + PRIOR), 1e-3 * mean_drawn)
        density = (exists.sum() + mean_drawn) / (s.n_objects + 1)
        coincidence = _coincidence(s, exists)
    error, pooled_error = _errors(s)
    doubt = DOUBT * (pooled_error / np.maximum(_colleagues(s) - 1, 0.5)) ** 2
    workers = {
        name: Hand(float(detection[i]), float(false[i]), float(error[i]), int(drawn[i]), float(doubt[i]))
        for i, name in enumerate(s.names)
    }
    least_false = max(float(pooled_false), 1e-3 * mean_drawn)
    stranger = Hand(min(float(pooled), 0.995), least_false, pooled_error, doubt=DOUBT * pooled_error**2)
    return Hands(workers, stranger, float(density), coincidence)


def existence(drew: Sequence[bool], hands: Sequence[Hand], density: float, coincidence: float) -> float:
    """P(exists) of one cluster; drew[i]: whether the worker with hands[i] drew it (at least one did)."""
    there, false, drawers = math.log(density), 0.0, 0
    for hit, hand in zip(drew, hands, strict=True):
        there += math.log(hand.detection if hit else 1 - hand.detection)
        false, drawers = (false + hand.false_rate, drawers + 1) if hit else (false, drawers)
    others = (drawers - 1) * math.log(coincidence) + (len(hands) - drawers) * math.log(1 - coincidence)
    odds = max(min(math.log(false / drawers) + others - there, 500.0), -500.0)
    return 1 / (1 + math.exp(odds))


def _existence(s: Sightings, detection: Floats, false: Floats, density: float, coincidence: float) -> Floats:
    """(clusters,): `existence` of every cluster at once; known ones are 0 or 1."""
    n = len(s.cluster_object)
    missed = np.bincount(s.present_object, np.log(1 - detection)[s.present_worker], s.n_objects)
    gain = (np.log(detection) - np.log(1 - detection))[s.entry_worker]
    there = np.log(density) + missed[s.cluster_object] + np.bincount(s.entry_cluster, gain, n)
    drawers = np.maximum(np.bincount(s.entry_cluster, minlength=n), 1)
    mean_false = np.bincount(s.entry_cluster, false[s.entry_worker], n) / drawers
    asked = np.bincount(s.present_object, minlength=s.n_objects)[s.cluster_object]
    others = (drawers - 1) * np.log(coincidence) + (asked - drawers) * np.log(1 - coincidence)
    log_false = np.log(np.maximum(mean_false, 1e-12)) + others
    exists = 1 / (1 + np.exp(np.clip(log_false - there, -500, 500)))
    return np.asarray(np.where(s.known >= 0, s.known, exists), dtype=float)


def _coincidence(s: Sightings, exists: Floats) -> float:
    drawers = np.bincount(s.entry_cluster, minlength=len(exists))
    asked = np.bincount(s.present_object, minlength=s.n_objects)[s.cluster_object]
    false = np.where(drawers > 0, 1 - exists, 0.0)
    again, chances = float(false @ (drawers - 1)), float(false @ (asked - 1))
    return min((again + COINCIDENCE * WATCHED) / (chances + WATCHED), 0.5)


def _leave_one_out(s: Sightings, exists: Floats) -> tuple[Floats, Floats]:
    """(workers,) twice: existing instances that a worker drew, and could have drawn, of those that others vouch for.

    A cluster that nobody else saw says nothing of a worker's detection: it is only there because they drew it.
    """
    n = len(s.names)
    drawers = np.bincount(s.entry_cluster, minlength=len(exists)) + (s.known > 0)
    vouched = np.where(drawers[s.entry_cluster] > 1, exists[s.entry_cluster], 0.0)
    seen = np.asarray(np.bincount(s.entry_worker, vouched, n), dtype=float)
    alone = np.where(drawers[s.entry_cluster] > 1, 0.0, exists[s.entry_cluster])
    of_object = np.bincount(s.cluster_object, exists, s.n_objects)
    chances = np.bincount(s.present_worker, of_object[s.present_object], n) - np.bincount(s.entry_worker, alone, n)
    return seen, np.asarray(np.maximum(chances, seen), dtype=float)


def _colleagues(s: Sightings) -> Floats:
    """(workers,): with how many different others each has drawn one thing, at least 1.

    Who lies between two that err to opposite sides seems better than they are, so an error told by few is doubted.
    """
    n = len(s.names)
    met = np.unique(np.concatenate([s.pair_first * n + s.pair_second, s.pair_second * n + s.pair_first]))
    return np.maximum(np.bincount(met // max(n, 1), minlength=n), 1).astype(float)


def _errors(s: Sightings) -> tuple[Floats, float]:
    """(workers,) and their mean: each worker's own part of the distances to others, distance(a, b) ~ error a + error b.

    Damped fixed point of the least squares, drawn to the mean; no consensus is involved, so that nobody's weight can
    feed on itself.
    """
    n, pairs = len(s.names), len(s.distance)
    mean = (float(s.distance.sum()) / 2 + ERROR * PRIOR) / (pairs + PRIOR)
    ends = np.concatenate([s.pair_first, s.pair_second])
    others = np.concatenate([s.pair_second, s.pair_first])
    distance = np.concatenate([s.distance, s.distance])
    met = np.bincount(ends, minlength=n)
    error = np.full(n, mean)
    for _ in range(ROUNDS):
        own = np.bincount(ends, distance - error[others], n)
        error = (error + np.clip((own + mean * PRIOR) / (met + PRIOR), 0.2 * mean, None)) / 2
    return error, mean
