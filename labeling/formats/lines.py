"""JSON Lines from a binary stream, strictly, one line at a time: a bad line is told and the next one is read.

Memory stays flat whatever the file holds: a line over the cap is skipped in pieces. Numbers of lines are for people
and begin with 1; the object id of the spec begins with 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from labeling.errors import ManifestLineError
from labeling.formats.strictjson import decoded, parse_object
from labeling.task_types.base import Json

MAX_LINE_BYTES = 16 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
_PIECE = 64 * 1024


class LineSource(Protocol):
    """Anything binary with readline: an open file, a BytesIO, an upload."""

    def readline(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class RawLine:
    """Bytes of one line without its end; None when it is larger than the cap."""

    number: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is one JSON object: `text` as it came, without the line's end."""

    number: int
    text: str
    object: Json

    @property
    def object_id(self) -> int:
        return self.number - 1


def raw_lines(stream: LineSource, *, max_bytes: int = MAX_LINE_BYTES) -> Iterator[RawLine]:
    """Split at `\\n` and drop a `\\r` before it; nothing is decoded."""
    number = 0
    while data := stream.readline(max_bytes + 2):  # + 2: the end itself does not count
        number += 1
        if data.endswith(b"\n"):
            data = data[:-2] if data.endswith(b"\r\n") else data[:-1]
        elif len(data) > max_bytes:
            _skip_rest(stream)
        yield RawLine(number, data if len(data) <= max_bytes else None)


def _skip_rest(stream: LineSource) -> None:
    while (piece := stream.readline(_PIECE)) and not piece.endswith(b"\n"):
        pass


def read_lines(
    stream: LineSource, *, max_bytes: int = MAX_LINE_BYTES, allow_bom: bool = False
) -> Iterator[Line | ManifestLineError]:
    """Each line of a manifest, or what is wrong with it; nothing is raised for the content of a line.

    Rules: E-LINE-SIZE (over `max_bytes`), E-BLANK, E-BOM (skipped with `allow_bom`), E-UTF8, E-JSON, E-OBJ, E-DUPKEY,
    E-NAN.
    """
    for raw in raw_lines(stream, max_bytes=max_bytes):
        try:
            yield parsed(raw, max_bytes=max_bytes, allow_bom=allow_bom)
        except ManifestLineError as error:
            yield error


def parsed(raw: RawLine, *, max_bytes: int = MAX_LINE_BYTES, allow_bom: bool = False) -> Line:
    """Read one raw line. Raises ManifestLineError."""
    number, data = raw.number, raw.data
    if data is None:
        raise ManifestLineError(
            number,
            "E-LINE-SIZE",
            f"The line is longer than {max_bytes:,} bytes.",
            todo="Put the object into a file of its own.",
        )
    if number == 1 and data.startswith(BOM):
        if not allow_bom:
            raise ManifestLineError(
                1, "E-BOM", "The file begins with a byte order mark.", todo="Save it as UTF-8 without BOM."
            )
        data = data[len(BOM) :]
    if not data or data.isspace():
        raise ManifestLineError(number, "E-BLANK", "The line is blank.", todo="Delete it.")
    text = decoded(data, line=number)
    return Line(number, text, parse_object(text, line=number))
