"""The output beside its input: as many lines, and all that each line held (spec section 13, X-LINES)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.errors import ManifestLineError
from labeling.formats.findings import pointer
from labeling.formats.lines import BOM, RawLine, raw_lines
from labeling.formats.names import META
from labeling.formats.references import ReferenceRefused, classify
from labeling.formats.strictjson import parse_exactly, same_json
from labeling.formats.validator.rules import Broken
from labeling.task_types.base import Json


class Beside:
    """Walks through the input in step with the output."""

    def __init__(self, came: Iterator[RawLine]) -> None:
        self._came = came
        self._ended = False

    def see(self, raw: RawLine) -> Iterator[Broken]:
        """X-LINES of one line of the output."""
        came = next(self._came, None)
        if came is None:
            if not self._ended:  # once is enough
                self._ended = True
                yield Broken("X-LINES", "", f"The input ends after {raw.number - 1:,} lines; the output goes on.")
        elif came.data != raw.data or came.data is None:
            yield from _differences(came, raw)

    def end(self, last: int) -> Iterator[Broken]:
        """X-LINES of the whole: the input goes on."""
        missing = sum(1 for _ in self._came)
        if missing:
            yield Broken("X-LINES", "", f"The output ends after {last:,} lines; the input has {missing:,} more.")


def beside(input_stream: Any, *, max_bytes: int) -> Beside:
    return Beside(raw_lines(input_stream, max_bytes=max_bytes))


def _differences(came: RawLine, raw: RawLine) -> Iterator[Broken]:
    before, after = _object(came), _object(raw)
    if before is None or after is None:
        if after is not None:  # what is wrong with the output's own line is told by its own rule
            yield Broken("X-LINES", "", "The line of the input can't be read, so nothing tells that it is this one.")
        return
    for key, value in before.items():
        if _may_change(key, before):
            continue
        if key not in after:
            yield Broken("X-LINES", "", f"The key {key[:140]!r} of the input is missing.")
        elif not same_json(value, after[key]) and not (key == "source-ref" and _is_prefixed(value, after[key])):
            yield Broken("X-LINES", pointer(key), "The value is not the input's.")


def _object(raw: RawLine) -> Json | None:
    try:
        return None if raw.data is None else parse_exactly(raw.data.removeprefix(BOM))
    except ManifestLineError:
        return None


def _may_change(key: str, before: Json) -> bool:
    # A failed object is worked on again under the same name: its record gives way to a label or a newer record.
    meta = before[key] if key.endswith(META) else None
    return isinstance(meta, dict) and "failure-reason" in meta


def _is_prefixed(came: Any, written: Any) -> bool:
    # The export may map a relative reference below an address (--source-prefix).
    try:
        reference = classify(came) if isinstance(came, str) else None
    except ReferenceRefused:
        return False
    if reference is None or reference.kind != "relative" or not isinstance(written, str):
        return False
    return "://" in written and written.endswith("/" + "/".join(reference.path))
