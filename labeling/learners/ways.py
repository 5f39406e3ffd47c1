"""Three ways to a label, and the cheapest that keeps the promise, in expected seconds of people's time.

The machine labels what is certified. Of the rest, people either look at the machine's label in a grid and mark it if it
is wrong, or answer in full without it. A glance is never evidence: what calibrates and what certifies is answered
blind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

IMAGINED = 30  # answers at the default price that a job's own are weighed against
IMAGINED_WRONG = 50  # wrong labels in a grid, the same for the share that is overlooked
PAUSE = 5.0  # times the median: an answer that took longer was a pause, and counts as this
MANY_CLASSES = 20  # above it people search for the class
FULL_SECONDS, MANY_SECONDS, SHAPE_SECONDS = 3.0, 5.0, 7.0
GLANCE_SECONDS = {"image": 0.3, "text": 1.5}
OVERLOOKED = 0.1


@dataclass(frozen=True)
class Prices:
    """Seconds of people's time for one object: `full`, an answer from scratch; `glance`, one look at it in the grid.
    overlooked: the share of wrong labels that a glance leaves unmarked."""

    full: float
    glance: float
    overlooked: float = OVERLOOKED

    def __post_init__(self) -> None:
        if not (self.full > 0 and self.glance > 0 and 0 <= self.overlooked < 1):
            raise ValueError(
                "prices are seconds above 0 and a share of overlooked labels below 1, got "
                f"{self.full}, {self.glance}, {self.overlooked}"
            )


@dataclass(frozen=True)
class Seen:
    """What a job's own answers say about its prices.

    full: seconds of each full answer that was given without a proposal. glance: seconds of each object in a grid (those
    of the page, divided by its objects). wrong: labels in a grid that are known to be wrong by another answer;
    overlooked: how many of them were left unmarked.
    """

    full: Sequence[float] = ()
    glance: Sequence[float] = ()
    wrong: int = 0
    overlooked: int = 0


def default_prices(medium: str, *, classes: int, shapes: bool = False) -> Prices:
    """Before a job has answers. medium: text, or anything that is seen as fast as an image; shapes: boxes and the
    like are drawn."""
    full = SHAPE_SECONDS if shapes else MANY_SECONDS if classes > MANY_CLASSES else FULL_SECONDS
    return Prices(full=full, glance=GLANCE_SECONDS.get(medium, GLANCE_SECONDS["image"]))


def learn_prices(seen: Seen, default: Prices) -> Prices:
    """The prices of this job: its means, long pauses cut, held to the default so that few answers don't swing them.

    Raises ValueError when more labels were overlooked than were wrong.
    """
    if not 0 <= seen.overlooked <= seen.wrong:
        raise ValueError(f"{seen.overlooked} of {seen.wrong} wrong labels can't have been overlooked")
    return Prices(
        full=_held(seen.full, default.full),
        glance=_held(seen.glance, default.glance),
        overlooked=(seen.overlooked + IMAGINED_WRONG * default.overlooked) / (seen.wrong + IMAGINED_WRONG),
    )


def _held(seconds: Sequence[float], default: float) -> float:
    taken = np.asarray(seconds, dtype=np.float64)
    taken = taken[np.isfinite(taken) & (taken > 0)]  # a client that sends no time says nothing
    if not len(taken):
        return default
    cut = np.minimum(taken, PAUSE * max(default, float(np.median(taken))))
    return float((cut.sum() + IMAGINED * default) / (len(cut) + IMAGINED))


def choose_ways(right: Floats, prices: Prices, *, allowed: float) -> Bools:
    """Which objects people look at in the grid (True) and which they answer in full (False).

    right: (n,) the chance that the machine's label is right, calibrated on answers that were drawn at random. A glance
    must pay even if nothing is overlooked, since a wrong label that stays is no saving. And the share of wrong labels
    that is expected to stay among all those looked at must not pass `allowed`: the surest come first.
    """
    if not 0 <= allowed <= 1:
        raise ValueError(f"the allowed share must lie between 0 and 1, got {allowed}")
    pays = right > prices.glance / prices.full
    by = np.argsort(-right, kind="stable")
    left_wrong = prices.overlooked * (1 - right[by]).cumsum() / np.arange(1, len(right) + 1)
    within = np.zeros(len(right), dtype=np.bool_)
    within[by] = left_wrong <= allowed
    return np.asarray(pays & within, dtype=np.bool_)


def seconds_of_people(right: Floats, glanced: Bools, prices: Prices) -> Floats:
    """(n,) expected seconds of each object: a look, and a full answer where the look finds it wrong; or a full one."""
    looked = prices.glance + (1 - right) * (1 - prices.overlooked) * prices.full
    return np.where(glanced, looked, prices.full)


def expected_seconds(right: Floats, glanced: Bools, prices: Prices) -> float:
    return float(seconds_of_people(right, glanced, prices).sum())


def expected_error(right: Floats, glanced: Bools, prices: Prices) -> float:
    """The share of wrong labels that is expected to stay among those that people look at in the grid; 0 if none are."""
    return float(prices.overlooked * (1 - right[glanced]).mean()) if glanced.any() else 0.0
