"""Large answers, drafts and predictions: one gzip file of JSON each, named by its digest, written before the row."""

from __future__ import annotations

import gzip
import json
from typing import Any

from labeling.storage.store import Store


def put_json(store: Store, value: object) -> str:
    """Keep `value`; equal values get the same key (sorted keys, no time stamp). Raises ValueError on NaN."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return store.put(gzip.compress(text.encode(), compresslevel=6, mtime=0))


def get_json(store: Store, key: str) -> Any:
    """The value of `put_json`. Raises NotFound."""
    with store.open(key) as stream, gzip.open(stream) as text:
        return json.load(text)
