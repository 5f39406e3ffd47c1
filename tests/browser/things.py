"""Small files of the tests' own making, whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

GROUND, CAR, BUS = (176, 182, 172), (178, 58, 46), (52, 84, 148)


@dataclass(frozen=True)
class Box:
    """Left, top, width, height in px of the picture; `category` is the class id."""

    left: float
    top: float
    width: float
    height: float
    category: int = 0

    @property
    def corners(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return (self.left, self.top), (self.left + self.width, self.top + self.height)


def street(path: Path, boxes: Sequence[Box], *, width: int = 640, height: int = 400) -> Path:
    """A plain ground with one filled rectangle a box, red for class 0, blue for the others."""
    picture = Image.new("RGB", (width, height), GROUND)
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        (left, top), (right, bottom) = box.corners
        pen.rectangle((left, top, right - 1, bottom - 1), fill=BUS if box.category else CAR)
    picture.save(path)
    return path


def clip(path: Path, *, frames: int = 30) -> Path:
    """A square that moves to the right: 160 x 96 px, 10 frames a second, VP9."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx-vp9", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(frames):
            frame = np.full((96, 160, 3), 180, dtype=np.uint8)
            frame[30:60, 4 * number : 4 * number + 30] = CAR
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return path
