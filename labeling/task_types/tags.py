"""Spans of a text as one tag a token, and back: 0 is outside, 1 + 2c begins a span of class c, 2 + 2c goes on with it.

Tokens are those of `words`. One tag a token has no place for overlaps: callers bring spans that don't.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from labeling.task_types.base import Floats
from labeling.task_types.words import Ranges

Tags: TypeAlias = NDArray[np.int64]
Stretch: TypeAlias = tuple[int, int, int]
"""First and one past the last (code points, or tokens), and class."""

OUTSIDE = 0
FLOOR = 1e-9


def tag_count(classes: int) -> int:
    return 1 + 2 * classes


def flattened(spans: Iterable[Stretch]) -> list[Stretch]:
    """Of spans inside one another the outermost, of those that cross the earlier, of equal ones the smaller class."""
    kept: list[Stretch] = []
    for start, end, category in sorted(spans, key=lambda one: (one[0], -one[1], one[2])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, category))
    return kept


def tags_of(places: Ranges, spans: Iterable[Stretch]) -> Tags:
    """(tokens,) tags of `spans` in code points; a token belongs to the first span that it shares a character with."""
    tags = np.full(len(places), OUTSIDE, dtype=np.int64)
    free = 0
    for start, end, category in sorted(spans):
        first = max(int(np.searchsorted(places[:, 1], start, side="right")), free)
        after = int(np.searchsorted(places[:, 0], end, side="left"))
        if first < after:
            tags[first:after] = 2 + 2 * category
            tags[first] = 1 + 2 * category
            free = after
    return tags


def spans_of(tags: Tags) -> list[Stretch]:
    """The spans of a sequence of tags, in tokens. A tag that goes on with what was not begun begins it."""
    found: list[Stretch] = []
    open_class, begun = -1, 0
    for place, tag in enumerate([*tags.tolist(), OUTSIDE]):
        category = (tag - 1) // 2 if tag else -1
        if open_class >= 0 and (tag % 2 == 1 or category != open_class):
            found.append((begun, place, open_class))
            open_class = -1
        if tag and open_class < 0:
            open_class, begun = category, place
    return found


def likeliest(scores: Floats) -> Tags:
    """The likeliest sequence in which nothing goes on that was not begun. scores: (tokens, tags) probabilities.

    Viterbi 1967, with the tags' probabilities taken as independent but for that rule.
    """
    count, n_tags = scores.shape
    if not count:
        return np.zeros(0, dtype=np.int64)
    logs = np.log(np.maximum(scores, FLOOR))
    inside = np.arange(2, n_tags, 2)
    best = logs[0].copy()
    best[inside] = -np.inf
    back = np.zeros((count, n_tags), dtype=np.int64)
    for place in range(1, count):
        top = int(best.argmax())
        before = np.full(n_tags, top, dtype=np.int64)
        before[inside] = np.where(best[inside] >= best[inside - 1], inside, inside - 1)
        back[place] = before
        best = best[before] + logs[place]
    tags = np.zeros(count, dtype=np.int64)
    tags[-1] = int(best.argmax())
    for place in range(count - 1, 0, -1):
        tags[place - 1] = back[place, tags[place]]
    return tags


def sureness(scores: Floats, tags: Tags) -> Floats:
    """(tokens,) how probable each chosen tag is."""
    return np.asarray(scores[np.arange(len(tags)), tags], dtype=float)


def span_sureness(scores: Floats, spans: Sequence[Stretch]) -> list[float]:
    """Of each span, in tokens: how probable all its tags are together, and that it ends there."""
    made = []
    for first, after, category in spans:
        sure = scores[first, 1 + 2 * category] * float(np.prod(scores[first + 1 : after, 2 + 2 * category]))
        if after < len(scores):
            sure *= 1 - scores[after, 2 + 2 * category]
        made.append(float(min(max(sure, 0.0), 1.0)))
    return made
