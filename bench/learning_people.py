"""Simulated people with a stop-watch: what they answer, and how long that takes by the cost model."""

from __future__ import annotations

import numpy as np

from labeling.learners.ways import Prices
from labeling.quality.people_error import PeopleError, measured

OPINIONS = 3  # an object may get up to three, each of somebody else


class People:
    """Answers from the truth. Each slip, and each wrong label overlooked, is fixed by the seed and the object: whoever
    asks in another order gets the same answers.

    error: how often an answer is wrong, any wrong class as likely as another.
    """

    def __init__(self, truth: np.ndarray, classes: int, prices: Prices, *, seed: int, error: float = 0.0) -> None:
        generator = np.random.default_rng([seed, 99])
        shape = (OPINIONS, len(truth))
        slips = generator.random(shape) < error
        others = (truth + generator.integers(1, max(2, classes), shape)) % classes
        self.opinions = np.where(slips, others, truth)
        self.overlooks = generator.random(len(truth)) < prices.overlooked
        self.truth, self.prices, self.error = truth, prices, error
        self.answers = self.looks = self.pairs = self.differing = 0

    @property
    def seconds(self) -> float:
        return self.answers * self.prices.full + self.looks * self.prices.glance

    def in_full(self, objects: np.ndarray) -> np.ndarray:
        self.answers += len(objects)
        return self.opinions[0, objects]

    def at_a_glance(self, objects: np.ndarray, shown: np.ndarray) -> np.ndarray:
        """Labels of `objects`: `shown` where it is right or its error was overlooked, else a full answer."""
        marked = (shown != self.truth[objects]) & ~self.overlooks[objects]
        self.looks += len(objects)
        result = shown.copy()
        result[marked] = self.in_full(objects[marked])
        return result

    def as_evidence(self, objects: np.ndarray) -> np.ndarray:
        """Labels that something rests on: two opinions where people err, a third where those differ, and the
        majority."""
        if not self.error:
            return self.in_full(objects)
        first, second, third = self.opinions[:, objects]
        differ = first != second
        self.pairs += len(objects)
        self.differing += int(differ.sum())
        self.answers += 2 * len(objects) + int(differ.sum())
        return np.where(differ & (third == second), second, first)

    def measured(self) -> PeopleError:
        """What the pairs of opinions so far say of people's errors; with always-right people one opinion is asked, and
        nothing is known."""
        return measured(self.pairs, self.differing, opinions=OPINIONS) if self.error else PeopleError()
