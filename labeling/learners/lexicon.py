"""A text, read as the vectorizers of text.py read it, with the place of everything they count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labeling.learners.classifier import Floats, Ints
from labeling.learners.terms import Terms
from labeling.learners.text import GRAMS, WORD

_WORD = re.compile(WORD)
_BLANK = re.compile(r"\S+")

Place = tuple[int, int, int]  # column, start, end: in the lower-case text


@dataclass(frozen=True)
class Found:
    """The columns of a text that are not zero, with their values, and where in the lower-case text each was counted."""

    columns: Ints
    values: Floats
    places: list[Place]


class Lexicon:
    """The terms of a model, ready to read texts."""

    def __init__(self, terms: tuple[Terms, ...]) -> None:
        self._terms = terms
        self._places = [{term: place for place, term in enumerate(block.terms)} for block in terms]
        self.width = sum(len(block.terms) for block in terms)

    def blocks(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """First column and terms of each block."""
        first = 0
        for block in self._terms:
            yield first, block.terms
            first += len(block.terms)

    def read(self, text: str) -> Found:
        """Sublinear TF-IDF, of unit length per block, as text.py makes it."""
        lower = text.lower()
        columns, values, places = [], [], []
        for block, known, (first, _) in zip(self._terms, self._places, self.blocks(), strict=True):
            parts = _words(lower) if block.analyzer == "word" else _grams(lower)
            found = [(known[term], start, end) for term, start, end in parts if term in known]
            counts = Counter(place for place, _, _ in found)
            order = np.array(sorted(counts), dtype=np.int64)
            weights = (1 + np.log([counts[place] for place in order.tolist()])) * block.idf[order]
            columns.append(first + order)
            values.append(weights / max(float(np.linalg.norm(weights)), 1e-12))
            places += [(first + place, start, end) for place, start, end in found]
        return Found(np.concatenate(columns), np.concatenate(values), places)


def _words(lower: str) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(lower):
        yield match.group(), match.start(), match.end()


def _grams(lower: str) -> Iterator[tuple[str, int, int]]:
    """As scikit-learn's `char_wb`: pieces of each word with a blank on both sides; a place leaves these blanks out."""
    for match in _BLANK.finditer(lower):
        word = f" {match.group()} "
        start, end = match.start(), match.end()
        for size in range(GRAMS[0], GRAMS[1] + 1):
            for at in range(max(1, len(word) - size + 1)):
                yield word[at : at + size], max(start, start + at - 1), min(end, start + at - 1 + size)
            if len(word) <= size:
                break
