from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from labeling.task_types.index_png import GREY, PALETTE, SIGNATURE, BadPng, read_png, write_png

PICTURE = np.arange(12, dtype=np.uint8).reshape(3, 4) % 3
COLOURS = [(255, 255, 255), (1, 2, 3), (200, 100, 50)]
WRITTEN = write_png(PICTURE, COLOURS)


@settings(max_examples=40, deadline=None)
@given(size=st.tuples(st.integers(1, 9), st.integers(1, 9)), seed=st.integers(0, 99), grey=st.booleans())
def test_what_is_written_reads_back_here_and_in_another_library(size: tuple[int, int], seed: int, grey: bool) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, size).astype(np.uint8)
    data = write_png(picture, [] if grey else COLOURS)
    assert (read_png(data, size=size, kind=GREY if grey else PALETTE).picture == picture).all()
    other = Image.open(io.BytesIO(data))
    assert other.mode == ("L" if grey else "P")
    assert (np.asarray(other) == picture).all()


def test_a_palette_has_256_colours_white_where_none_is_named_and_no_transparency() -> None:
    palette = read_png(WRITTEN, size=(3, 4), kind=PALETTE).palette
    assert palette == (*COLOURS, *[(255, 255, 255)] * 253)
    image = Image.open(io.BytesIO(WRITTEN))
    assert "transparency" not in image.info
    assert image.info.get("interlace", 0) == 0
    assert image.convert("RGB").getpixel((1, 0)) == COLOURS[1]


def test_the_same_picture_is_the_same_bytes() -> None:
    assert write_png(PICTURE.copy(), list(COLOURS)) == WRITTEN


@pytest.mark.parametrize("options", [{"interlace": 1}, {"optimize": True}, {}])
def test_other_writers_filters_and_text_chunks_are_read(options: dict[str, int]) -> None:
    image = Image.open(io.BytesIO(write_png(np.tile(PICTURE, (9, 9)), COLOURS)))
    sink = io.BytesIO()
    image.save(sink, "PNG", **options)
    assert (read_png(sink.getvalue(), size=None, kind=PALETTE).picture == np.tile(PICTURE, (9, 9))).all()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def made(header: tuple[int, ...] = (4, 3, 8, 0, 0, 0, 0), pixels: bytes = b"", **more: bytes) -> bytes:
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", *header))]
    parts += [chunk(name.encode(), data) for name, data in more.items()]
    return SIGNATURE + b"".join([*parts, chunk(b"IDAT", pixels), chunk(b"IEND", b"")])


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (b"", GREY, "no PNG"),
        (b"\xff\xd8\xff", GREY, "no PNG"),
        (WRITTEN[:40], PALETTE, "damaged"),
        (WRITTEN, GREY, "no 8-bit grey"),
        (write_png(PICTURE), PALETTE, "no 8-bit palette"),
        (made((4, 3, 16, 0, 0, 0, 0)), GREY, "no 8-bit grey"),
        (made((4, 3, 8, 2, 0, 0, 0)), GREY, "no 8-bit grey"),
        (made((5, 3, 8, 0, 0, 0, 0)), GREY, "5 x 3 pixels; the image has 4 x 3"),
        (made((4, 3, 8, 3, 0, 0, 0)), PALETTE, "no palette"),
        (made((4, 3, 8, 3, 0, 0, 0), PLTE=b"\0" * 4), PALETTE, "palette is damaged"),
        (made((4, 3, 8, 3, 0, 0, 0), PLTE=b"\0" * 771), PALETTE, "palette is damaged"),
        (made(pixels=b"no zlib"), GREY, "damaged"),
        (made(pixels=zlib.compress(b"\0" * 9)), GREY, "damaged"),
        (made((4, 3, 8, 0, 0, 0, 7)), GREY, "not of a picture"),
        (SIGNATURE + chunk(b"IEND", b""), GREY, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**32 - 1) + b"IHDR" + b"\0" * 20, GREY, "damaged"),
    ],
)
def test_what_is_no_such_png_is_refused_with_its_reason(data: bytes, kind: int, said: str) -> None:
    with pytest.raises(BadPng, match=said):
        read_png(data, size=(3, 4), kind=kind)


def test_a_huge_header_is_refused_before_anything_is_decoded() -> None:
    bomb = made((2**31 - 1, 2**31 - 1, 8, 0, 0, 0, 0), zlib.compress(b"\0" * 1_000_000))
    with pytest.raises(BadPng, match="pixels"):
        read_png(bomb, size=(3, 4), kind=GREY)
    with pytest.raises(BadPng, match="not of a picture"):
        read_png(bomb, size=None, kind=GREY)


def test_more_pixels_than_the_header_says_are_left_alone() -> None:
    rows = b"".join(b"\0" + bytes(row) for row in PICTURE) + b"\0" * 1_000_000
    assert (read_png(made(pixels=zlib.compress(rows)), size=(3, 4), kind=GREY).picture == PICTURE).all()
