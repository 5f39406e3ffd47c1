"""Text documents: UTF-8, kept to the last code point. Offsets of answers count on it, so nothing is ever normalised."""

from __future__ import annotations

from pathlib import Path

from labeling.errors import TooLarge, UnsupportedMedia
from labeling.media.limits import Limits


def read_text(path: Path, limits: Limits) -> str:
    """The text as it is: line ends, byte order mark, composed letters untouched. Raises TooLarge, UnsupportedMedia."""
    with path.open("rb") as file:
        raw = file.read(limits.text_bytes + 1)
    if len(raw) > limits.text_bytes:
        raise TooLarge(
            f"The text is larger than {limits.text_bytes / 1e6:.1f} MB.", where=path.name, todo="Cut it into parts."
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnsupportedMedia(
            f"The text is not UTF-8: byte {error.start} is {raw[error.start]:#04x}.",
            where=path.name,
            todo="Save it as UTF-8.",
        ) from error
    if not text:
        raise UnsupportedMedia("The text is empty.", where=path.name)
    if "\0" in text:
        raise UnsupportedMedia("The file holds NUL characters: it is no text.", where=path.name)
    return text
