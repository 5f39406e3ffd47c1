"""How far workers agree: the share of agreeing pairs, and Krippendorff's alpha, each with an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from labeling.quality.votes import Floats, VoteTable

DRAWS = 400  # bootstrap samples of the objects


@dataclass(frozen=True)
class Estimate:
    """A number and its 95 % interval; None where the votes don't determine it."""

    value: float | None
    low: float | None
    high: float | None
    objects: int  # with two votes or more

    @property
    def known(self) -> bool:
        return self.value is not None


def pairwise_agreement(table: VoteTable, generator: np.random.Generator) -> Estimate:
    """Share of the pairs of votes on one object that are equal; each object counts alike."""
    counts = _answered_twice(table.counts())
    votes = counts.sum(axis=1)
    return mean_agreement(list((counts * (counts - 1)).sum(axis=1) / (votes * (votes - 1))), generator)


def mean_agreement(agreements: Sequence[float], generator: np.random.Generator) -> Estimate:
    """The mean of the objects' own agreements in [0, 1], of whatever task type, with a bootstrap interval."""
    values = np.asarray(agreements, dtype=float)
    return _estimate(values[:, None], lambda sums, weights: float(sums[0] / weights), generator)


def krippendorff_alpha(table: VoteTable, generator: np.random.Generator) -> Estimate:
    """Agreement beyond chance for classes: 1 perfect, 0 as by chance, negative when workers disagree on purpose.

    Objects with one vote say nothing; with a single class in all votes alpha is not determined.
    Source: Krippendorff 2004, nominal metric; the interval is a bootstrap over objects.
    """
    counts = _answered_twice(table.counts())
    votes = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1) / np.maximum(votes - 1, 1)
    return _estimate(np.column_stack([agreeing, counts]), lambda sums, _: _alpha(sums), generator)


def _alpha(sums: Floats) -> float | None:
    agreeing, per_class = sums[0], sums[1:]
    total = per_class.sum()
    expected = 1 - (per_class * (per_class - 1)).sum() / (total * (total - 1))
    return None if expected <= 0 else float(1 - (1 - agreeing / total) / expected)


def _answered_twice(counts: Floats) -> Floats:
    return np.asarray(counts[counts.sum(axis=1) >= 2], dtype=float)


def _estimate(
    rows: Floats, statistic: Callable[[Floats, float], float | None], generator: np.random.Generator
) -> Estimate:
    """rows: (objects, columns), of which the statistic needs weighted column sums and the sum of weights."""
    objects = len(rows)
    if not objects:
        return Estimate(None, None, None, 0)
    value = statistic(rows.sum(axis=0), float(objects))
    even = np.full(objects, 1 / objects)
    drawn = (statistic(generator.multinomial(objects, even) @ rows, float(objects)) for _ in range(DRAWS))
    spread = [one for one in drawn if one is not None]
    if value is None or not spread:
        return Estimate(value, None, None, objects)
    low, high = np.quantile(spread, [0.025, 0.975])
    return Estimate(value, float(low), float(high), objects)
