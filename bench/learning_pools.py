"""The sets of `bench/learning.py`: features as the product makes them, the truth, and what people's time costs."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from labeling.learners.images import image_features
from labeling.learners.sources import decode_image
from labeling.learners.text import text_features
from labeling.learners.ways import Prices, default_prices

SETS = ("agnews", "banking77", "mnist", "digits")


@dataclass(frozen=True)
class Pool:
    """A job's objects. seconds: CPU, for reading and features."""

    name: str
    features: Any
    truth: np.ndarray
    classes: int
    medium: str
    seconds: float

    def prices(self, factor: float = 1.0) -> Prices:
        """The fixed cost model: 3 s from scratch, 5 s over 20 classes; a glance 0.3 s at an image, 1.5 s at a text,
        times `factor`; 10 % of wrong labels are overlooked."""
        fixed = default_prices(self.medium, classes=self.classes)
        return Prices(full=fixed.full, glance=fixed.glance * factor, overlooked=fixed.overlooked)


def load(name: str, data: Path) -> Pool:
    begun = time.process_time()
    if name == "digits":
        features, truth, classes = _digits()
        return Pool(name, features, truth, classes, "image", time.process_time() - begun)
    folder = data / name
    rows = [json.loads(line) for line in (folder / "truth.manifest").read_text().splitlines()]
    truth = np.array([row["truth"] for row in rows], dtype=np.int64)
    classes = len(json.loads((folder / "categories.json").read_text())["labels"])
    if "source" in rows[0]:
        texts: Any = text_features([row["source"] for row in rows], classes=classes)
        return Pool(name, texts, truth, classes, "text", time.process_time() - begun)
    images, _ = image_features(len(rows), lambda i: decode_image(folder / rows[i]["source-ref"]))
    return Pool(name, images, truth, classes, "image", time.process_time() - begun)


def digit_files() -> tuple[list[bytes], np.ndarray]:
    """scikit-learn's 1,797 digits as PNG files of 8 x 8 grey pixels, and their classes."""
    from sklearn.datasets import load_digits  # only this set needs it

    given = load_digits()
    files = []
    for pixels in given.images:
        kept = BytesIO()
        Image.fromarray(np.clip(pixels * 16, 0, 255).astype(np.uint8)).save(kept, "PNG")
        files.append(kept.getvalue())
    return files, given.target.astype(np.int64)


def _digits() -> tuple[Any, np.ndarray, int]:
    files, truth = digit_files()
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{place}.png" for place in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            path.write_bytes(content)
        features, _ = image_features(len(paths), lambda i: decode_image(paths[i]))
    return features, truth, 10
