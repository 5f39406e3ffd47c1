"""How often people are wrong on what a promise rests on, and what that does to the promise.

A checked object counts against the machine when people's label differs from the machine's. Two things can go wrong:

- People slip where the machine is right. That counts as the machine's error: the promise is kept, and less is labeled.
- People slip to the machine's class where the machine is wrong. That error is missed. When people are wrong on at most
  a share h of the objects on which the machine is wrong, at least 1 - h of its errors are expected to be seen. So the
  audit is held to `allowed` x (1 - h): that is `PeopleError.held_to`.

h comes from objects that two people answered. Assumed: given the object, two people slip independently of each other
and of the machine, and on no object do people slip more often than not. Then h is at most the share of pairs that
differ, however the hard objects are spread and however many opinions are asked: objects on which people toss a coin
are the worst case, there h is that share; where all objects are alike, one opinion's h is about half of it. A mistake
that everybody makes is not seen, and is not an error by any count: it is what people answer in this job.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from labeling.quality.error_bound import certifies, clopper_pearson_upper

Floats = NDArray[np.float64]

LIMIT_RISK = 0.01  # that people err more often than the limit says; beside the promise's risk, and it costs little
LEAST_PAIRS = 20  # with fewer nothing is said
SLIM = 0.1  # chance of a certificate for a machine that is always right, below which nothing is promised
SHARES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5)  # of a set, audited: what is tried

MEASURED, STATED, UNKNOWN = "measured", "stated", "unknown"


@dataclass(frozen=True)
class PeopleError:
    """What is taken to hold of people's label of an object that `opinions` of them decide.

    slip: chance that one opinion is wrong; error: that the label is, both as likely; upper: that the label is, at most.
    All shares. source: measured (from `pairs` of opinions on one object, of which `differing` differ), stated (by the
    lead) or unknown (all 0: people are taken as right).
    """

    source: str = UNKNOWN
    opinions: int = 1
    slip: float = 0.0
    error: float = 0.0
    upper: float = 0.0
    pairs: int = 0
    differing: int = 0

    def held_to(self, allowed: float) -> float:
        """The share of disagreement that an audit is held to, so that at most `allowed` of the labels are wrong."""
        return allowed * (1 - self.upper)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def sentence(self) -> str:
        """What a promise assumes about people, for the lead to read."""
        asked = f"up to {self.opinions} people" if self.opinions > 1 else "one person"
        if self.source == UNKNOWN:
            return f"Checked objects were answered by {asked}, and these answers are taken as right."
        if self.source == STATED:
            return (
                f"Checked objects were answered by {asked}; the promise allows for labels of theirs that are wrong in "
                f"{self.upper:.1%} of the cases, as stated for this job."
            )
        return (
            f"Checked objects were answered by {asked}. Two people differed on {self.differing:,} of {self.pairs:,} "
            f"objects; the promise allows for people's labels that are wrong in up to {self.upper:.1%} of the cases."
        )


def measured(pairs: int, differing: int, *, opinions: int) -> PeopleError:
    """From objects with two independent opinions: how many there were, and on how many these differed.

    With fewer than LEAST_PAIRS: unknown. Raises ValueError on impossible counts.
    """
    if not 0 <= differing <= pairs or opinions < 1:
        raise ValueError(f"need 0 <= differing <= pairs and an opinion, got {differing}, {pairs}, {opinions}")
    if pairs < LEAST_PAIRS:
        return PeopleError(opinions=opinions, pairs=pairs, differing=differing)
    slip = slip_behind(differing / pairs)
    return PeopleError(
        source=MEASURED,
        opinions=opinions,
        slip=slip,
        error=majority_error(slip, opinions),
        upper=min(0.5, clopper_pearson_upper(pairs, differing, LIMIT_RISK)),
        pairs=pairs,
        differing=differing,
    )


def stated(slip: float, *, opinions: int) -> PeopleError:
    """The lead says how often one opinion is wrong. More are never worse. Raises ValueError outside [0, 1/2]."""
    if not 0 <= slip <= 0.5:
        raise ValueError(f"people who are wrong more often than not can check nothing: {slip}")
    return PeopleError(STATED, opinions, slip, majority_error(slip, opinions), upper=slip)


def slip_behind(differ: float) -> float:
    """How often one opinion is wrong when a share `differ` of pairs differ and all objects are alike: 2 s (1 - s)."""
    return (1 - math.sqrt(max(0.0, 1 - 2 * differ))) / 2


def majority_error(slip: float, opinions: int) -> float:
    """Chance that most of so many opinions are wrong; a tie is lost every other time. Wrong ones are taken to agree.

    Two and a third where they differ is the same as three.
    """
    ties = float(binom.pmf(opinions // 2, opinions, slip)) / 2 if opinions % 2 == 0 else 0.0
    return float(binom.sf(opinions // 2, opinions, slip)) + ties


def expected_seen(wrong: Floats, *, seen_by: PeopleError, asked_of: PeopleError) -> Floats:
    """Shares of disagreement that `asked_of` will find, from the shares (n,) that `seen_by` found on such objects.

    For planning only: what people's slips added to the evidence is taken out, and what they will add to the audit put
    in. The same people and as many opinions: nothing changes.
    """
    if seen_by.error == asked_of.error:
        return wrong
    true = np.clip((wrong - seen_by.error) / (1 - seen_by.error), 0.0, 1.0)
    return np.asarray(true + (1 - true) * asked_of.error, dtype=np.float64)


def can_promise(allowed: float, people: PeopleError, *, objects: int) -> str:
    """Why nothing can be promised about any set of up to `objects`, said before anybody is asked; "" when it can be.

    allowed: share of wrong labels. Put to a machine that is always right: it differs from people whenever they slip.
    """
    if people.source == UNKNOWN or _best_chance(allowed, people, objects) >= SLIM:
        return ""
    said = (
        f"People's labels of checked objects are wrong in about {people.error:.1%} of the cases, and each counts "
        f"against the machine; {allowed:.1%} are allowed. So even a machine that is always right could not pass."
    )
    return f"{said} {_remedy(allowed, people, objects)}"


def _remedy(allowed: float, people: PeopleError, objects: int) -> str:
    for opinions in (3, 5):
        better = PeopleError(STATED, opinions, people.slip, majority_error(people.slip, opinions), people.upper)
        if opinions > people.opinions and _best_chance(allowed, better, objects) >= SLIM:
            return (
                f"With {opinions} opinions on each checked object about {better.error:.1%} would be wrong, and a "
                f"promise is possible: let up to {opinions} workers be asked about an object."
            )
    return "Clearer instructions, or a larger allowed error, would be needed."


def _best_chance(allowed: float, people: PeopleError, objects: int) -> float:
    """Chance that some audit of `objects` certifies a machine that is always right, at half of a usual risk."""
    limit = people.held_to(allowed)
    return max((_chance(objects, round(objects * share), limit, people.error) for share in SHARES), default=0.0)


def _chance(objects: int, audited: int, allowed: float, differ: float) -> float:
    low, high = -1, audited  # the largest number of errors that passes
    while low < high:
        middle = (low + high + 1) // 2
        if certifies(objects, audited, middle, allowed=allowed, risk=0.025):
            low = middle
        else:
            high = middle - 1
    return float(binom.cdf(low, audited, differ)) if low >= 0 else 0.0
