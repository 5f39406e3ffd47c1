"""Short films made from the photographs: a window of the picture moves, grows, shrinks or stays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from PIL import Image

from labeling.cli.demo.manifests import Truth, class_truth
from labeling.cli.demo.photographs import load_photograph

CLASSES: Final = ("Moves left", "Moves right", "Zooms in", "Zooms out", "Holds still")
SIZE: Final = (384, 288)  # px; multiples of 32, where the colour conversion gives the same bytes each time
RATE: Final = 20  # frames a second
FRAMES: Final = 40

Window = tuple[float, float, float]  # left, top, width in px of the photograph; 4 : 3


@dataclass(frozen=True)
class Clip:
    """One film: from one window of a photograph to another."""

    photograph: str
    category: str
    first: Window
    last: Window


CLIPS: Final = (
    Clip("china.jpg", "Moves right", (10, 90, 260), (260, 90, 260)),
    Clip("flower.jpg", "Zooms in", (60, 20, 500), (225, 130, 190)),
    Clip("china.jpg", "Holds still", (70, 20, 300), (70, 20, 300)),
    Clip("china.jpg", "Moves left", (370, 180, 250), (150, 180, 250)),
    Clip("china.jpg", "Zooms out", (150, 30, 130), (20, 10, 520)),
    Clip("flower.jpg", "Moves left", (330, 60, 300), (90, 60, 300)),
    Clip("flower.jpg", "Holds still", (150, 70, 320), (150, 70, 320)),
    Clip("china.jpg", "Zooms in", (20, 5, 560), (175, 240, 150)),
    Clip("flower.jpg", "Moves right", (20, 110, 320), (300, 110, 320)),
    Clip("flower.jpg", "Zooms out", (280, 190, 90), (110, 50, 420)),
    Clip("china.jpg", "Moves right", (330, 190, 190), (448, 190, 190)),
    Clip("china.jpg", "Zooms in", (300, 170, 330), (385, 235, 130)),
    Clip("flower.jpg", "Moves left", (270, 230, 240), (190, 230, 240)),
    Clip("china.jpg", "Zooms out", (190, 140, 180), (130, 95, 310)),
    Clip("china.jpg", "Holds still", (380, 200, 240), (380, 200, 240)),
)


def write_clips(folder: Path) -> list[Truth]:
    """Two seconds each, H.264 in MP4, which current browsers play by themselves."""
    photographs = {name: load_photograph(name) for name in {clip.photograph for clip in CLIPS}}
    truths = []
    for number, clip in enumerate(CLIPS, start=1):
        name = f"clip-{number:02d}.mp4"
        _write(folder / name, photographs[clip.photograph], clip)
        source = {"source-ref": f"clips/{name}"}
        truths.append(class_truth(source, CLASSES.index(clip.category), CLASSES, "groundtruth/video-classification"))
    return truths


def _write(path: Path, photograph: Image.Image, clip: Clip) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "23", "preset": "veryfast"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1  # the same bytes on every machine
        for number in range(FRAMES):
            window = _between(clip.first, clip.last, number / (FRAMES - 1))
            picture = photograph.resize(SIZE, Image.Resampling.BILINEAR, box=_rect(window))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
        container.mux(stream.encode())


def _between(first: Window, last: Window, share: float) -> Window:
    eased = share * share * (3 - 2 * share)  # starts and ends gently, as a hand does
    left, top, width = (a + (b - a) * eased for a, b in zip(first, last, strict=True))
    return left, top, width


def _rect(window: Window) -> tuple[float, float, float, float]:
    left, top, width = window
    return left, top, left + width, top + width * SIZE[1] / SIZE[0]
