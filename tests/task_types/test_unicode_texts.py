"""The Unicode test set is counted as Python counts; frontend/tests/text/code-points.test.ts holds the editor to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

TEXTS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("unicode_texts.json").read_text())["texts"]


@pytest.mark.parametrize("each", TEXTS, ids=[each["name"] for each in TEXTS])
def test_a_slice_by_code_points_is_what_the_set_says(each: dict[str, Any]) -> None:
    assert len(each["text"]) == each["length"]
    assert all(each["text"][start:end] == words for start, end, words in each["slices"])
    assert "".join(words for _, _, words in each["slices"]) == each["text"]
