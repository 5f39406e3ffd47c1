"""What an input line must hold for a job of a medium (spec sections 2 and 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from labeling.errors import ManifestLineError
from labeling.formats.findings import Finding, pointer
from labeling.formats.lines import Line
from labeling.formats.names import META
from labeling.formats.references import Reference, ReferenceRefused, classify
from labeling.formats.strictjson import dumps
from labeling.task_types.base import Json, Medium

SourceKey = Literal["source", "source-ref"]
MAX_LINE_CHARACTERS = 100_000
MAX_VALUE_CHARACTERS = 20_000
STREAM_KEY = "dataset-objectid-attribute-name"


@dataclass(frozen=True, slots=True)
class Source:
    """The data object of a line: an inline text (`source`, no reference) or a reference (`source-ref`)."""

    key: SourceKey
    value: str
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class InputLine:
    """A line that a job can take, with what the lead should know of it."""

    source: Source
    warnings: tuple[Finding, ...]


def check_input(line: Line, medium: Medium) -> InputLine:
    """A text job takes `source`, or `source-ref` of a text file; the others take `source-ref`.

    Raises ManifestLineError by rule: E-DOLLAR, E-LINE-SIZE, E-SRC, E-SRC-BOTH, E-SRC-TYPE, and our own E-SRC-SCHEME for
    a reference that is never followed.
    """
    for key in dollar_keys(line.object):
        raise ManifestLineError(
            line.number, "E-DOLLAR", f"The key {key[:40]!r} begins with $.", pointer=pointer(key), todo="Rename it."
        )
    warnings = tuple(_size_warnings(line))
    source = _source(line, medium)
    return InputLine(source, warnings)


def dollar_keys(line_object: Json) -> list[str]:
    """Top-level keys that begin with $, but not the one that names a streamed object's id (spec section 3.4)."""
    allowed = line_object.get(STREAM_KEY)
    return [key for key in line_object if key.startswith("$") and key != allowed]


def large_values(text: str, line_object: Json) -> Iterator[tuple[str, int]]:
    """Top-level keys whose value's JSON text is over the service's limit, with its characters."""
    if len(text) > MAX_VALUE_CHARACTERS:  # values can't be longer than their line
        for key, value in line_object.items():
            if (size := len(dumps(value))) > MAX_VALUE_CHARACTERS:
                yield key, size


def holds_labels(line_object: Json) -> bool:
    return any(key.endswith(META) for key in line_object)


def _size_warnings(line: Line) -> Iterator[Finding]:
    size = len(line.text)
    if size > MAX_LINE_CHARACTERS:
        said = f"The line has {size:,} characters; the limit is {MAX_LINE_CHARACTERS:,}."
        if not holds_labels(line.object):
            raise ManifestLineError(line.number, "E-LINE-SIZE", said, todo="Put the object into a file of its own.")
        yield Finding(line.number, "", "W-LINE-SIZE", "warning", said, "It can't be chained back into the service.")
    for key, value_size in large_values(line.text, line.object):
        said = f"The value has {value_size:,} characters; the limit is {MAX_VALUE_CHARACTERS:,}."
        yield Finding(
            line.number, pointer(key), "W-SIZE", "warning", said, "It can't be chained back into the service."
        )


def _source(line: Line, medium: Medium) -> Source:
    inline, referred = "source" in line.object, "source-ref" in line.object
    if inline and referred:
        raise ManifestLineError(
            line.number, "E-SRC-BOTH", "The line has source and source-ref.", todo="Keep one of them."
        )
    if inline and medium == "text":
        return Source("source", _text(line, "source", line.object["source"]))
    if referred:
        value = _text(line, "source-ref", line.object["source-ref"])
        return Source("source-ref", value, _reference(line, value))
    wanted = 'Give the text as "source".' if medium == "text" else 'Give the file as "source-ref".'
    said = f"A {medium} job can't take an inline source." if inline else "The line names no data object."
    raise ManifestLineError(line.number, "E-SRC", said, todo=wanted)


def _text(line: Line, key: SourceKey, value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise ManifestLineError(
        line.number,
        "E-SRC-TYPE",
        f"{key} is not a non-empty string.",
        pointer=pointer(key),
        todo="Write the object as a string.",
    )


def _reference(line: Line, value: str) -> Reference:
    try:
        return classify(value)
    except ReferenceRefused as error:
        raise ManifestLineError(
            line.number, "E-SRC-SCHEME", error.what, pointer="/source-ref", todo=error.todo
        ) from None
