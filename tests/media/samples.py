"""Small files of our own making, good and bad."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from PIL import Image

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n"
PSD = b"8BPS" + bytes(60)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def picture(path: Path, *, width: int = 40, height: int = 30, mode: str = "RGB", orientation: int = 1) -> Path:
    """Left half dark, right half bright, so that a turn shows. The suffix chooses the format."""
    grey = np.zeros((height, width), dtype=np.uint8)
    grey[:, width // 2 :] = 230
    image = Image.fromarray(grey).convert(mode)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, exif=exif, **({"quality": 95} if path.suffix == ".jpg" else {}))
    return path


def png_claiming(width: int, height: int) -> bytes:
    """A valid PNG of a few hundred bytes whose header promises `width` x `height` px."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def film(
    path: Path,
    *,
    frames: int = 10,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    faststart: bool = False,
    size: tuple[int, int] = (64, 48),
) -> Path:
    """`size` px, width first, at 10 frames a second."""
    options = {"movflags": "+faststart"} if faststart else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        container.start_encoding()
        for number in range(frames):
            shade = np.full((size[1], size[0], 3), 20 * (number % 10), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        container.mux(stream.encode())
    return path


def sound(path: Path) -> Path:
    """An MP4 without any picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        for _ in range(4):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), dtype=np.float32), format="fltp", layout="mono")
            frame.sample_rate = 8000
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def cut(path: Path, share: float) -> Path:
    """Keep the first `share` of the bytes."""
    content = path.read_bytes()
    return write(path, content[: int(len(content) * share)])


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image
