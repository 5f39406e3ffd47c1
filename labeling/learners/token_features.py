"""Texts -> one row of sparse features a token: the words around it, its shape, its ends. No label is involved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from labeling.task_types.words import Ranges, tokens

Ints = NDArray[np.int64]
WORDS_AROUND = (-2, -1, 0, 1, 2)
SHAPES_AROUND = (-1, 0, 1)
ENDS = 3  # characters of a word's beginning and end


@dataclass(frozen=True)
class Tokens:
    """All tokens of N texts in one row. places: (T, 2) code points in their own text; begins: (N + 1,) where each
    text's tokens begin; features: (T, f) CSR."""

    places: Ranges
    begins: Ints
    features: sparse.csr_matrix

    def of(self, text: int) -> slice:
        return slice(int(self.begins[text]), int(self.begins[text + 1]))

    def rows(self, texts: Ints) -> Ints:
        """The tokens of several texts, in their order."""
        if not len(texts):
            return np.zeros(0, dtype=np.int64)
        return np.concatenate([np.arange(self.begins[one], self.begins[one + 1]) for one in texts])

    def lengths(self, texts: Ints) -> Ints:
        return np.asarray(self.begins[texts + 1] - self.begins[texts], dtype=np.int64)


def tokens_of(texts: Sequence[str]) -> Tokens:
    """Cut and describe. Same texts, same numbers."""
    cut = [tokens(text) for text in texts]
    begins = np.concatenate([[0], np.cumsum([len(one) for one in cut])]).astype(np.int64)
    words = [text[start:end] for text, places in zip(texts, cut, strict=True) for start, end in places.tolist()]
    places = np.concatenate(cut) if cut else np.zeros((0, 2), dtype=np.intp)
    return Tokens(places, begins, _described(words, begins))


def _described(words: Sequence[str], begins: Ints) -> sparse.csr_matrix:
    text_of = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
    lower = [word.lower() for word in words]
    whole = _numbered(lower)
    kinds = _numbered([_shape(word) for word in words])
    columns = [_shifted(whole, step, text_of) for step in WORDS_AROUND]
    columns += [_shifted(kinds, step, text_of) for step in SHAPES_AROUND]
    columns += [_numbered([word[:ENDS] for word in lower]), _numbered([word[-ENDS:] for word in lower])]
    columns += [_pairs(_shifted(kinds, -1, text_of), kinds), _pairs(kinds, _shifted(kinds, 1, text_of))]
    return _one_hot(columns)


def _numbered(values: Sequence[str]) -> Ints:
    """(T,) a number from 1 for each different value; 0 is kept for "there is none"."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(value, len(known) + 1) for value in values], dtype=np.int64)


def _shifted(numbers: Ints, step: int, text_of: Ints) -> Ints:
    """The number of the token `step` further in the same text, 0 beyond its ends."""
    moved = np.zeros_like(numbers)
    count = len(numbers)
    here = np.arange(max(0, -step), min(count, count - step))
    same = text_of[here] == text_of[here + step]
    moved[here[same]] = numbers[here[same] + step]
    return moved


def _pairs(a: Ints, b: Ints) -> Ints:
    return a * (int(b.max(initial=0)) + 1) + b


def _one_hot(columns: Sequence[Ints]) -> sparse.csr_matrix:
    """(T, f): a one for each column's value; values are numbered anew, column by column."""
    count = len(columns[0])
    offset, placed = 0, []
    for column in columns:
        values, inverse = np.unique(column, return_inverse=True)
        placed.append(inverse + offset)
        offset += len(values)
    indices = np.stack(placed, axis=1).ravel() if count else np.zeros(0, dtype=np.int64)
    starts = np.arange(0, len(indices) + 1, len(columns))
    ones = np.ones(len(indices), dtype=np.float32)
    return sparse.csr_matrix((ones, indices, starts), shape=(count, max(offset, 1)))


def _shape(word: str) -> str:
    """Xx for London, X for UN, d.d for 3.50; runs count once. Letters without case are "a"."""
    made: list[str] = []
    for character in word[:40]:
        kind = _kind(character)
        if not made or made[-1] != kind:
            made.append(kind)
    return "".join(made)


def _kind(character: str) -> str:
    if character.isupper():
        return "X"
    if character.islower():
        return "x"
    if character.isdigit():
        return "d"
    return "a" if character.isalpha() else character
