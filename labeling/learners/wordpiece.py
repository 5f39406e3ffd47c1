"""Text -> pieces of words, as the language models of BERT's family read it.

Source: Devlin et al. 2019 and its code. Held against `tokenizers` 0.23.3: the same pieces for all texts of banking77
and agnews, and for every character of Unicode but some 500 rare ones, most of them marks that are newer than its
tables. In one thing it differs on purpose: "[MASK]" in a text is a word in brackets. Own code, because that library
wants a client of a model hub, and that some twenty packages, for what are two tables and one loop.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labeling.errors import BadRequest

LONGEST_WORD = 100  # characters; a longer one is unknown
CHINESE = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip
ASCII_MARKS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class _Cleaned(dict[int, str]):
    """Code point -> what stands for it: control characters go, blanks are alike, each Chinese sign is a word."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        if char in "\t\n\r":
            found = " "
        elif point == 0xFFFD or unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs"):
            found = ""
        elif char.isspace():
            found = " "
        else:
            found = f" {char} " if any(first <= point <= last for first, last in CHINESE) else char
        self[point] = found
        return found


class _Parted(dict[int, str]):
    """Code point of a decomposed text -> small letters without accents; each punctuation mark is a word."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        if unicodedata.category(char) == "Mn":
            found = ""
        else:
            small = char.lower()
            found = f" {small} " if small in ASCII_MARKS or unicodedata.category(small[0])[0] == "P" else small
        self[point] = found
        return found


_CLEANED, _PARTED = _Cleaned(), _Parted()


def words_of(text: str) -> list[str]:
    """Small letters without accents, parted at blanks and around punctuation."""
    return unicodedata.normalize("NFD", text.translate(_CLEANED)).translate(_PARTED).split()


class WordPiece:
    """`tokenizer.json` of a model, ready to read texts. Raises BadRequest for one that reads in another way."""

    def __init__(self, file: Path) -> None:
        try:
            said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            model, normalizer = said["model"], said["normalizer"]
            self._pieces: dict[str, int] = model["vocab"]
            self.begin, self.end, self._unknown = (self._pieces[name] for name in ("[CLS]", "[SEP]", "[UNK]"))
            ours = (model["type"], normalizer["type"], normalizer["lowercase"]) == ("WordPiece", "BertNormalizer", True)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise BadRequest(f"The language model's words can't be read: {problem!r}.", where=file.name) from problem
        if not ours:
            raise BadRequest("This language model parts texts in another way than BERT's, uncased.", where=file.name)

    def __len__(self) -> int:
        return max(self._pieces.values()) + 1

    def read(self, text: str, *, most: int) -> Sequence[int]:
        """Numbers of the pieces, with the marks of beginning and end, `most` (2 or more) in all; the rest is cut."""
        found = [self.begin]
        for word in words_of(text):
            found += self._of_word(word) if len(word) <= LONGEST_WORD else [self._unknown]
            if len(found) >= most - 1:
                break
        return [*found[: most - 1], self.end]

    def _of_word(self, word: str) -> list[int]:
        """The longest piece that it begins with, and so on; unknown as a whole where none fits."""
        found: list[int] = []
        start = 0
        while start < len(word):
            stop, piece = self._longest(word, start)
            if piece is None:
                return [self._unknown]
            found.append(piece)
            start = stop
        return found

    def _longest(self, word: str, start: int) -> tuple[int, int | None]:
        for stop in range(len(word), start, -1):
            piece = self._pieces.get(word[start:stop] if start == 0 else f"##{word[start:stop]}")
            if piece is not None:
                return stop, piece
        return start, None
