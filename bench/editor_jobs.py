"""Jobs whose objects hold thousands of shapes: put there as a worker's browser does it, by a draft through the API."""

from __future__ import annotations

import math
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.browser.product import Product, wait_for

WIDTH, HEIGHT = 1920, 1080
SIDES = (12.0, 48.0)  # px of the picture, of a shape's box
CLASSES = ("Car", "Bus", "Person", "Sign")
LOT = 4_000  # records in one diff: the door takes 2 MiB
Geometry = Callable[[np.random.Generator, float, float, float, float], dict[str, Any]]


def photograph(path: Path, *, width: int = WIDTH, height: int = HEIGHT, seed: int = 1) -> Path:
    """Soft colours with some grain, as a camera's file has them; JPEG."""
    rng = np.random.default_rng(seed)
    soft = Image.fromarray(rng.integers(40, 220, (9, 16, 3), dtype=np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    grain = rng.integers(-6, 7, (height, width, 1), dtype=np.int16)
    Image.fromarray(np.clip(np.asarray(soft, dtype=np.int16) + grain, 0, 255).astype(np.uint8)).save(path, quality=85)
    return path


def box(_rng: np.random.Generator, left: float, top: float, width: float, height: float) -> dict[str, Any]:
    return {"left": left, "top": top, "width": width, "height": height}


def polygon(rng: np.random.Generator, left: float, top: float, width: float, height: float) -> dict[str, Any]:
    """50 vertices around an ellipse, each a little off it."""
    turns = np.arange(50) * (2 * math.pi / 50)
    far = rng.uniform(0.35, 0.5, 50)
    x, y = left + width * (0.5 + far * np.cos(turns)), top + height * (0.5 + far * np.sin(turns))
    return {"vertices": [{"x": round(float(a), 2), "y": round(float(b), 2)} for a, b in zip(x, y, strict=True)]}


def keypoint(_rng: np.random.Generator, left: float, top: float, width: float, height: float) -> dict[str, Any]:
    return {"x": round(left + width / 2, 2), "y": round(top + height / 2, 2)}


def mask(_rng: np.random.Generator, left: float, top: float, width: float, height: float) -> dict[str, Any]:
    """A filled ellipse as run lengths of the whole picture, column by column."""
    runs, end = [], 0
    for column in range(math.ceil(left), math.floor(left + width)):
        off = (column + 0.5 - left - width / 2) / (width / 2)
        half = math.sqrt(max(0.0, 1 - off * off)) * height / 2
        first, last = math.ceil(top + height / 2 - half - 0.5), math.floor(top + height / 2 + half - 0.5)
        if last >= first:
            begin = column * HEIGHT + first
            runs += [begin - end, last - first + 1]
            end = begin + last - first + 1
    return {"size": [HEIGHT, WIDTH], "counts": compressed([*runs, WIDTH * HEIGHT - end])}


def compressed(runs: Sequence[int]) -> str:
    """COCO's string of run lengths: from the third on differences to the one before the last, 5 bits a character."""
    words = []
    for place, run in enumerate(runs):
        left = run - runs[place - 2] if place > 2 else run
        more = True
        while more:
            bits = left & 0x1F
            left >>= 5
            more = left != (-1 if bits & 0x10 else 0)
            words.append(chr((bits | 0x20 if more else bits) + 48))
    return "".join(words)


@dataclass(frozen=True)
class Kind:
    """A shape to fill pictures with: the task type that knows it, and how one is made in a box."""

    task_type: str
    make: Geometry
    counts: tuple[int, ...] = (100, 1_000, 5_000, 20_000)


KINDS: Mapping[str, Kind] = {
    "box": Kind("bounding-box", box),
    "polygon": Kind("polygon", polygon),
    "keypoint": Kind("keypoint", keypoint),
    "mask": Kind("instance-segmentation", mask, (100, 1_000)),
}


def records(shape: str, count: int, *, seed: int = 7) -> Iterator[dict[str, Any]]:
    """`count` records of the editor, spread over the picture; the same ones for a seed."""
    rng = np.random.default_rng(seed)
    for place, (left, top, width, height) in enumerate(boxes(rng, count)):
        yield {
            "kind": "instance",
            "id": str(uuid.UUID(bytes=rng.bytes(16), version=4)),
            "order": place,
            "shape": shape,
            "category": place % len(CLASSES),
            "geometry": KINDS[shape].make(rng, left, top, width, height),
            "attributes": {},
            "group": None,
            "origin": None,
        }


def boxes(rng: np.random.Generator, count: int) -> list[list[float]]:
    """[left, top, width, height] of `count` shapes, px of the picture."""
    sides = rng.uniform(*SIDES, (count, 2)).round(2)
    corners = (rng.uniform(0, 1, (count, 2)) * (np.array([WIDTH, HEIGHT]) - sides)).round(2)
    found: list[list[float]] = np.hstack([corners, sides]).tolist()
    return found


def middles(count: int, *, seed: int = 7) -> list[tuple[float, float]]:
    """The middles of the shapes that `records` gives, px of the picture."""
    return [
        (left + width / 2, top + height / 2) for left, top, width, height in boxes(np.random.default_rng(seed), count)
    ]


def make_job(product: Product, task_type: str, files: Sequence[Path]) -> int:
    """A running job of these files; its id."""
    wishes = {"name": f"{task_type} {secrets.token_hex(3)}", "categories": list(CLASSES), "task_type": task_type}
    job: int = product.api("POST", "/jobs", {**wishes, "team": product.team})["id"]
    came = product.api("POST", f"/jobs/{job}/objects", files=files)
    assert came["refused"] == [], came
    product.api("POST", f"/jobs/{job}/steps/start")
    return job


def hold(product: Product, job: int, count: int) -> list[dict[str, Any]]:
    """The lead's own leases on the first objects; a browser of theirs is given the same."""

    def leased() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = product.api("POST", f"/jobs/{job}/leases", {"count": count})["leases"]
        return found if len(found) == count else []

    return wait_for(leased, words="the objects to be open to people", seconds=120)


def fill(product: Product, lease: Mapping[str, Any], shape: str, count: int) -> None:
    """The object's draft gets `count` shapes, as if they had been drawn."""
    made = list(records(shape, count))
    # An object's own record marks what a document began with: these shapes are no steps to undo.
    blank: dict[str, Any] = {"kind": "object", "id": "object", "categories": [], "attributes": {}, "rejected": []}
    per_lot = LOT if shape in ("box", "keypoint") else LOT // 8
    for revision, start in enumerate(range(0, max(1, count), per_lot)):
        added = {one["id"]: one for one in [blank, *made[start : start + per_lot]]}
        product.api(
            "PATCH",
            f"/assignments/{lease['assignment']}/draft",
            {"token": lease["token"], "base": revision, "diffs": [{"added": added, "updated": {}, "removed": {}}]},
        )
