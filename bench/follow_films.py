"""Films made here with the truth about every frame: things of their own texture, on a textured and noisy ground."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

FRAMES = 66
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Scene:
    """What happens to the things of a film."""

    name: str
    speed: float = 4.0  # px a frame, at most
    growth: float = 0.0  # a frame
    hidden: bool = False  # poles stand before the things
    shaking: float = 0.0  # px: the camera's
    light: float = 0.0  # share by which the light changes, there and back
    crossing: bool = False  # they begin anywhere, and cover each other; else each has a quarter of the picture
    things: int = 4
    size: tuple[int, int] = (1280, 720)
    seed: int = 1


SCENES = (
    Scene("moving"),
    Scene("fast", speed=16.0, seed=2),
    Scene("growing", growth=0.015, speed=3.0, seed=3),
    Scene("shrinking", growth=-0.012, speed=3.0, seed=4),
    Scene("partly hidden", hidden=True, speed=4.0, seed=5),
    Scene("shaking, light changes", shaking=3.0, light=0.35, seed=6),
    Scene("crossing", growth=0.01, crossing=True, seed=3),
)


def texture(size: tuple[int, int], rng: np.random.Generator, *, contrast: float, grain: int, mean: int) -> Image.Image:
    """Blots of two sizes, in a colour of its own."""
    width, height = size
    total = np.zeros((height, width))
    for step, share in ((grain, 0.6), (max(2, grain // 4), 0.4)):
        small = rng.normal(size=(height // step + 2, width // step + 2))
        blown = Image.fromarray(small.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
        total += share * np.asarray(blown)
    tint = rng.uniform(0.7, 1.3, 3)
    picture = np.clip(mean + contrast * total[:, :, None] * tint + 20 * (tint - 1), 0, 255)
    return Image.fromarray(picture.astype(np.uint8))


@dataclass
class Thing:
    picture: Image.Image
    mask: Image.Image
    at: NDArray[np.float64]  # its middle
    speed: NDArray[np.float64]
    bend: float


def thing_of(number: int, scene: Scene, rng: np.random.Generator) -> Thing:
    size = (int(rng.integers(50, 220)), int(rng.integers(50, 220)))
    large = (2 * size[0], 2 * size[1])  # drawn at twice the size: it may grow
    picture = texture(large, rng, contrast=45, grain=24, mean=int(rng.integers(80, 190)))
    mask = Image.new("L", large, 0)
    draw = ImageDraw.Draw(mask)
    box = (0, 0, large[0] - 1, large[1] - 1)
    if number % 2:
        draw.ellipse(box, fill=255)
    else:
        draw.rounded_rectangle(box, radius=20, fill=255)
    way = rng.uniform(0, 2 * np.pi)
    share = rng.uniform(0.3, 0.7, 2)
    if not scene.crossing:
        share = (np.array([number % 2, number // 2 % 2]) + rng.uniform(0.45, 0.55, 2)) / 2
    middle = share * scene.size
    speed = rng.uniform(0.4, 1.0) * scene.speed * np.array([np.cos(way), np.sin(way)])
    return Thing(picture, mask, middle, speed, float(rng.uniform(-0.03, 0.03)))


def drawn(canvas: Image.Image, thing: Thing, middle: NDArray[np.float64], scale: float) -> Box:
    """The thing on the canvas, to the fraction of a px; its box, uncut."""
    width, height = thing.picture.size[0] / 2 * scale, thing.picture.size[1] / 2 * scale
    left, top = middle[0] - width / 2, middle[1] - height / 2
    x, y = int(np.floor(left)), int(np.floor(top))
    size = (int(np.ceil(width)) + 2, int(np.ceil(height)) + 2)
    zoom = 2 / scale
    matrix = (zoom, 0, -zoom * (left - x), 0, zoom, -zoom * (top - y))
    small = thing.picture.filter(ImageFilter.BoxBlur(zoom / 4))
    picture = small.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    mask = thing.mask.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    canvas.paste(picture, (x, y), mask)
    return (float(left), float(top), float(left + width), float(top + height))


def make_scene(scene: Scene, path: Path) -> list[list[Box | None]]:
    """Write the film; for each thing its box in every frame, cut to the picture, None where most of it is out of it."""
    rng = np.random.default_rng(scene.seed)
    width, height = scene.size
    margin = 16
    ground = texture((width + 2 * margin, height + 2 * margin), rng, contrast=30, grain=40, mean=120)
    things = [thing_of(number, scene, rng) for number in range(scene.things)]
    poles = [int(x) for x in np.linspace(0.1, 0.9, 6) * width] if scene.hidden else []
    truth: list[list[Box | None]] = [[] for _ in things]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(
            "libx264", rate=30, options={"preset": "veryfast", "threads": "1", "crf": "24"}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(FRAMES):
            shake = rng.normal(0, scene.shaking, 2) if scene.shaking else np.zeros(2)
            x, y = (np.clip(margin + shake, 0, 2 * margin)).round().astype(int)
            shift = margin - np.array([x, y])
            canvas = ground.crop((x, y, x + width, y + height))
            for index, thing in enumerate(things):
                box = drawn(canvas, thing, thing.at + shift, (1 + scene.growth) ** number)
                truth[index].append(cut(box, scene.size))
                turn = np.array([[np.cos(thing.bend), -np.sin(thing.bend)], [np.sin(thing.bend), np.cos(thing.bend)]])
                thing.speed = turn @ thing.speed
                thing.at = thing.at + thing.speed
            draw = ImageDraw.Draw(canvas)
            for pole in poles:
                draw.rectangle((pole + shift[0], 0, pole + shift[0] + 22, height), fill=(70, 60, 50))
            light = 1 + scene.light * np.sin(number / 12)
            noisy = np.asarray(canvas) * light + rng.normal(0, 5, (height, width, 1))
            frame = av.VideoFrame.from_ndarray(np.clip(noisy, 0, 255).astype(np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return truth


def cut(box: Box, size: tuple[int, int]) -> Box | None:
    left, top, right, bottom = max(box[0], 0), max(box[1], 0), min(box[2], size[0]), min(box[3], size[1])
    inside = max(0.0, right - left) * max(0.0, bottom - top)
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return (left, top, right, bottom) if inside > 0.3 * whole else None
