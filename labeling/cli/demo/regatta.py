"""Two drawn films of boats and a buoy on a bay, to be followed from frame to frame; a post hides what passes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from PIL import Image, ImageDraw

from labeling.cli.demo.manifests import Truth

CLASSES: Final = ("Boat", "Buoy")
SIZE: Final = (384, 288)  # px; multiples of 32, where the colour conversion gives the same bytes each time
RATE: Final = 24  # frames a second
FRAMES: Final = 72
FINE: Final = 2  # drawn so many times as large: edges come out smooth
POST: Final = (176, 60, 208, 288)  # left, top, right, bottom in px
SKY: Final = 84  # px from the top

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Sailing:
    """A thing that moves evenly from one place to another and bobs; `size` px of the sail's or the buoy's height."""

    category: str
    colour: Colour
    size: float
    first: tuple[float, float]  # px of its foot's middle
    last: tuple[float, float]

    def at(self, frame: int) -> tuple[float, float]:
        share = frame / (FRAMES - 1)
        x, y = (a + (b - a) * share for a, b in zip(self.first, self.last, strict=True))
        return x, y + 2.5 * math.sin(frame / 7 + self.size)


FILMS: Final = (
    (
        Sailing("Boat", (196, 52, 44), 74, (60, 190), (330, 200)),
        Sailing("Buoy", (236, 140, 28), 40, (318, 250), (282, 252)),
    ),
    (
        Sailing("Boat", (236, 236, 228), 58, (350, 150), (40, 158)),
        Sailing("Boat", (28, 92, 148), 84, (40, 236), (300, 226)),
    ),
)


def write_films(folder: Path) -> list[Truth]:
    """Three seconds each, H.264 in MP4 without B-frames: the editor steps through them as they are. Nobody has drawn
    their truth: of what this gives only the sources count."""
    truths = []
    for number, things in enumerate(FILMS, start=1):
        name = f"bay-{number}.mp4"
        _write(folder / name, things)
        truths.append(Truth({"source-ref": f"bay/{name}"}, None, {}, "groundtruth/video-object-tracking"))
    return truths


def _write(path: Path, things: Sequence[Sailing]) -> None:
    options = {"crf": "21", "preset": "veryfast", "bf": "0", "g": "24"}
    ground = _ground()
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1  # the same bytes on every machine
        for frame in range(FRAMES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(_picture(ground, things, frame), format="rgb24")))
        container.mux(stream.encode())


def _ground() -> Image.Image:
    """Sky and water, with waves that lie still."""
    height, width = SIZE[1] * FINE, SIZE[0] * FINE
    down, across = np.mgrid[0:height, 0:width] / FINE
    water = np.stack([52 + down / 8, 108 + down / 6, 124 + down / 7], axis=2)
    water += (6 * np.sin(down / 3 + 2 * np.sin(across / 37)))[:, :, None]
    sky = np.stack([186 - down / 3, 208 - down / 4, 220 - down / 8], axis=2)
    return Image.fromarray(np.where((down < SKY)[:, :, None], sky, water).clip(0, 255).astype(np.uint8))


def _picture(ground: Image.Image, things: Sequence[Sailing], frame: int) -> Any:
    picture = ground.copy()
    draw = ImageDraw.Draw(picture)
    for thing in things:
        x, y = thing.at(frame)
        (_boat if thing.category == "Boat" else _buoy)(draw, thing, x, y)
    draw.rectangle([FINE * edge for edge in POST], fill=(92, 70, 52))
    return np.asarray(picture.resize(SIZE, Image.Resampling.BOX))


def _boat(draw: ImageDraw.ImageDraw, thing: Sailing, x: float, y: float) -> None:
    """A hull as long as the sail is high, the sail on it."""
    half, deep = 0.5 * thing.size, 0.2 * thing.size
    hull = [(x - half, y - deep), (x + half, y - deep), (x + 0.7 * half, y), (x - 0.7 * half, y)]
    sail = [(x - 0.1 * half, y - 1.2 * deep), (x - 0.1 * half, y - deep - thing.size), (x + 0.8 * half, y - 1.2 * deep)]
    _outline(draw, hull, (64, 46, 36))
    _outline(draw, sail, thing.colour)


def _buoy(draw: ImageDraw.ImageDraw, thing: Sailing, x: float, y: float) -> None:
    half = 0.3 * thing.size
    _outline(draw, [(x - half, y), (x + half, y), (x + 0.4 * half, y - thing.size), (x - 0.4 * half, y - thing.size)],
             thing.colour)  # fmt: skip


def _outline(draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], colour: Colour) -> None:
    draw.polygon([(FINE * x, FINE * y) for x, y in points], fill=colour)
