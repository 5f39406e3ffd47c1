"""Films whose frames carry their own number in pixels: six that are hard to step through, and odd ones.

Each frame shows a 12-bit barcode along its top edge: 12 blocks, white for 1, the highest bit first, between a white and
a black block that tell whether it was read at the right place. So whoever shows a frame can be asked which one it is.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

BLOCKS = 14  # white, 12 bits, black
WIDTH, HEIGHT = 224, 128  # px: a block is 16 px wide, one macroblock of H.264
BAR = 16  # px of the barcode's height in a picture of HEIGHT
VERSION = 2  # of the films: a new one when what is made changes

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Film:
    """A film of our making, with the truth about it."""

    name: str
    path: Path
    pts: tuple[int, ...]  # as they were given to the encoder, in ticks of `base`
    base: Fraction
    suits: bool  # can be stepped through as it is: no proxy is needed

    def __len__(self) -> int:
        return len(self.pts)


@dataclass(frozen=True)
class Recipe:
    """What the encoder is told."""

    suffix: str
    codec: str
    rate: Fraction = Fraction(30)
    frames: int = 240
    options: dict[str, str] = field(default_factory=dict)
    ticks: Callable[[int], int] = lambda number: number
    base: Fraction = Fraction(1, 30)
    suits: bool = False


def uneven(number: int) -> int:
    """Ticks of 1/1000 s: a rate that changes all the time, from 20 to 60 frames a second, as telephones record."""
    return number * 33 + (number * number * 7) % 17 + 40 * (number // 50)


X264 = {"preset": "veryfast", "threads": "1"}
VP9 = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "threads": "1"}
RECIPES = {
    "h264-b-frames-long-gop": Recipe(".mp4", "libx264", options={**X264, "bf": "3", "g": "250", "sc_threshold": "0"}),
    "h264-29.97": Recipe(
        ".mp4",
        "libx264",
        rate=Fraction(30000, 1001),
        base=Fraction(1001, 30000),
        options={**X264, "bf": "2", "g": "60"},
    ),
    "h264-no-b-short-gop": Recipe(".mp4", "libx264", options={**X264, "bf": "0", "g": "30"}, suits=True),
    "h264-variable-rate": Recipe(
        ".mp4", "libx264", base=Fraction(1, 1000), ticks=uneven, options={**X264, "bf": "2", "g": "60"}
    ),
    "vp9": Recipe(".webm", "libvpx-vp9", options={**VP9, "g": "30"}, suits=True),
    "vp9-variable-rate": Recipe(
        ".webm", "libvpx-vp9", base=Fraction(1, 1000), ticks=uneven, options={**VP9, "g": "120"}
    ),
}


def picture_of(number: int, *, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """(h, w, 3): the barcode, and below it a bright disc that wanders over a still, slanting ground."""
    down, across = np.mgrid[0:height, 0:width]
    ground = ((across + 2 * down) % 96 + 60).astype(np.uint8)
    picture = np.repeat(ground[:, :, None], 3, axis=2)
    x, y = 20 + (number * 5) % (width - 40), height // 4 + (number * 3) % (height // 2)
    picture[(across - x) ** 2 + (down - y) ** 2 < 200] = (250, 200, 40)
    bits = [1, *(number >> bit & 1 for bit in range(11, -1, -1)), 0]
    edges = np.linspace(0, width, BLOCKS + 1).astype(int)
    for bit, left, right in zip(bits, edges, edges[1:], strict=False):
        picture[: height * BAR // HEIGHT, left:right] = 235 * bit
    return picture


def read_number(picture: Picture) -> int:
    """The number in a frame of any size, (h, w) or (h, w, 3). Raises ValueError when there is no barcode."""
    grey = picture.mean(axis=2) if picture.ndim == 3 else picture.astype(float)
    height, width = grey.shape
    row = grey[int(height * BAR / HEIGHT / 2)]
    bits = [int(row[int((block + 0.5) * width / BLOCKS)] > 128) for block in range(BLOCKS)]
    if bits[0] != 1 or bits[-1] != 0:
        raise ValueError(f"no barcode: {bits}")
    return int("".join(map(str, bits[1:-1])), 2)


def make_film(
    path: Path, recipe: Recipe, *, muxing: dict[str, str] | None = None, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> None:
    """Write a film by its recipe, (width, height) px."""
    with av.open(str(path), "w", options=muxing or {}) as container:
        stream: Any = container.add_stream(recipe.codec, rate=recipe.rate, options=recipe.options)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = recipe.base
        for number in range(recipe.frames):
            picture = picture_of(number, width=size[0], height=size[1])
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = recipe.ticks(number), recipe.base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@cache
def films() -> dict[str, Film]:
    """The six, made once a machine and kept in the folder for temporary files."""
    folder = Path(tempfile.gettempdir()) / f"touchstone-films-{os.getuid()}-{VERSION}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} is somebody else's")
    return {name: _kept(name, recipe, folder) for name, recipe in RECIPES.items()}


def _kept(name: str, recipe: Recipe, folder: Path) -> Film:
    path = folder / f"{name}{recipe.suffix}"
    if not path.is_file():
        new = folder / f".{os.getpid()}-{path.name}"  # another test process may be making it, too
        make_film(new, recipe)
        new.replace(path)
    pts = tuple(recipe.ticks(number) for number in range(recipe.frames))
    return Film(name, path, pts, recipe.base, recipe.suits)


def decoded(path: Path) -> Iterator[tuple[Fraction, int]]:
    """(time in seconds, number in its pixels) of each frame, by decoding the whole film: the truth of the tests."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            assert frame.pts is not None and frame.time_base is not None  # noqa: PT018 - for mypy
            yield frame.pts * frame.time_base, read_number(frame.to_ndarray(format="rgb24"))
