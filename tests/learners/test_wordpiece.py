"""Texts in pieces. What is expected here is what `tokenizers` 0.23.3 gives with the same file."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import BadRequest
from labeling.learners.wordpiece import WordPiece, words_of
from tests.learners.tiny_model import VOCABULARY, reader


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "tokenizer.json").write_text(json.dumps(reader(VOCABULARY)))
    return tmp_path / "tokenizer.json"


def pieces(file: Path, text: str, *, most: int = 200) -> str:
    return " ".join(VOCABULARY[number] for number in WordPiece(file).read(text, most=most))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The FERRY, the Ferry!", "the ferry , the ferry !"),
        ("Café cafe\u0301 CAFÉ", "cafe cafe cafe"),
        ("渡渡the渡", "渡 渡 the 渡"),
        ("river17 motor2", "river ##1 ##7 motor ##2"),
        ("unknown unknow", "un ##known [UNK]"),
        ("the\tferry\u00a0river\nmotor\x0bcommon", "the ferry river [UNK]"),
        ("\u200bthe\ufffd \x00ferry\ufeff", "the ferry"),
        ("ferry—ferry ferry-ferry", "ferry [UNK] ferry ferry - ferry"),
        ("motor" + "1" * 96, "[UNK]"),
        ("motor" + "1" * 95, " ".join(["motor"] + ["##1"] * 95)),
        ("ΣΟΦΟΣ İ", "[UNK] [UNK]"),
        ("[MASK]", "[ mask ]"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_a_text_is_parted_as_berts_family_parts_it(file: Path, text: str, expected: str) -> None:
    assert pieces(file, text) == " ".join(["[CLS]", *expected.split(), "[SEP]"])


def test_words_are_small_letters_without_accents_and_marks_stand_alone() -> None:
    text = "ΣΟΦΟΣ İstanbul naïve-Ｆｏｏ “quoted” $3.50 ½ a\u037eb 한국어"
    expected = "σοφοσ istanbul naive - ｆｏｏ “ quoted ” $ 3 . 50 ½ a ; b 한국어"
    assert words_of(text) == unicodedata.normalize("NFD", expected).split()


def test_a_long_text_is_cut_and_keeps_its_end_mark(file: Path) -> None:
    assert pieces(file, "ferry " * 50, most=5) == "[CLS] ferry ferry ferry [SEP]"
    assert pieces(file, "motor12345", most=4) == "[CLS] motor ##1 [SEP]"


def changed(**parts: Any) -> str:
    return json.dumps({**reader(VOCABULARY), **parts})


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "can't be read"),
        ("[]", "can't be read"),
        (changed(normalizer=None), "can't be read"),
        (changed(model={**reader(["[UNK]"])["model"]}), "can't be read"),
        (changed(model={**reader(VOCABULARY)["model"], "type": "BPE"}), "in another way"),
        (changed(normalizer={"type": "BertNormalizer", "lowercase": False}), "in another way"),
    ],
)
def test_a_file_that_reads_in_another_way_is_refused(file: Path, content: str, problem: str) -> None:
    file.write_text(content)
    with pytest.raises(BadRequest, match=problem):
        WordPiece(file)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"tokenizer\.json"):
        WordPiece(tmp_path / "tokenizer.json")
