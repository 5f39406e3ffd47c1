"""The local store: whole files under their digest, and nothing else."""

from __future__ import annotations

import threading
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from labeling.errors import NotFound, TooLarge
from labeling.storage import LocalStore, Store, atomic


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def files_of(store: LocalStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


class Breaking(BytesIO):
    """A stream that gives 10 bytes and then fails, like an upload that is cut off."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= 10:
            raise ConnectionError("cut off")
        return super().read(10)


def test_a_key_is_the_digest_of_the_bytes(store: LocalStore) -> None:
    assert store.put(b"pond") == sha256(b"pond").hexdigest()


def test_what_was_put_is_read_back_from_bytes_and_from_a_stream(store: LocalStore) -> None:
    big = bytes(range(256)) * 10_000
    for key in (store.put(big), store.put(BytesIO(big))):
        with store.open(key) as stream:
            assert stream.read() == big
        assert store.size(key) == len(big)
    assert len(files_of(store)) == 1


def test_the_empty_file_is_a_file(store: LocalStore) -> None:
    assert store.size(store.put(b"")) == 0


def test_the_local_store_is_a_store(store: LocalStore) -> None:
    as_seen_by_others: Store = store
    key = as_seen_by_others.put(b"pond")
    with as_seen_by_others.as_file(key) as path:
        assert path.read_bytes() == b"pond"


def test_files_are_spread_over_folders(store: LocalStore) -> None:
    key = store.put(b"pond")
    assert store.path(key).relative_to(store.root).parts == (key[:2], key[2:4], key)


def test_a_stream_that_breaks_leaves_nothing_behind(store: LocalStore) -> None:
    with pytest.raises(ConnectionError):
        store.put(Breaking(b"x" * 100))
    assert files_of(store) == []


def test_a_crash_before_the_rename_shows_no_half_file(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    key = sha256(b"pond").hexdigest()

    def power_cut(self: Path, target: Path) -> Path:
        assert self.read_bytes() == b"pond", "all bytes are on disk before the name appears"
        assert not store.exists(key)
        raise OSError("power cut")

    monkeypatch.setattr(Path, "replace", power_cut)
    with pytest.raises(OSError, match="power cut"):
        store.put(b"pond")
    monkeypatch.undo()
    assert not store.exists(key)
    assert store.put(b"pond") == key
    assert store.exists(key)


def test_bytes_are_flushed_before_the_rename_and_the_folder_after_it(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(b"makes the folders")
    steps: list[str] = []
    real_replace = Path.replace
    monkeypatch.setattr(atomic.os, "fsync", lambda _: steps.append("fsync"))
    monkeypatch.setattr(Path, "replace", lambda self, to: (steps.append("rename"), real_replace(self, to))[1])
    store.put(b"pond")
    assert steps[0] == "fsync"
    assert "fsync" in steps[steps.index("rename") :]


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(store: LocalStore) -> None:
    with pytest.raises(TooLarge):
        store.put(b"x" * 101, limit=100)
    assert files_of(store) == []
    assert store.put(b"x" * 100, limit=100)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a",
        "../../etc/passwd",
        "/etc/passwd",
        "A" * 64,
        "g" * 64,
        "a" * 63 + "\n",
        "a" * 64 + "\n",
        "a" * 32 + "\0" * 32,
    ],
)
def test_what_is_no_key_is_answered_like_a_missing_file(store: LocalStore, key: str) -> None:
    assert not store.exists(key)
    with pytest.raises(NotFound):
        store.open(key)
    with pytest.raises(NotFound):
        store.size(key)


def test_a_missing_key_is_not_found(store: LocalStore) -> None:
    with pytest.raises(NotFound), store.as_file("0" * 64):
        pass


def test_eight_threads_that_put_the_same_bytes_make_one_file(store: LocalStore) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(store.put(b"pond" * 1000))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert files_of(store) == [store.path(keys[0])]


def test_stored_files_are_closed_to_other_users(store: LocalStore) -> None:
    key = store.put(b"pond")
    assert store.path(key).stat().st_mode & 0o077 == 0
    assert store.root.stat().st_mode & 0o077 == 0
