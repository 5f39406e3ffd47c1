"""What a file is, by its bytes."""

from __future__ import annotations

import pytest

from labeling.media.sniff import content_type_of, sniff, stranger


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF89a", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"II*\x00", "tiff"),
        (b"\x00\x00\x00\x18ftypisom", "mp4"),
        (b"\x00\x00\x00\x18ftypmp42", "mp4"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "webm"),
        (b"OggS\x00\x02", "ogg"),
        (b"", None),
        (b"\xff\xd8", None),
        (b"\x00\x00\x00\x18ftypheic", None),
        (b"\x00\x00\x00\x18ftypavif", None),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", None),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", None),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", None),
        (b"%!PS-Adobe-3.0 EPSF-3.0", None),
        (b"8BPS\x00\x01", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"%PDF-1.7", None),
        (b"<!DOCTYPE html><script>", None),
    ],
)
def test_a_file_is_what_its_bytes_say(head: bytes, found: str | None) -> None:
    assert sniff(head) == found


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n #EXTM3U", "playlist"),
        (b"%!PS", "PostScript"),
        (b"\xc5\xd0\xd3\xc6", "PostScript"),
        (b"8BPS", "Photoshop"),
        (b"  <SVG ", "SVG"),
        (b"<!DOCTYPE html>", "HTML"),
        (b"PK\x03\x04", "archive"),
        (b"\x01\x02", "don't know"),
    ],
)
def test_a_refusal_names_what_the_file_is(head: bytes, words: str) -> None:
    assert words in stranger(head)


def test_unknown_bytes_are_served_as_a_download() -> None:
    assert content_type_of(None) == "application/octet-stream"
    assert content_type_of("svg") == "application/octet-stream"
    assert content_type_of("png") == "image/png"
