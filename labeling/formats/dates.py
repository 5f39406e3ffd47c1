"""Times as manifests and output folders spell them (spec sections 6, 9 and 10.1). All are UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{3}|\d{6}))?(?:Z|\+00:?00)?", re.ASCII)
_EXACT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", re.ASCII)


def write_date(when: datetime) -> str:
    """`creation-date`: six fraction digits, no zone suffix. `when` must be aware; ValueError otherwise."""
    return _utc(when).isoformat(timespec="microseconds")[:26]  # half the time of strftime; a million lines feel it


def read_date(text: str) -> datetime:
    """Every form met in real files: 0, 3 or 6 fraction digits, optional Z, +0000 or +00:00. Raises ValueError."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no date of the form YYYY-MM-DDTHH:MM:SS.ffffff")
    second, fraction = found.groups()
    return datetime.fromisoformat(second).replace(microsecond=int((fraction or "0").ljust(6, "0")), tzinfo=UTC)


def is_exact(text: str) -> bool:
    """Whether a readable date also has the one form that all public readers parse."""
    return _EXACT.fullmatch(text) is not None


def write_moment(when: datetime) -> str:
    """Times of worker responses: milliseconds and Z."""
    return f"{_utc(when):%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def stamp(when: datetime) -> str:
    """Names of response files, to the second."""
    return _utc(when).strftime("%Y-%m-%d_%H:%M:%S")


def _utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError("a time without a zone can't be written as UTC")
    return when if when.tzinfo is UTC else when.astimezone(UTC)
