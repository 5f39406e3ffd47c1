"""scikit-learn's two photographs, cut into overlapping crops; boxes and scenes drawn by hand (photographs.json)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from sklearn.datasets import load_sample_image

from labeling.cli.demo.manifests import Truth, class_truth
from labeling.task_types.base import Json

DRAWN: Final = Path(__file__).with_name("photographs.json")
# A box is kept when this share of its object shows, or when it fills this share of the crop. Thin slivers are neither.
SEEN_OF_OBJECT: Final = 0.4
SEEN_OF_CROP: Final = 0.02
SMALLEST: Final = 1.5  # px of the photograph, each way

Rect = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Drawn:
    """Something in a photograph: its class, and rectangles that cover it (px of the photograph)."""

    name: str
    parts: tuple[Rect, ...]


@dataclass(frozen=True)
class Crop:
    """One data object: a picture cut from a photograph and enlarged."""

    photograph: str
    name: str
    at: Rect
    scene: str
    drawn: tuple[Drawn, ...]


@dataclass(frozen=True)
class Drawings:
    """All of photographs.json."""

    classes: tuple[str, ...]
    scenes: tuple[str, ...]
    size: tuple[int, int]
    crops: tuple[Crop, ...]


def read_drawings() -> Drawings:
    said = json.loads(DRAWN.read_text(encoding="utf-8"))
    crops = [
        Crop(photo["file"], f"{Path(photo['file']).stem}-{number:02d}.jpg", tuple(crop["at"]), crop["scene"], things)
        for photo in said["photographs"]
        for things in [tuple(Drawn(one["class"], tuple(map(tuple, one["parts"]))) for one in photo["objects"])]
        for number, crop in enumerate(photo["crops"], start=1)
    ]
    return Drawings(tuple(said["classes"]), tuple(said["scenes"]), tuple(said["size"]), tuple(crops))


def load_photograph(name: str) -> Image.Image:
    """640 x 427 px, from the installed package."""
    return Image.fromarray(load_sample_image(name))


def write_crops(folder: Path, drawings: Drawings) -> None:
    """One JPEG a crop."""
    photographs = {crop.photograph: load_photograph(crop.photograph) for crop in drawings.crops}
    for crop in drawings.crops:
        enlarged = photographs[crop.photograph].resize(drawings.size, Image.Resampling.LANCZOS, box=crop.at)
        enlarged.save(folder / crop.name, quality=88)


def scene_truths(drawings: Drawings) -> list[Truth]:
    return [
        class_truth(
            _source(crop), drawings.scenes.index(crop.scene), drawings.scenes, "groundtruth/image-classification"
        )
        for crop in drawings.crops
    ]


def box_truths(drawings: Drawings) -> list[Truth]:
    return [_box_truth(crop, drawings) for crop in drawings.crops]


def visible_boxes(crop: Crop, size: tuple[int, int]) -> list[tuple[str, Rect]]:
    """Class and box (px of the enlarged crop) of what shows in it."""
    left, top, right, _ = crop.at
    scale = size[0] / (right - left)
    found = []
    for thing in crop.drawn:
        hull = _seen(thing.parts, crop.at)
        if hull is not None:
            box = ((hull[0] - left) * scale, (hull[1] - top) * scale, (hull[2] - left) * scale, (hull[3] - top) * scale)
            found.append((thing.name, box))
    return found


def _seen(parts: Sequence[Rect], crop: Rect) -> Rect | None:
    """The hull of what the crop shows of the parts; None when that is too little to ask for."""
    shown = [cut for part in parts if (cut := _cut(part, crop)) is not None]
    if not shown:
        return None
    hull = (
        min(part[0] for part in shown),
        min(part[1] for part in shown),
        max(part[2] for part in shown),
        max(part[3] for part in shown),
    )
    seen = sum(map(_area, shown))
    enough = seen >= SEEN_OF_OBJECT * sum(map(_area, parts)) or seen >= SEEN_OF_CROP * _area(crop)
    large = min(hull[2] - hull[0], hull[3] - hull[1]) >= SMALLEST
    return hull if enough and large else None


def _cut(part: Rect, crop: Rect) -> Rect | None:
    left, top = max(part[0], crop[0]), max(part[1], crop[1])
    right, bottom = min(part[2], crop[2]), min(part[3], crop[3])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _area(rect: Rect) -> float:
    return (rect[2] - rect[0]) * (rect[3] - rect[1])


def _source(crop: Crop) -> Json:
    return {"source-ref": f"images/{crop.name}"}


def _box_truth(crop: Crop, drawings: Drawings) -> Truth:
    width, height = drawings.size
    boxes = [(drawings.classes.index(name), box) for name, box in visible_boxes(crop, drawings.size)]
    value = {
        "image_size": [{"width": width, "height": height, "depth": 3}],
        "annotations": [_annotation(class_id, box, width, height) for class_id, box in boxes],
    }
    used = {str(class_id): drawings.classes[class_id] for class_id, _ in sorted(boxes)}
    metadata = {"objects": [{"confidence": 0} for _ in boxes], "class-map": used}
    return Truth(_source(crop), value, metadata, "groundtruth/object-detection")


def _annotation(class_id: int, box: Rect, width: int, height: int) -> Json:
    """Whole px, never outside the picture."""
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    right, bottom = min(width, round(box[2])), min(height, round(box[3]))
    return {"class_id": class_id, "left": left, "top": top, "width": right - left, "height": bottom - top}
