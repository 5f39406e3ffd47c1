"""What a file is, by our own look at its first bytes. Names and declared types are never believed."""

from __future__ import annotations

from typing import Final

from labeling.task_types.base import Medium

HEAD: Final = 512  # bytes that `sniff` wants to see

MEDIA: Final[dict[str, Medium]] = {
    "jpeg": "image",
    "png": "image",
    "webp": "image",
    "gif": "image",
    "tiff": "image",
    "mp4": "video",
    "webm": "video",
    "ogg": "video",
}
CONTENT_TYPES: Final = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "ogg": "video/ogg",
    "text": "text/plain; charset=utf-8",
}
UNKNOWN: Final = "application/octet-stream"

_PREFIXES: Final = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"OggS", "ogg"),
)
# ISO base media: the brand tells a film (these) from a HEIC or AVIF picture, a QuickTime file or a sound.
_MP4_BRANDS: Final = (b"iso", b"mp4", b"avc", b"M4V", b"dash", b"cmf", b"3gp", b"MSNV")
_STRANGERS: Final = (
    (b"#EXTM3U", "a playlist, which points at other files"),
    (b"ffconcat", "a playlist, which points at other files"),
    (b"%!PS", "a PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (b"%PDF", "a PDF document"),
    (b"8BPS", "a Photoshop file"),
    (b"BM", "a Windows bitmap"),
    (b"SIMPLE  =", "a FITS file"),
    (b"PK\x03\x04", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML document"),
    (b"<!doctype", "an HTML page"),
    (b"<html", "an HTML page"),
)


def sniff(head: bytes) -> str | None:
    """The format of a file that begins with `head` (HEAD bytes are enough); None when we don't read it."""
    for prefix, name in _PREFIXES:
        if head.startswith(prefix):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12].startswith(_MP4_BRANDS):
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return "webm"
    return None


def stranger(head: bytes) -> str:
    """A few words for what `sniff` refuses, for the message to the lead."""
    if not head:
        return "empty"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for prefix, name in _STRANGERS:
        if head.startswith(prefix) or text[: len(prefix)].lower() == prefix.lower():
            return name
    return "of a kind that we don't know"


def content_type_of(format_name: str | None) -> str:
    """What a browser is told. Unknown bytes are a download."""
    return CONTENT_TYPES.get(format_name or "", UNKNOWN)
