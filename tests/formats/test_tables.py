"""Spans as CoNLL columns and as CSV: the covered text is there, and what is lost is counted."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.formats.tables import HEADER, MOVED, NO_TOKEN, conll_document, csv_header, csv_rows
from labeling.task_types.base import Marked

TEXT = "\ufeffAda Lovelace,\r\nof \u6771\u4eac \U0001f468\U0001f3fb\u200d\U0001f692 cafe\u0301"


def marked(words: str, label: str = "person", text: str = TEXT, **more: object) -> Marked:
    start = text.index(words)
    return Marked(f"id {start}", start, start + len(words), words, label, 0.5, **more)  # type: ignore[arg-type]


def columns(document: str) -> list[list[str]]:
    return [line.split(" ") for line in document.split("\n")]


def test_tokens_stand_with_their_offsets_and_tags() -> None:
    document, lost = conll_document(TEXT, [marked("\u6771\u4eac", "a place"), marked("Ada Lovelace")])
    assert columns(document) == [
        ["-DOCSTART-", "-X-", "-X-", "O"],
        [""],
        ["\ufeff", "0", "1", "O"],
        ["Ada", "1", "4", "B-person"],
        ["Lovelace", "5", "13", "I-person"],
        [",", "13", "14", "O"],
        [""],
        ["of", "16", "18", "O"],
        ["\u6771", "19", "20", "B-a_place"],
        ["\u4eac", "20", "21", "I-a_place"],
        ["\U0001f468\U0001f3fb\u200d\U0001f692", "22", "26", "O"],
        ["cafe\u0301", "27", "32", "O"],
        [""],
        [""],
    ]
    assert lost == {}


@pytest.mark.parametrize(
    ("text", "words", "tags", "lost"),
    [
        ("Obans boat", ["Oban"], ["B-x", "O"], {MOVED: 1}),
        ("Obans boat", ["s boat"], ["B-x", "I-x"], {MOVED: 1}),
        ("Obans boat", ["Oban", "s boat"], ["B-x", "B-x"], {MOVED: 2}),
        ("Obans boat", ["Oban", "s"], ["B-x", "O"], {MOVED: 1, NO_TOKEN: 1}),
        ("Oban  boat", ["  "], ["O", "O"], {NO_TOKEN: 1}),
        ("Oban  boat", ["Oban "], ["B-x", "O"], {}),
        ("Oban boat", ["Oban", "boat"], ["B-x", "B-x"], {}),
        ("", [], [], {}),
    ],
)
def test_ends_inside_tokens_are_moved_and_counted(
    text: str, words: list[str], tags: list[str], lost: dict[str, int]
) -> None:
    document, counted = conll_document(text, [marked(one, "x", text) for one in words])
    assert [row[3] for row in columns(document)[1:] if len(row) == 4] == tags
    assert counted == lost


def test_overlaps_have_no_place() -> None:
    with pytest.raises(ValueError, match="overlap"):
        conll_document(TEXT, [marked("Ada Lovelace"), marked("Lovelace")])


@settings(deadline=None)
@given(st.text(min_size=1, max_size=60), st.data())
def test_what_stands_at_the_offsets_is_the_token_whatever_the_text(text: str, data: st.DataObject) -> None:
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    spans = [Marked(str(a), a, b, text[a:b], "x", 1.0) for a, b in pairs]
    document, lost = conll_document(text, spans)
    rows = [line.rsplit(" ", 3) for line in document.split("\n")[1:] if line]
    assert all(text[int(start) : int(end)] == token for token, start, end, _ in rows)
    assert sum(tag == "B-x" for *_, tag in rows) == len(spans) - lost.get(NO_TOKEN, 0)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30))
def test_a_csv_reader_gets_the_covered_text_back_unchanged(text: str) -> None:
    one = Marked("an id", 3, 3 + len(text), text, 'a "class", or two', 0.25, {"note": text})
    written = csv_header() + csv_rows(7, "a,b.txt", [one])
    header, row = csv.reader(io.StringIO(written, newline=""))
    assert tuple(header) == HEADER
    row[4] = row[4].removeprefix("'")
    assert row[:8] == ["7", "a,b.txt", "3", str(3 + len(text)), text, 'a "class", or two', "0.25", "an id"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_no_spreadsheet_takes_a_text_for_a_formula(text: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_rows(1, text, [Marked("an id", 0, 1, text, text, 0.5)]), newline=""))
    assert [row[1], row[4], row[5]] == [f"'{text}"] * 3
    assert csv_rows(1, "a", [Marked("an id", 0, 1, "1-1", "a=b", 0.5)]) == "1,a,0,1,1-1,a=b,0.5,an id,\n"
