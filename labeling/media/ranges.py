"""Byte ranges of HTTP (RFC 9110, section 14), as pure functions.

One 206 carries at most 1 MiB, whatever was asked for: a shorter range is legal, players ask again, and a slow viewer
never holds a thread for the length of a film.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

RANGE_CAP: Final = 1 << 20
_ONE = re.compile(r"(\d{0,18})-(\d{0,18})", re.ASCII)


class Whole(Enum):
    """No usable range was asked for: 200 with everything."""

    WHOLE = "whole"


class Unsatisfiable(Enum):
    """The range lies outside: 416 with `Content-Range: bytes */size`."""

    UNSATISFIABLE = "unsatisfiable"


WHOLE: Final = Whole.WHOLE
UNSATISFIABLE: Final = Unsatisfiable.UNSATISFIABLE


@dataclass(frozen=True)
class Span:
    """206: the bytes `start` to `end`, both included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start + 1

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.end}/{size}"


def parse_range(header: str | None, size: int, *, cap: int = RANGE_CAP) -> Span | Whole | Unsatisfiable:
    """What to answer to a Range header for `size` bytes.

    Of several ranges the first satisfiable one is served (a server may ignore the rest). Whatever doesn't follow the
    grammar is ignored, as section 14.2 asks.
    """
    unit, equals, ranges = (header or "").partition("=")
    if not equals or unit.strip().lower() != "bytes":
        return WHOLE
    spans = [_span(one.strip(), size, cap) for one in ranges.split(",")[:64] if one.strip()]
    if not spans or WHOLE in spans:
        return WHOLE
    return next((span for span in spans if isinstance(span, Span)), UNSATISFIABLE)


def _span(one: str, size: int, cap: int) -> Span | Literal[Whole.WHOLE, Unsatisfiable.UNSATISFIABLE]:
    match = _ONE.fullmatch(one)
    if match is None or match[0] == "-":
        return WHOLE
    first, last = match.groups()
    if not first:
        length = int(last)
        start, end = max(0, size - length), size - 1
        if length == 0:
            return UNSATISFIABLE
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return WHOLE
    if start >= size:
        return UNSATISFIABLE
    return Span(start, min(end, start + cap - 1))


def etag_of(digest: str, variant: str = "") -> str:
    """A strong validator: the bytes of a digest and a variant never change."""
    return f'"{digest}{variant and "-" + variant}"'


def if_range_holds(header: str | None, etag: str) -> bool:
    """Whether a range may be served: no If-Range, or ours. A date never holds: we send none (section 13.1.5)."""
    return header is None or header.strip() == etag


def not_modified(if_none_match: str | None, etag: str) -> bool:
    """Whether 304 is right: the weak comparison of section 13.1.2."""
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return etag in tags or "*" in tags
