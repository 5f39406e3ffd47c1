"""What a model version goes by, class by class, as bars and maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.flow.why import ClassPull
from labeling.learners.why import Pull

EDGE = "·"  # a blank at the edge of a word


@dataclass(frozen=True)
class Bar:
    """A term with its weight in log-odds; share: beside the strongest of its class, [0, 1]."""

    term: str
    weight: float
    share: float


@dataclass(frozen=True)
class Region:
    """One square of a map; share: beside the strongest, [0, 1]."""

    row: int
    column: int
    weight: float
    share: float


@dataclass(frozen=True)
class ClassWhy:
    """One class. Of texts the words, and pieces of words where they count; of pictures the regions, row by row."""

    name: str
    colour: int
    words_for: Sequence[Bar]
    words_against: Sequence[Bar]
    parts_for: Sequence[Bar]
    parts_against: Sequence[Bar]
    regions: Sequence[Sequence[Region]]
    unexplained: str


def rows_of(pulls: Sequence[ClassPull]) -> list[ClassWhy]:
    return [_row(one) for one in pulls]


def _row(one: ClassPull) -> ClassWhy:
    pull = one.pull
    words, parts = (pull.speaks_for, pull.speaks_against), (pull.parts_for, pull.parts_against)
    return ClassWhy(
        name=one.category.name,
        colour=one.category.colour,
        words_for=_bars(words[0], most=_most(words)),
        words_against=_bars(words[1], most=_most(words)),
        parts_for=_bars(parts[0], most=_most(parts)),
        parts_against=_bars(parts[1], most=_most(parts)),
        regions=_map(pull),
        unexplained=one.unexplained,
    )


def _most(sides: Sequence[Sequence[tuple[str, float]]]) -> float:
    return max((abs(weight) for side in sides for _, weight in side), default=1.0)


def _bars(side: Sequence[tuple[str, float]], *, most: float) -> list[Bar]:
    return [Bar(term.replace(" ", EDGE), weight, abs(weight) / most) for term, weight in side]


def _map(pull: Pull) -> list[list[Region]]:
    if pull.regions is None:
        return []
    most = max(float(abs(pull.regions).max()), 1e-9)
    return [
        [Region(row, column, float(weight), abs(float(weight)) / most) for column, weight in enumerate(weights)]
        for row, weights in enumerate(pull.regions.tolist())
    ]
