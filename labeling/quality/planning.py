"""Which audit promises the most machine labels: audit probability and starting sizes, chosen from a guess of the
errors.

Only planning: a wrong guess costs yield, never the promise. So tails are approximated here (a binomial for the
hypergeometric, Wise 1954) and whole tables are worked out at once; the decision itself uses the exact ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, betaincinv

from labeling.quality.guess import Guess

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LADDERS = ((0.4, 0.7, 1.0), (0.7, 1.0), (1.0,))  # starting sizes, as shares of a base size; each shares the risk evenly
PROBABILITIES = np.geomspace(0.005, 0.5, 20)  # of auditing an object
SCENARIOS = 9  # equally likely values of the true error, given the guess


@dataclass(frozen=True)
class Choice:
    """starts, top: places in the sizes. expected: machine labels, over all outcomes. chance: that any set passes.
    likely: place of the largest set that passes at least every other time, -1 if none."""

    starts: tuple[int, ...]
    top: int
    probability: float
    expected: float
    chance: float
    likely: int


@dataclass(frozen=True)
class Worth:
    """Of each object in the order, (m,), in seconds of people's time.

    machine: what it saves that the machine labels it; audit: what it costs more to ask about it blind and in full.
    """

    machine: Floats
    audit: Floats


def choose(sizes: Ints, guess: Guess, *, allowed: float, risk: float, worth: Worth | None = None) -> Choice | None:
    """The best audit of nested sets of `sizes` (s,), ascending; None if no audit could pass. risk: of this stage.

    The most machine labels are best; with `worth`, the fewest seconds of people's time.
    """
    errors = _scenarios(guess)
    machine, audit = _sums(sizes, worth)
    gains = np.diff(machine, prepend=0)[:, None] * (1 - PROBABILITIES)
    passing = {len(ladder): _passing(sizes, errors, allowed, risk / len(ladder)) for ladder in LADDERS}
    best: tuple[float, tuple[int, ...], int, Floats] | None = None
    for starts in _start_sets(sizes):
        reach = _reach(passing[len(starts)], starts)  # (s, p): chance that the sequence gets at least so far
        expected = (reach * gains).sum(axis=0) - PROBABILITIES * audit[_tops(reach, starts)]
        at = int(expected.argmax())
        if best is None or expected[at] > best[0]:
            best = (float(expected[at]), starts, at, reach[:, at])
    if best is None or best[0] <= 0:
        return None
    _, starts, at, chances = best
    return Choice(
        starts=starts,
        top=int(_tops(chances[:, None], starts)[0]),
        probability=float(PROBABILITIES[at]),
        expected=float((chances * np.diff(sizes, prepend=0)).sum() * (1 - PROBABILITIES[at])),
        chance=float(chances[0]),
        likely=int(np.flatnonzero(chances >= 0.5)[-1]) if (chances >= 0.5).any() else -1,
    )


def _sums(sizes: Ints, worth: Worth | None) -> tuple[Floats, Floats]:
    """(s,) each: worth of all machine labels, and cost of all audits, in the first objects up to each size."""
    if worth is None:
        return sizes.astype(np.float64), np.zeros(len(sizes))
    return worth.machine.cumsum()[sizes - 1], worth.audit.cumsum()[sizes - 1]


def _tops(reach: Floats, starts: tuple[int, ...]) -> Ints:
    """(p,) place of the largest size that is worth drawing from: one that is reached at least once in fifty times."""
    likely = np.where(reach >= 0.02, np.arange(len(reach))[:, None], 0).max(axis=0)
    return np.asarray(np.maximum(likely, starts[-1]), dtype=np.int64)


def _start_sets(sizes: Ints) -> Iterator[tuple[int, ...]]:
    for base in sizes:
        for ladder in LADDERS:
            starts = {int(np.abs(sizes - share * base).argmin()) for share in ladder}
            if len(starts) == len(ladder):
                yield tuple(sorted(starts))


def _scenarios(guess: Guess) -> Floats:
    """(s, SCENARIOS): quantiles of a Beta around each size's guess; one column is one state of the world."""
    at = (np.arange(SCENARIOS) + 0.5) / SCENARIOS
    wrong, right = guess.error * guess.weight + 0.5, (1 - guess.error) * guess.weight + 0.5
    return np.asarray(betaincinv(wrong[:, None], right[:, None], at[None, :]), dtype=np.float64)


def _passing(sizes: Ints, errors: Floats, allowed: float, risk: float) -> Floats:
    """(s, p, scenarios): the chance that an audit with each probability certifies each set, tested by itself."""
    objects = sizes[:, None].astype(np.float64)
    audited = np.round(objects * PROBABILITIES)
    limit = _critical(objects, audited, allowed, risk)[:, :, None]
    wrong = objects * errors
    share = (wrong[:, None, :] - limit / 2) / (objects - (audited - 1) / 2)[:, :, None]
    chance = bdtr(np.maximum(limit, 0), _draws(audited)[:, :, None], np.clip(share, 0, 1))
    return np.where((limit < 0) | (audited < 1)[:, :, None], 0.0, chance)


def _critical(objects: Floats, audited: Floats, allowed: float, risk: float) -> Floats:
    """The largest number of errors found that still certifies, -1 if none: bisection over the whole table at once."""
    low, high = np.full(audited.shape, -1.0), np.ceil(allowed * audited)
    draws = _draws(audited)
    while (low < high).any():
        middle = np.ceil((low + high) / 2)
        too_many = np.floor(middle + allowed * (objects - audited)) + 1
        share = (too_many - middle / 2) / (objects - (audited - 1) / 2)
        passes = bdtr(np.maximum(middle, 0), draws, np.clip(share, 0, 1)) <= risk
        passes &= middle >= 0
        low, high = np.where(passes, middle, low), np.where(passes, high, middle - 1)
    return low


def _draws(audited: Floats) -> Ints:
    return np.maximum(audited, 1).astype(np.int64)


def _reach(passing: Floats, starts: tuple[int, ...]) -> Floats:
    """(s, p): the mean chance, over the scenarios, that some ladder gets at least as far as each size.

    Audits of nested sets share their draws, so a sequence is taken to pass as often as the least likely of its steps.
    """
    best = np.zeros_like(passing)
    for start in starts:
        through = np.minimum.accumulate(passing[start:], axis=0)
        best[start:] = np.maximum(best[start:], through)
        best[:start] = np.maximum(best[:start], passing[start])
    return np.asarray(best.mean(axis=2), dtype=np.float64)
