"""scikit-learn's hand-written digits, enlarged until a person can read them: dark ink on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from labeling.cli.demo.manifests import Truth, class_truth

COUNT: Final = 1200
SIDE: Final = 160  # px
CLASSES: Final = tuple("0123456789")


def write_digits(folder: Path) -> list[Truth]:
    """COUNT PNG files, drawn once and for all from the 1,797 of the package."""
    data = load_digits()
    chosen = np.random.default_rng(5).permutation(len(data.target))[:COUNT]
    truths = []
    for number, index in enumerate(chosen):
        name = f"digit-{number:04d}.png"
        _picture(data.images[index]).save(folder / name)
        source = {"source-ref": f"images/{name}"}
        truths.append(class_truth(source, int(data.target[index]), CLASSES, "groundtruth/image-classification"))
    return truths


def _picture(ink: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Image.Image:
    """ink: (8, 8), 0 to 16. A margin of paper on each side, then smooth enlargement."""
    paper = np.pad(255 - ink * (225 / 16), 1, constant_values=255).astype(np.uint8)
    return Image.fromarray(paper).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
