"""Spans of texts in formats of other tools: CoNLL columns and CSV. Both carry the covered text, to the last code point.

A spreadsheet takes a cell that begins with = + - @, a tab or CR for a formula (security: S65), so in the CSV an
apostrophe stands before such texts, and before those that begin with one: whoever reads takes one away.

What a format has no place for is counted, and told as W-LOSS by whoever writes.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from labeling.formats.strictjson import dumps
from labeling.task_types.base import Marked
from labeling.task_types.words import Ranges, tokens

HEADER = ("line", "object", "start", "end", "text", "label", "confidence", "id", "attributes")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
NO_TOKEN, MOVED = "spans without a token", "span ends inside a token"
Lost = Mapping[str, int]


def csv_header() -> str:
    return _row(HEADER)


def csv_rows(line: int, name: str, spans: Sequence[Marked]) -> str:
    """One row a span, in the order of the text. `line` counts from 1, as the manifest's lines."""
    return "".join(
        _row(
            (line, plain_text(name), one.start, one.end, plain_text(one.text), plain_text(one.label))
            + (f"{one.confidence:g}", one.id)
            + ((dumps(one.attributes),) if one.attributes else ("",))
        )
        for one in _ordered(spans)
    )


def plain_text(text: str) -> str:
    """A text's cell."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(values: Sequence[object]) -> str:
    """RFC 4180 but for the line end; a text with commas, quotes or line ends is quoted and otherwise as it is."""
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\r\n").writerow(values)  # which line ends are quoted follows from this
    return made.getvalue().removesuffix("\r\n") + "\n"


def conll_document(text: str, spans: Sequence[Marked]) -> tuple[str, Lost]:
    """A document as columns `token start end tag`, with BIO tags over our own tokens (`task_types.words`).

    Begins with the customary `-DOCSTART-`; a line end of the text ends a sentence. An end inside a token takes the
    whole token, unless the span before has it. Spans must not overlap: ValueError.
    """
    places = tokens(text)
    tags, lost = _tags(places, _ordered(spans))
    made = ["-DOCSTART- -X- -X- O\n"]
    last = 0
    for (start, end), tag in zip(places.tolist(), tags, strict=True):
        if last == 0 or _breaks(text[last:start]):
            made.append("\n")
        made.append(f"{text[start:end]} {start} {end} {tag}\n")
        last = end
    return "".join([*made, "\n"]), lost


def _tags(places: Ranges, spans: Sequence[Marked]) -> tuple[list[str], Lost]:
    tags = ["O"] * len(places)
    lost: Counter[str] = Counter()
    free, reached = 0, 0
    for one in spans:
        if one.start < reached:
            raise ValueError("CoNLL has one tag a token: the spans overlap.")
        reached = one.end
        first = max(int(np.searchsorted(places[:, 1], one.start, side="right")), free)
        after = int(np.searchsorted(places[:, 0], one.end, side="left"))
        if first >= after:
            lost[NO_TOKEN] += 1
            continue
        name = re.sub(r"\s+", "_", one.label)
        tags[first:after] = [f"B-{name}", *[f"I-{name}"] * (after - first - 1)]
        lost[MOVED] += int(_cuts(one, places[first], places[after - 1]))
        free = after
    return tags, {name: count for name, count in lost.items() if count}


def _cuts(one: Marked, first: Ranges, last: Ranges) -> bool:
    """Whether a token goes on beyond an end of the span, or a token of the span went to the one before."""
    text, start = one.text, one.start
    cut = first[0] < start or last[1] > one.end
    return bool(cut or text[: max(int(first[0]) - start, 0)].strip() or text[int(last[1]) - start :].strip())


def _breaks(between: str) -> bool:
    return any(one in between for one in "\n\r\u2028\u2029\x85\x0b\x0c")


def _ordered(spans: Sequence[Marked]) -> list[Marked]:
    return sorted(spans, key=lambda one: (one.start, one.end, one.label, one.id))
