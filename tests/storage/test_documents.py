"""Answers too large for their row."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from labeling.errors import NotFound
from labeling.storage import LocalStore, get_json, put_json


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


def test_json_comes_back_equal(store: LocalStore) -> None:
    value = {"instances": [{"id": "a", "geometry": {"left": 1.5, "top": 2}}], "note": "Überfahrt 🚢", "none": None}
    assert get_json(store, put_json(store, value)) == value


def test_equal_values_are_one_file_whatever_the_order_of_their_keys(store: LocalStore) -> None:
    assert put_json(store, {"a": 1, "b": [2]}) == put_json(store, {"b": [2], "a": 1})


def test_a_large_answer_is_kept_compressed(store: LocalStore) -> None:
    key = put_json(store, {"instances": [{"left": 10, "top": 20}] * 10_000})
    assert store.size(key) < 10_000
    assert gzip.decompress(store.path(key).read_bytes()).startswith(b'{"instances"')


def test_not_a_number_is_refused(store: LocalStore) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        put_json(store, {"confidence": float("nan")})


def test_a_missing_document_is_not_found(store: LocalStore) -> None:
    with pytest.raises(NotFound):
        get_json(store, "0" * 64)
