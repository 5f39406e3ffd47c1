"""Strict JSON: what a manifest's lines may hold (spec section 2), read into plain values or into exact numbers.

Refused, each by its rule: duplicate keys, NaN and Infinity, numbers that a double takes for Infinity, unpaired
surrogates, nesting deeper than MAX_DEPTH, more than MAX_PARTS arrays and objects. The C scanner of the standard
library does the work: hooks see each object and each number, so nothing is parsed twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from math import isinf
from typing import Any, NoReturn, TypeAlias

from labeling.errors import ManifestLineError
from labeling.task_types.base import Json

MAX_DEPTH = 64
MAX_PARTS = 300_000  # a line of 16 MB can hold millions of empty lists: 400 MB once parsed
MAX_DIGITS = 308  # longer integers are Infinity to every reader that uses doubles
Pairs: TypeAlias = list[tuple[str, Any]]


class _Fault(Exception):
    def __init__(self, rule: str, problem: str, todo: str) -> None:
        super().__init__(problem)
        self.rule, self.problem, self.todo = rule, problem, todo


def _object(pairs: Pairs) -> Json:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
    raise _Fault("E-DUPKEY", f"The key {_short(twice)} stands twice in one object.", "Keep one of them.")


def _constant(name: str) -> NoReturn:
    raise _Fault("E-NAN", f"{name} is no JSON number.", "Write a number, or leave the key out.")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        _too_large(text)
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if isinf(value):
        _too_large(text)
    return value


def _exact(text: str) -> float | Decimal:
    """A float where its shortest text has the same value (1.10, 1e5), else a Decimal with every digit."""
    value = _float(text)
    shortest = repr(value)
    if shortest == text:
        return value
    try:
        exact = Decimal(text)
    except InvalidOperation:  # an exponent below -10^18
        return value
    return value if exact == Decimal(shortest) else exact


def _too_large(text: str) -> NoReturn:
    raise _Fault(
        "E-NAN",
        f"The number {_short(text)} is beyond a double's range: readers take it for Infinity.",
        "Write it as a string.",
    )


_plain = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float
).decode
_exactly = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_exact
).decode


def parse_object(text: str | bytes, *, line: int = 1) -> Json:
    """One JSON object; floats become doubles. Raises ManifestLineError with `line` and the broken rule's id."""
    return _parse(text if isinstance(text, str) else decoded(text, line=line), line, _plain)


def parse_exactly(text: str | bytes, *, line: int = 1) -> Json:
    """The same, but a number that no double holds exactly is a Decimal: for lines that are written back by `dumps`."""
    return _parse(text if isinstance(text, str) else decoded(text, line=line), line, _exactly)


def decoded(data: bytes, *, line: int = 1) -> str:
    """The text of one line. Raises ManifestLineError (E-UTF8)."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ManifestLineError(
            line, "E-UTF8", f"Byte {error.start + 1} of the line is no UTF-8.", todo="Save the file as UTF-8."
        ) from None


def _parse(text: str, line: int, decode: Callable[[str], Any]) -> Json:
    try:
        parts = text.count("{") + text.count("[")
        if parts > MAX_PARTS:
            raise _Fault(
                "E-LINE-SIZE", f"The line holds more than {MAX_PARTS:,} lists and objects.", "Split the object."
            )
        value = decode(text)
        if parts > MAX_DEPTH:
            _check_depth(value)
        if "\\u" in text:
            _check_surrogates(value)
    except _Fault as fault:
        raise ManifestLineError(line, fault.rule, fault.problem, todo=fault.todo) from None
    except json.JSONDecodeError as error:
        raise ManifestLineError(
            line, "E-JSON", f"No JSON: {error.msg} at character {error.pos + 1}.", todo="Write one JSON object a line."
        ) from None
    except RecursionError:
        raise ManifestLineError(line, "E-JSON", _DEEP, todo="Flatten it.") from None
    if not isinstance(value, dict):
        raise ManifestLineError(
            line,
            "E-OBJ",
            f"The line is {_kind(value)}, not a JSON object.",
            todo='Begin it with {"source" or {"source-ref".',
        )
    return value


_DEEP = f"Lists and objects are nested deeper than {MAX_DEPTH}."


def _check_depth(value: object) -> None:
    level, depth = [value], 0
    while level := [inner for outer in level for inner in _inside(outer)]:
        depth += 1
        if depth > MAX_DEPTH:
            raise _Fault("E-JSON", _DEEP, "Flatten it.")


def _inside(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values()) or [None]  # an empty object is a level too
    if isinstance(value, list):
        return value or [None]
    return []


def _check_surrogates(value: object) -> None:
    try:
        dumps(value).encode()
    except UnicodeEncodeError:
        raise _Fault(
            "E-UTF8", "A string holds half of a surrogate pair, which UTF-8 can't hold.", "Write the whole character."
        ) from None


def _kind(value: object) -> str:
    names = {list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


class _NeedsExactness(Exception):
    pass


def _unknown(value: object) -> NoReturn:
    if isinstance(value, Decimal):
        raise _NeedsExactness
    raise TypeError(f"{type(value).__name__} has no place in a manifest")


_compact = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"), default=_unknown
).encode


def dumps(value: object) -> str:
    """JSON text as the writer puts it: no spaces, characters as they are, a Decimal's every digit.

    Raises ValueError on NaN and Infinity, TypeError on what is no JSON.
    """
    try:
        return _compact(value)
    except _NeedsExactness:
        return _encoded(value)


def _encoded(value: object) -> str:
    # Only for lines with numbers beyond a double; the C encoder can't be told how to write a number.
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_compact(key)}:{_encoded(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_encoded, value)) + "]"
    return _compact(value)


def same_json(a: object, b: object) -> bool:
    """Whether two parsed values are equal as JSON: order of keys is nothing, 1 equals 1.0, true is not 1."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_json(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_json, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and a == b
