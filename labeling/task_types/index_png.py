"""PNGs whose pixel values are numbers, not colours: 8-bit palette and 8-bit grey (spec sections 7.4 and 7.12).

A file is untrusted: its header is compared with the picture that is expected before anything is decoded, and what is
neither size, palette nor pixels never reaches the decoder.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST = 64 << 20  # bytes of a file
GREY, PALETTE = 0, 3  # PNG colour types
WHITE: Colour = (255, 255, 255)


class BadPng(ValueError):
    """It is not the PNG that the format asks for; the text says why."""


@dataclass(frozen=True)
class IndexPng:
    """`picture`: (height, width) values; `palette`: the colour of each value, empty in grey files."""

    picture: Picture
    palette: tuple[Colour, ...] = ()


def write_png(picture: Picture, palette: Sequence[Colour] = ()) -> bytes:
    """The picture as PNG, not interlaced: with a palette filled up to 256 with white, or grey. The same bytes twice."""
    height, width = picture.shape
    kind = PALETTE if palette else GREY
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))]
    if palette:
        filled = [*palette, *[WHITE] * (256 - len(palette))]
        parts.append((b"PLTE", bytes(value for colour in filled for value in colour)))
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # each row begins with the number of its filter: none
    rows[:, 1:] = picture
    parts += [(b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def read_png(data: bytes, *, size: tuple[int, int] | None, kind: int) -> IndexPng:
    """`size`: (height, width) that the picture must have (None: any up to 100 megapixels); `kind`: GREY or PALETTE.

    Raises BadPng before anything large is allocated.
    """
    chunks = _chunks(data)
    width, height, depth, found, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if (depth, found) != (8, kind):
        raise BadPng(f"It is no 8-bit {'palette' if kind == PALETTE else 'grey'} PNG.")
    if size is not None and (height, width) != size:
        raise BadPng(f"It has {width} x {height} pixels; the image has {size[1]} x {size[0]}.")
    if not 0 < width * height <= 100_000_000 or interlaced > 1:
        raise BadPng("Its header is not of a picture that we read.")
    plain = SIGNATURE + b"".join(_chunk(name, chunks[name]) for name in (b"IHDR", b"PLTE", b"IDAT") if name in chunks)
    palette = chunks.get(b"PLTE", b"")
    colours = tuple(zip(palette[0::3], palette[1::3], palette[2::3], strict=True)) if kind == PALETTE else ()
    return IndexPng(_pixels(plain + _chunk(b"IEND", b""), "P" if kind == PALETTE else "L"), colours)


def _pixels(plain: bytes, mode: str) -> Picture:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # its size is the expected one
            image = Image.open(io.BytesIO(plain), formats=("PNG",))
            image.load()
    except (OSError, SyntaxError, ValueError, struct.error, zlib.error, Image.DecompressionBombError) as error:
        raise BadPng("Its pixels can't be read: it is damaged.") from error
    if image.mode != mode:
        raise BadPng("Its pixels can't be read: it is damaged.")
    return np.asarray(image, dtype=np.uint8)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _chunks(data: bytes) -> dict[bytes, bytes]:
    """Header, palette and pixels; a file of several pixel chunks has them joined."""
    if len(data) > LARGEST:
        raise BadPng(f"It is larger than {LARGEST >> 20} MiB.")
    if not data.startswith(SIGNATURE):
        raise BadPng("It is no PNG.")
    found: dict[bytes, list[bytes]] = {}
    place = len(SIGNATURE)
    while place + 12 <= len(data) and b"IEND" not in found:
        (length,) = struct.unpack_from(">I", data, place)
        name, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        if len(body) < length or data[place + 8 + length : place + 12 + length] != _check(name, body):
            raise BadPng("It is damaged, or cut off.")
        found.setdefault(name, []).append(body)
        place += 12 + length
    return _needed(found)


def _needed(found: dict[bytes, list[bytes]]) -> dict[bytes, bytes]:
    header, palette = found.get(b"IHDR", []), found.get(b"PLTE", [])
    if len(header) != 1 or len(header[0]) != 13 or b"IDAT" not in found or b"IEND" not in found:
        raise BadPng("It is damaged, or cut off.")
    chunks = {b"IHDR": header[0], b"IDAT": b"".join(found[b"IDAT"])}
    if palette:
        if len(palette) > 1 or not 0 < len(palette[0]) <= 768 or len(palette[0]) % 3:
            raise BadPng("Its palette is damaged.")
        chunks[b"PLTE"] = palette[0]
    elif header[0][9] == PALETTE:
        raise BadPng("It has no palette.")
    return chunks


def _check(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(name + body))
