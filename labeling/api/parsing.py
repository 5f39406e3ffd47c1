"""JSON bodies: no larger than their door allows, and such that both databases can keep what they hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any, Final, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from labeling.errors import BadRequest, TooLarge

MAX_BODY: Final = 2**20  # bytes, where a view names no other `max_body`
MAX_DIGITS: Final = 300  # of a whole number: some of what counts with it counts in floats
SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")  # nul, or half of a surrogate pair: as bytes neither is JSON


class StorableJson(BaseParser):
    """Refuses nul characters, lone surrogates and numbers beyond a float: no JSON column keeps them all.

    Not DRF's JSONParser: for that one the whole body is read before its size is looked at, as if it were a form.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = _limited(stream, getattr((parser_context or {}).get("view"), "max_body", MAX_BODY))
        try:
            value = json.loads(raw.decode(), parse_float=_finite, parse_int=_whole, parse_constant=_refuse)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"This is no JSON: {error}") from error
        if SUSPECT.search(raw):
            _check(value)
        return value


def _limited(stream: IO[bytes], most: int) -> bytes:
    """The body, counted as it comes: what its head says of its length may be missing or wrong."""
    raw = stream.read(most + 1)
    if len(raw) > most:
        raise TooLarge(f"This is more than {most / 2**20:g} MiB.", todo="Send less at a time.")
    return raw


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"the number {text[:40]}... is too large")
    return int(text)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _check(value: Any) -> None:
    """Raises BadRequest with a JSON pointer to the first text that can't be kept."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        where, one = waiting.pop()
        if isinstance(one, str):
            if not _storable(one):
                raise BadRequest("A text holds a character that can't be kept.", where=where, todo="Leave it out.")
        elif isinstance(one, dict):
            waiting += [(where, key) for key in one]
            waiting += [(f"{where}/{key}", inner) for key, inner in one.items()]
        elif isinstance(one, list):
            waiting += [(f"{where}/{place}", inner) for place, inner in enumerate(one)]


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
