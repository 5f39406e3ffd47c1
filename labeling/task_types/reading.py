"""Small readers of untrusted JSON that every parse is made of; each raises InvalidAnswer with a JSON pointer."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Json, Question

UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def pointer_to(parent: str, key: str | int) -> str:
    """`parent` with one more step (RFC 6901: ~ is ~0, / is ~1)."""
    return f"{parent}/{str(key).replace('~', '~0').replace('/', '~1')}"


def members(raw: Any, pointer: str, *, required: Collection[str], optional: Collection[str] = ()) -> Json:
    """`raw` as an object with these keys and no others."""
    if not isinstance(raw, dict):
        raise InvalidAnswer(pointer, f"This must be an object, and is {kind_of(raw)}.")
    for key in raw:
        if key not in required and key not in optional:
            raise InvalidAnswer(pointer_to(pointer, key), "This key is not known here.", todo="Leave it out.")
    for key in required:
        if key not in raw:
            raise InvalidAnswer(pointer_to(pointer, key), f"`{key}` is missing.")
    return raw


def integer(raw: Any, pointer: str) -> int:
    """A whole number. 2.0 is one, as in JSON Schema; true is not, though Python thinks so."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or (isinstance(raw, float) and not raw.is_integer()):
        raise InvalidAnswer(pointer, f"This must be a whole number, and is {kind_of(raw)}.")
    return int(raw)


def number(raw: Any, pointer: str) -> float:
    """A finite number."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise InvalidAnswer(pointer, f"This must be a number, and is {kind_of(raw)}.")
    try:
        value = float(raw)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise InvalidAnswer(pointer, "This number is not finite.")
    return value + 0.0  # -0.0 becomes 0.0: equal values, equal text


def text(raw: Any, pointer: str, *, longest: int, empty: bool = False) -> str:
    """A string that can be written as UTF-8 (no unpaired surrogates)."""
    if not isinstance(raw, str):
        raise InvalidAnswer(pointer, f"This must be text, and is {kind_of(raw)}.")
    if not raw and not empty:
        raise InvalidAnswer(pointer, "This text is empty.")
    if len(raw) > longest:
        raise InvalidAnswer(pointer, f"This text has {len(raw):,} characters; at most {longest:,} are kept.")
    if any("\ud800" <= character <= "\udfff" for character in raw):
        raise InvalidAnswer(pointer, "This text holds half of a character (an unpaired surrogate).")
    return raw


def uuid_text(raw: Any, pointer: str) -> str:
    """An id that whoever made the thing drew for it."""
    if not isinstance(raw, str) or not re.fullmatch(UUID[1:-1], raw):
        raise InvalidAnswer(pointer, "An id is a UUID in lower case, like 5f0c3b1e-0d52-4c1e-9a55-0c2f6a7d1e01.")
    return raw


def category_id(raw: Any, pointer: str, q: Question) -> int:
    """A class id: a place in the job's list."""
    place = integer(raw, pointer)
    if not 0 <= place < len(q.categories):
        problem = f"There is no such category; this job has 0 to {len(q.categories) - 1}."
        raise InvalidAnswer(pointer, problem, todo="Name a category by its place in the job's list.")
    return place


def category_schema(q: Question) -> Json:
    return {"type": "integer", "minimum": 0, "maximum": len(q.categories) - 1}


def kind_of(raw: Any) -> str:
    """How a person calls the kind of a JSON value."""
    names = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(raw), "nothing" if raw is None else "something else")
