"""The cache of files that can be made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from labeling.errors import NotFound, UnsupportedMedia
from labeling.storage import DerivedFiles

KEY = "ab" * 32


def test_a_variant_is_made_once_and_again_when_it_was_deleted(tmp_path: Path) -> None:
    derived = DerivedFiles(tmp_path)
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"small picture"

    path = derived.get_or_make(KEY, "thumbnail-256.webp", make)
    assert derived.get_or_make(KEY, "thumbnail-256.webp", make) == path
    assert path.read_bytes() == b"small picture"
    assert len(made) == 1
    derived.forget(KEY, "thumbnail-256.webp")
    assert derived.get_or_make(KEY, "thumbnail-256.webp", make).is_file()
    assert len(made) == 2


def test_a_variant_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def make() -> bytes:
        raise UnsupportedMedia("The picture can't be read.")

    with pytest.raises(UnsupportedMedia):
        DerivedFiles(tmp_path).get_or_make(KEY, "view.webp", make)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("variant", ["", "../x", "a/b", "A", ".hidden", "x" * 99])
def test_the_name_of_a_variant_is_no_path(tmp_path: Path, variant: str) -> None:
    with pytest.raises(ValueError, match="variant"):
        DerivedFiles(tmp_path).get_or_make(KEY, variant, lambda: b"")


def test_a_key_that_is_none_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        DerivedFiles(tmp_path).get_or_make("../../x", "view.webp", lambda: b"")
