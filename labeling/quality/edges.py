"""When things come and go: how late or early each worker begins and ends, and where a beginning truly is.

Most people notice a thing late and lose it early, so the middle of their beginnings is late, too. How far each lies
from the others tells the habit: where late ones straggle and early ones stand close together, the truth is early.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labeling.quality.votes import Floats, Ints

BEGINS, ENDS = 0, 1
FRAMES = 3.0  # by which an edge is believed to be off before anything is known, to either side
EVEN = 0.5  # share of edges that cut something off, before anything is known
PRIOR = 4.0  # edges that the mean of all workers counts in each one's habit
OF_ALL = 10.0  # edges that what is believed beforehand counts in the mean of all
ASTRAY = 0.05  # share of edges that say nothing: of a thing that was taken for another
AROUND = 100.0  # frames over which those lie
LEAST = 0.3  # frames, of a habit
ROUNDS = 40
STARTS = (EVEN, 0.95, 0.05)  # shares that cut, from which it is sought
MOST = 2_000  # edges that are learned from
AROUND_IT = np.array([-16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16])  # frames from one that was told to where it may be


Stretch = tuple[int, int]
"""First and last frame in which something is shown."""


@dataclass(frozen=True)
class Habit:
    """Of one worker and one kind of edge. `cuts`: the share that begins late (or ends early: cuts something off);
    `short`: frames by which those are off on average; `over`: frames by which the others reach over."""

    cuts: float = EVEN
    short: float = FRAMES
    over: float = FRAMES


@dataclass(frozen=True)
class Edge:
    """What workers say of one beginning or end: `places[i]` by `workers[i]`, in frames, larger ones further inside."""

    kind: int
    workers: tuple[str, ...]
    places: tuple[int, ...]


@dataclass(frozen=True)
class Habits:
    """By worker and kind; `stranger` by kind stands for everyone else."""

    workers: Mapping[tuple[str, int], Habit] = field(default_factory=dict)
    stranger: tuple[Habit, Habit] = (Habit(), Habit())

    def of(self, worker: str, kind: int) -> Habit:
        return self.workers.get((worker, kind), self.stranger[kind])

    def place(self, edge: Edge) -> int:
        """Where it truly is: half of the probability on either side, and somebody on either side, too."""
        told = np.array([astuple(self.of(worker, edge.kind)) for worker in edge.workers]).T
        place = np.array(edge.places, dtype=float)
        candidates, wide = _candidates(place)
        score = np.log(_told(place[None] - candidates[:, None], told)[0]).sum(axis=1) + np.log(wide)
        below = np.cumsum(np.exp(score - score.max()))
        half = candidates[int(np.searchsorted(below, below[-1] * (0.5 - 1e-9)))]
        return int(min(max(half, place.min()), place.max()))


def _candidates(places: Floats) -> tuple[Floats, Floats]:
    """Frames at which an edge may truly be, ascending: around those that were told; and how many each stands for."""
    found = np.unique(places[:, None] + AROUND_IT)
    between = np.concatenate([[1.0], np.diff(found), [1.0]])
    return found, (between[:-1] + between[1:]) / 2


def learn_habits(edges: Sequence[Edge]) -> Habits:
    """Expectation maximisation over all edges of a job, of each kind apart. Their order never matters.

    That most are late by a few frames and that some are early by many look much alike: it starts from either and from
    between, and what explains the edges best is kept.
    """
    found: dict[tuple[str, int], Habit] = {}
    strangers = []
    for kind in (BEGINS, ENDS):
        listed = sorted(sorted(zip(one.workers, one.places, strict=True)) for one in edges if one.kind == kind)
        workers, stranger = _learned(listed)
        found |= {(name, kind): habit for name, habit in workers.items()}
        strangers.append(stranger)
    return Habits(found, (strangers[BEGINS], strangers[ENDS]))


Told = Sequence[tuple[str, int]]
"""Of one edge: worker and place."""


def _learned(listed: Sequence[Told]) -> tuple[dict[str, Habit], Habit]:
    if not listed:
        return {}, Habit()
    if len(listed) > MOST:
        listed = [listed[round(at)] for at in np.linspace(0, len(listed) - 1, MOST).tolist()]
    names = sorted({worker for rows in listed for worker, _ in rows})
    table = _Table.of(listed, {name: place for place, name in enumerate(names)})
    found = []
    for cuts in STARTS:
        habits = np.tile(np.array([[cuts], [FRAMES], [FRAMES]]), len(names))
        for _ in range(ROUNDS):
            habits, pooled, worth = _again(table, habits)
        found.append((worth, habits, pooled))
    _, habits, pooled = max(found, key=lambda one: one[0])
    return {name: Habit(*habits[:, i].tolist()) for i, name in enumerate(names)}, Habit(*pooled[:, 0].tolist())


@dataclass(frozen=True)
class _Table:
    """Edges as rows. who, place: (edges, most workers of one) places of workers and what they told, NaN where there is
    nobody; candidate, wide: (edges, most candidates of one) as `_candidates` has them, 0 wide where there is none."""

    who: Ints
    place: Floats
    candidate: Floats
    wide: Floats

    @classmethod
    def of(cls, listed: Sequence[Told], number: Mapping[str, int]) -> _Table:
        most = max(map(len, listed))
        who = np.zeros((len(listed), most), dtype=np.intp)
        place = np.full((len(listed), most), np.nan)
        candidate, wide = (np.zeros((len(listed), most * len(AROUND_IT))) for _ in range(2))
        for at, rows in enumerate(listed):
            who[at, : len(rows)] = [number[worker] for worker, _ in rows]
            place[at, : len(rows)] = [one for _, one in rows]
            found, width = _candidates(place[at, : len(rows)])
            candidate[at, : len(found)], wide[at, : len(found)] = found, width
        used = int((wide > 0).sum(axis=1).max())
        return cls(who, place, candidate[:, :used], wide[:, :used])


def _told(inside: Floats, habits: Floats) -> tuple[Floats, Floats, Floats]:
    """Probability of edges that lie so many frames inside of the truth (below 0: outside), by habits (3, ...); and what
    of it is cutting off, and reaching over. Right ones are a part of both."""
    cuts, short, over = habits
    cut = cuts / (1 + short) * (short / (1 + short)) ** np.maximum(inside, 0) * (inside >= 0)
    reach = (1 - cuts) / (1 + over) * (over / (1 + over)) ** np.maximum(-inside, 0) * (inside <= 0)
    return (1 - ASTRAY) * (cut + reach) + ASTRAY / AROUND, (1 - ASTRAY) * cut, (1 - ASTRAY) * reach


def _again(t: _Table, habits: Floats) -> tuple[Floats, Floats, float]:
    """(3, workers) habits anew, (3, 1) those of all, and the logarithm of how likely the former ones make the edges."""
    there = ~np.isnan(t.place)
    place = np.where(there, t.place, 0.0)
    inside = place[:, None, :] - t.candidate[:, :, None]  # edge, candidate, worker
    told, cut, reach = _told(inside, habits[:, t.who][:, :, None, :])
    score = np.where(there[:, None, :], np.log(told), 0.0).sum(axis=2)
    score = np.where(t.wide > 0, score + np.log(np.maximum(t.wide, 1e-9)), -np.inf)
    best = score.max(axis=1, keepdims=True)
    share = np.exp(score - best)
    whole = share.sum(axis=1, keepdims=True)
    weight = (share / whole)[:, :, None] * there[:, None, :] / told
    who = np.broadcast_to(t.who[:, None, :], inside.shape).ravel()
    frames = np.abs(inside)
    told_of = (weight * cut, weight * cut * frames, weight * reach, weight * reach * frames)
    sums = [np.bincount(who, one.ravel(), habits.shape[1]).astype(float) for one in told_of]
    pooled = _rates([one.sum(keepdims=True) for one in sums], np.array([[EVEN], [FRAMES], [FRAMES]]), OF_ALL)
    return _rates(sums, pooled, PRIOR), pooled, float((best + np.log(whole)).sum())


def _rates(sums: Sequence[Floats], mean: Floats, prior: float) -> Floats:
    """(3, n): from the number and the frames of those that cut, and of those that reach over; drawn to the mean."""
    cut, short, over, beyond = sums
    share = (cut + prior * mean[0]) / (cut + over + prior)
    made = [share, (short + prior * mean[1]) / (cut + prior), (beyond + prior * mean[2]) / (over + prior)]
    return np.array([np.clip(made[0], 0.02, 0.98), np.maximum(made[1], LEAST), np.maximum(made[2], LEAST)])


def majority(tracks: Sequence[Sequence[Stretch]], weights: Floats) -> list[Stretch]:
    """Where most of the tracks of one thing show it; half of them is enough where they have half of the weight.

    tracks[i]: the stretches in which the i-th is shown, ascending; (n,) weights > 0.
    """
    edges = sorted({edge for one in tracks for first, last in one for edge in (first, last + 1)})
    begins = np.array(edges[:-1], dtype=np.intp)
    there = np.array([inside(begins, one) for one in tracks])
    twice, heavy = 2 * there.sum(axis=0), 2 * (weights @ there) >= weights.sum() * (1 - 1e-9)
    most = (twice > len(there)) | ((twice == len(there)) & heavy)
    return _joined([(first, after - 1) for (first, after), held in zip(pairwise(edges), most, strict=True) if held])


def inside(frames: Sequence[int] | Ints, stretches: Sequence[Stretch]) -> NDArray[np.bool_]:
    """(frames,): whether each lies in one of the stretches."""
    listed = np.asarray(frames, dtype=np.intp)
    found = np.zeros(len(listed), dtype=np.bool_)
    for first, last in stretches:
        found |= (listed >= first) & (listed <= last)
    return found


def edges_told(
    tracks: Sequence[Sequence[Stretch]], workers: Sequence[str], agreed: Sequence[Stretch]
) -> Iterator[tuple[Edge, Edge]]:
    """Beginning and end of each agreed stretch, as the workers' tracks of that thing tell them.

    Places of ends count backwards: frame 7 is -7.
    """
    backwards = [[(-last, -first) for first, last in reversed(one)] for one in tracks]
    for place, (first, last) in enumerate(agreed):
        before = agreed[place - 1][1] if place else None
        after = -agreed[place + 1][0] if place + 1 < len(agreed) else None
        begins = [_begin(one, (first, last), before) for one in tracks]
        ends = [_begin(one, (-last, -first), after) for one in backwards]
        yield _edge(BEGINS, workers, begins), _edge(ENDS, workers, ends)


def _edge(kind: int, workers: Sequence[str], places: Sequence[int | None]) -> Edge:
    told = [(worker, place) for worker, place in zip(workers, places, strict=True) if place is not None]
    return Edge(kind, tuple(worker for worker, _ in told), tuple(place for _, place in told))


def _begin(own: Sequence[Stretch], agreed: Stretch, before: int | None) -> int | None:
    """Where the stretch begins that is there at the beginning of the agreed one, or soonest after it; None where that
    was before the end of the agreed one `before`, or where there is none."""
    for first, last in own:
        if last >= agreed[0]:
            return None if first > agreed[1] or (before is not None and first <= before) else first
    return None


def settled(
    tracks: Sequence[Sequence[Stretch]], workers: Sequence[str], weights: Floats, habits: Habits
) -> list[Stretch]:
    """The majority's stretches, each edge where the workers' habits make it likely."""
    agreed = majority(tracks, weights)
    found = []
    for (first, last), (begin, end) in zip(agreed, edges_told(tracks, workers, agreed), strict=True):
        begins = habits.place(begin) if begin.places else first
        ends = -habits.place(end) if end.places else last
        found.append((begins, ends) if begins <= ends else (first, last))
    return _joined(found)


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Those that touch are one. Ascending by their first frames."""
    made: list[Stretch] = []
    for first, last in stretches:
        if made and first <= made[-1][1] + 1:
            made[-1] = made[-1][0], max(last, made[-1][1])
        else:
            made.append((first, last))
    return made
