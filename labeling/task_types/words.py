"""Our own cut of a text into tokens: for learners, for CoNLL files and for noisy simulations. People don't see it.

A token is (1) a run of letters, digits, underscores and the marks upon them, with single apostrophes, dots, commas and
hyphens inside (o'clock, 3.50, well-known); (2) each ideograph, kana or Hangul-compatible sign alone, as those scripts
put no spaces between words; (3) any other visible character alone, with what belongs to it: marks, variation
selectors, emoji modifiers, and whatever a zero-width joiner ties on. White space and controls are in no token. Scripts
that neither space words nor stand in (2), such as Thai, come out as long runs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Ranges = NDArray[np.intp]
"""(tokens, 2): [start, end) in code points, ascending, never overlapping."""

IDEOGRAPHIC = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
IDEOGRAPHIC += "\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003fffd"
JOINER = "\u200d"
MODIFIERS = "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"  # skin tones; the tags of sub-national flags
FLAG = "[\U0001f1e6-\U0001f1ff]"
LAST_MARK = 0x1F000  # marks lie below it, but for the variation selectors at E0100


def tokens(text: str) -> Ranges:
    """The tokens of `text`."""
    spans = [found.span() for found in _pattern().finditer(text)]
    return np.array(spans, dtype=np.intp).reshape(-1, 2)


def is_mark(character: str) -> bool:
    """Whether it belongs to the character before it."""
    return unicodedata.category(character)[0] == "M" or character == JOINER


def is_ideographic(character: str) -> bool:
    return _ideograph().match(character) is not None


@lru_cache(maxsize=1)
def _ideograph() -> re.Pattern[str]:
    return re.compile(f"[{IDEOGRAPHIC}]")


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    marks = _marks()
    letter = rf"(?:(?![{IDEOGRAPHIC}])\w[{marks}]*)"
    word = rf"{letter}+(?:['’.,·\-]{letter}+)*"
    ideograph = rf"[{IDEOGRAPHIC}][{marks}]*"
    one = rf"[^\s\x00-\x1f\x7f-\x9f][{marks}{MODIFIERS}]*"
    return re.compile(rf"{word}|{ideograph}|{FLAG}{{2}}|{one}(?:{JOINER}{one})*")


@lru_cache(maxsize=1)
def _marks() -> str:
    """The marks as the inside of a character class."""
    places = [place for place in range(LAST_MARK) if unicodedata.category(chr(place))[0] == "M"]
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs) + "\U000e0100-\U000e01ef"
