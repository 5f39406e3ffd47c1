"""Texts are kept to the last code point."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from labeling.errors import NotFound, TooLarge, UnsupportedMedia
from labeling.media import Limits, probe, probe_many
from tests.media.samples import write


@pytest.mark.parametrize(
    "text", ["Ferry at noon.", "a\r\nb\n", "\ufeffwith a mark", "e\u0301 is not \u00e9", "🚢👩‍👩‍👧", " spaces \t"]
)
def test_a_text_comes_back_unchanged(tmp_path: Path, text: str) -> None:
    raw = text.encode()
    found = probe(write(tmp_path / "a.txt", raw), "text")
    assert found.facts.text == text
    assert found.facts.kind == "text"
    assert found.size == len(raw)
    assert found.digest == sha256(raw).hexdigest()
    assert found.content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "raw", [b"caf\xe9", b"\xff\xfea\x00", b"\xed\xa0\x80", b"\xc0\xaf", "cut \u20ac".encode()[:-1]]
)
def test_what_is_not_utf8_is_refused_with_the_place(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(UnsupportedMedia, match=r"not UTF-8: byte \d+") as refused:
        probe(write(tmp_path / "a.txt", raw), "text")
    assert refused.value.where == "a.txt"


@pytest.mark.parametrize(("raw", "word"), [(b"", "empty"), (b"a\0b", "NUL")])
def test_empty_and_binary_files_are_no_texts(tmp_path: Path, raw: bytes, word: str) -> None:
    with pytest.raises(UnsupportedMedia, match=word):
        probe(write(tmp_path / "a.txt", raw), "text")


def test_a_text_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"x" * 101)
    with pytest.raises(TooLarge):
        probe(path, "text", limits=Limits(text_bytes=100))
    assert probe(path, "text", limits=Limits(text_bytes=101))


def test_one_bad_text_does_not_stop_the_others(tmp_path: Path) -> None:
    good = write(tmp_path / "a.txt", b"good")
    results = probe_many([tmp_path / "none.txt", good], "text")
    assert isinstance(results[0], NotFound)
    assert not isinstance(results[1], Exception)
