"""Where bytes are kept, and JSON values that may be too large for a row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from labeling.storage import BoundedFiles, DerivedFiles, LocalStore, get_json, put_json

LARGE = 64 * 1024  # characters of JSON; above it a row names one gzip file


def home() -> Path:
    return Path(settings.TOUCHSTONE_HOME)


def store() -> LocalStore:
    return LocalStore(home() / "files")


def derived() -> DerivedFiles:
    """Thumbnails and the like: made again when they are missing."""
    return DerivedFiles(home() / "derived")


def frame_cache() -> BoundedFiles:
    """Single frames of films, for browsers that can't decode them."""
    return BoundedFiles(home() / "frames", settings.TOUCHSTONE_FRAME_CACHE * 1_000_000)


class HoldsAnswer(Protocol):
    answer: Any
    answer_key: str


def keep(value: Any) -> dict[str, Any]:
    """The two columns that hold `value`: in the row, or as a file in storage when it is large."""
    if len(json.dumps(value, ensure_ascii=False)) <= LARGE:
        return {"answer": value, "answer_key": ""}
    return {"answer": None, "answer_key": put_json(store(), value)}


def kept(row: HoldsAnswer) -> Any:
    return get_json(store(), row.answer_key) if row.answer_key else row.answer
