"""Between two key frames: the vectors of the example files, which both languages hold (EDITOR.md, Interpolation)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labeling.task_types.base import Question
from labeling.task_types.located import Located
from labeling.task_types.registry import TASK_TYPES
from labeling.task_types.wire import question_from_json

EXAMPLES = Path(__file__).resolve().parent / "examples"


def vectors() -> list[Any]:
    found = []
    for kind in TASK_TYPES:
        whole = json.loads((EXAMPLES / f"{kind.name}.json").read_text(encoding="utf-8"))
        q = question_from_json(whole["question"])
        cases = enumerate(whole.get("interpolate", ()))
        found += [pytest.param(kind, q, one, id=f"{kind.name}-{place}") for place, one in cases]
    return found


@pytest.mark.parametrize(("kind", "q", "one"), vectors())
def test_a_shape_between_two_key_frames_is_as_the_vectors_say(kind: Located, q: Question, one: dict[str, Any]) -> None:
    shape = kind.shapes[one["shape"]]
    category = next(place for place, category in enumerate(q.categories) if shape.takes(category))
    a, b, value = (shape.parse(one[key], q, category, "") for key in ("a", "b", "value"))
    assert _flat(shape.dump(shape.interpolate(a, b, one["t"]))) == pytest.approx(_flat(shape.dump(value)))
    assert (shape.interpolate(a, b, 0), shape.interpolate(a, b, 1)) == (a, b)


def _flat(raw: Any) -> dict[str, Any]:
    """Place -> number or text."""
    if isinstance(raw, dict | list):
        items = raw.items() if isinstance(raw, dict) else enumerate(raw)
        return {f"{key}/{at}": one for key, value in items for at, one in _flat(value).items()}
    return {"": raw}
