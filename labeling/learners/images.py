"""Images -> dense features: histograms of oriented gradients, and colour means.

Our own HOG in numpy, vectorised over a chunk of images. Source: Dalal and Triggs 2005 (orientation histograms with
linear votes, block normalisation with clipping); Felzenszwalb et al. 2010 (one copy per cell, averaged over its
blocks).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 28  # px of the working copy
CELL = 4  # px
CELLS = SIDE // CELL
BINS = 9  # unsigned orientations
CHUNK = 512
CLIP = np.float32(0.2)
COLOUR_GRID = 4
WIDTH = CELLS**2 * BINS + COLOUR_GRID**2 * 3
_CELL_OF_PIXEL = (np.arange(SIDE, dtype=np.int32)[:, None] // CELL) * CELLS + np.arange(SIDE, dtype=np.int32) // CELL

Pixels = NDArray[np.uint8]  # (height, width) grey or (height, width, 3) RGB, EXIF already applied


def image_features(count: int, decode: Callable[[int], Pixels | None]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Features (count, f) and readable (count,) of images that `decode(i)` returns one by one; memory stays flat.

    `decode` gives uint8 pixels of any size, EXIF applied, or None where a file can't be read: its row is zero and
    `readable` is False.
    """
    features = np.zeros((count, WIDTH), dtype=np.float32)
    readable = np.zeros(count, dtype=np.bool_)
    for places, chunk in _chunks(count, decode):
        features[places] = _describe(chunk)
        readable[places] = True
    return features, readable


def _chunks(count: int, decode: Callable[[int], Pixels | None]) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
    decoded: Iterable[tuple[int, Pixels]] = ((i, p) for i in range(count) if (p := decode(i)) is not None)
    stream = iter(decoded)
    while batch := list(islice(((i, _working_copy(p)) for i, p in stream), CHUNK)):
        yield [i for i, _ in batch], np.stack([copy for _, copy in batch]).astype(np.float32) / 255.0


def _working_copy(pixels: Pixels) -> Pixels:
    """(SIDE, SIDE, 3) uint8, whole picture, aspect not kept: place in the frame is information too."""
    if pixels.ndim == 2 and pixels.shape == (SIDE, SIDE):
        return np.repeat(pixels[:, :, None], 3, axis=2)
    image = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB")
    smooth = Image.Resampling.BOX if min(image.size) >= SIDE else Image.Resampling.BILINEAR
    return np.asarray(image.resize((SIDE, SIDE), smooth))


def _describe(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """rgb: (n, SIDE, SIDE, 3) in [0, 1]. Returns (n, WIDTH) float32."""
    grey = rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    return np.concatenate([_hog(grey), _colours(rgb)], axis=1)


def _histograms(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gradient strength by cell and orientation, (n, CELLS, CELLS, BINS); each pixel is split between its two nearest
    bins."""
    padded = np.pad(grey, ((0, 0), (1, 1), (1, 1)), mode="edge")
    dx = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    dy = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    strength = np.sqrt(dx * dx + dy * dy)
    place = np.arctan2(dy, dx) * np.float32(BINS / np.pi) + np.float32(
        BINS
    )  # unsigned: opposite directions share a bin
    low = place.astype(np.int32)
    upper = (place - low) * strength
    base = np.arange(len(grey), dtype=np.int32)[:, None, None] * CELLS**2 + _CELL_OF_PIXEL
    length = len(grey) * CELLS**2 * BINS
    votes = np.bincount((base * BINS + low % BINS).ravel(), weights=(strength - upper).ravel(), minlength=length)
    votes += np.bincount((base * BINS + (low + 1) % BINS).ravel(), weights=upper.ravel(), minlength=length)
    return votes.astype(np.float32).reshape(-1, CELLS, CELLS, BINS)


def _hog(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, CELLS * CELLS * BINS): each cell normalised by the four 2 x 2 blocks it lies in, clipped, averaged.

    A third as long as the four copies side by side, and half a point more accurate on small digits.
    """
    cells = _histograms(grey)
    energy = np.pad(np.einsum("...i,...i->...", cells, cells), ((0, 0), (1, 1), (1, 1)))
    blocks = energy[:, :-1, :-1] + energy[:, 1:, :-1] + energy[:, :-1, 1:] + energy[:, 1:, 1:]
    scale = 1 / np.sqrt(blocks + np.float32(1e-3))
    total = np.zeros_like(cells)
    for y in (0, 1):
        for x in (0, 1):
            total += np.minimum(cells * scale[:, y : CELLS + y, x : CELLS + x, None], CLIP)
    return np.asarray(total.reshape(len(grey), -1) / 2, dtype=np.float32)


def _colours(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    step = SIDE // COLOUR_GRID
    means = rgb.reshape(len(rgb), COLOUR_GRID, step, COLOUR_GRID, step, 3).mean(axis=(2, 4))
    return np.asarray(means.reshape(len(rgb), -1), dtype=np.float32)
