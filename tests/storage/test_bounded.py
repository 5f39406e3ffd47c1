from __future__ import annotations

import os
from pathlib import Path

import pytest

from labeling.storage import BoundedFiles


def test_what_was_put_is_there_until_it_must_go(tmp_path: Path) -> None:
    files = BoundedFiles(tmp_path / "frames", 1000)
    assert files.get("a") is None
    files.put("a", b"x" * 400)
    files.put("b", b"y" * 400)
    assert files.get("a") == b"x" * 400
    for read_at, name in ((20, "a"), (50, "b")):
        os.utime(tmp_path / "frames" / name, (read_at, read_at))
    files.put("c", b"z" * 400)
    assert [files.get(name) is not None for name in "abc"] == [False, True, True]


def test_being_read_keeps_a_file(tmp_path: Path) -> None:
    files = BoundedFiles(tmp_path, 1000)
    for read_at, name in ((50, "a"), (90, "b")):
        files.put(name, bytes(450))
        os.utime(tmp_path / name, (read_at, read_at))
    assert files.get("a") is not None
    files.put("c", bytes(450))
    assert [files.get(name) is not None for name in "abc"] == [True, False, True]


def test_a_file_larger_than_the_folder_may_be_is_the_only_one(tmp_path: Path) -> None:
    files = BoundedFiles(tmp_path, 10)
    files.put("a", b"small")
    files.put("b", bytes(100))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b"]


@pytest.mark.parametrize("name", ["../a", "a/b", ".hidden"])
def test_a_name_stays_in_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        BoundedFiles(tmp_path, 10).put(name, b"")
