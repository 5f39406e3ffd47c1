"""A hint that objects look different to the model than those before, from its scores alone.

A hint only: a model that is sure and wrong looks as it did when it was right (measured: its own estimate stayed at 0.9
while its true accuracy fell to 0.34). So it certifies nothing and stops nothing. It has more labels checked by people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import ks_2samp

from labeling.learners.rounds import Floats, Learned

DISTANCE = 0.1  # below it a shift is too small to matter, however sure one is of it
CHANCE = 0.001  # of a distance so large by luck, where nothing has changed
FEWEST = 20  # objects on either side below which nothing is said
TIMES = 5  # the share of labels that is checked, at most
HIGHEST = 0.1  # of labels, unless the lead asks for more


@dataclass(frozen=True)
class Shift:
    """How far the scores of `later` objects lie from those of `before` (counts): the largest difference between their
    cumulative shares, 0 to 1, and the limit that it must pass to be a hint."""

    distance: float
    limit: float
    before: int
    later: int

    @property
    def hint(self) -> bool:
        return self.distance > self.limit


def shift_of(learned: Learned, known: int) -> Shift:
    """The first `known` objects of the job against those that came later, by the same model.

    Whole populations, or the objects that were asked because the model doubted them would be missing on one side. Those
    that taught the model count as they are scored out of fold: scored by the model itself they would look surer.
    """
    scores = learned.score.copy()
    scores[learned.oof_index] = learned.oof_score
    places = np.arange(len(scores))
    return _between(scores[learned.readable & (places < known)], scores[learned.readable & (places >= known)])


def _between(before: Floats, later: Floats) -> Shift:
    """Kolmogorov and Smirnov's distance; the limit is Massey's for two samples (1952), never below DISTANCE."""
    n, m = len(before), len(later)
    if min(n, m) < FEWEST:
        return Shift(distance=0.0, limit=1.0, before=n, later=m)
    by_luck = math.sqrt(-math.log(CHANCE / 2) / 2 * (n + m) / (n * m))
    return Shift(float(ks_2samp(before, later).statistic), max(DISTANCE, by_luck), n, m)


def raised(share: float) -> float:
    """Of machine labels, the share that is checked after a hint; no alarm (0) stays none."""
    return max(share, min(TIMES * share, HIGHEST))
