"""JSON bodies that both databases can keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from labeling.errors import BadRequest

SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")  # nul, or half of a surrogate pair: as bytes neither is JSON


class StorableJson(JSONParser):
    """Refuses nul characters and lone surrogates: PostgreSQL keeps neither in JSON, SQLite no lone surrogates."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read()
        try:
            value = super().parse(BytesIO(raw), media_type, parser_context)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        if SUSPECT.search(raw):
            _check(value)
        return value


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
