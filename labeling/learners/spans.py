"""Contributions of terms -> contributions of the words that a person reads, by code points of the text as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labeling.learners.classifier import Floats
from labeling.learners.lexicon import Place

_SEEN = re.compile(r"\w+|[^\w\s]+")  # a word, or signs in a row: nothing but blanks lies between


@dataclass(frozen=True)
class Word:
    """A word of a text, or signs in a row: [start, end) in code points, and how far it moves the class."""

    start: int
    end: int
    weight: float


def laid_on(text: str, places: Sequence[Place], contributed: Mapping[int, float]) -> Floats:
    """(len(text),): each column's contribution, shared evenly by the places where it was counted and by the characters
    of each place. Their sum is that of `contributed`."""
    if not places:
        return np.zeros(len(text))
    often = Counter(column for column, _, _ in places)
    starts, ends = (np.array([place[side] for place in places], dtype=np.int64) for side in (1, 2))
    lengths = ends - starts
    each = np.array([contributed[column] / often[column] for column, _, _ in places]) / lengths
    within = np.arange(lengths.sum()) - np.repeat(lengths.cumsum() - lengths, lengths)
    characters = np.repeat(starts, lengths) + within
    # A capital may become two small letters: both lie on it.
    origin = np.repeat(np.arange(len(text)), [len(one.lower()) for one in text])
    laid = np.bincount(origin[characters], weights=np.repeat(each, lengths), minlength=len(text))
    return np.asarray(laid, dtype=np.float64)


def words_of(text: str, weights: Floats) -> tuple[Word, ...]:
    """The words of `text` that move anything, in order."""
    found = ((match.start(), match.end()) for match in _SEEN.finditer(text))
    words = (Word(start, end, float(weights[start:end].sum())) for start, end in found)
    return tuple(word for word in words if word.weight)
