"""Masks of pixels, kept as runs: their size, likeness and crops. No function here ever builds the whole picture.

A pixel (i, j) is column i, row j; its centre lies at (i + 0.5, j + 0.5) px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from labeling.geometry.rle import Bits, Ints, decode, encode, ones, runs_between

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
ROWS = 256  # masks compared with all others at a time: keeps memory flat


@dataclass(frozen=True)
class Window:
    """A part of the picture, px: columns left.. left + width, rows top .. top + height."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Mask:
    """`size`: (height, width) of the picture; `counts`: its canonical runs as text (see `rle`). Equal by value."""

    size: tuple[int, int]
    counts: str

    @cached_property
    def runs(self) -> Ints:
        """Raises BadCounts."""
        return decode(self.counts, self.size[0] * self.size[1])

    @cached_property
    def area(self) -> int:
        """px."""
        return int(self.runs[1::2].sum())

    @cached_property
    def bounds(self) -> Window:
        """The smallest window with all set pixels; of no size where there is none."""
        starts, stops = ones(self.runs)
        if not len(starts):
            return Window(0, 0, 0, 0)
        height = self.size[0]
        first, last = starts // height, (stops - 1) // height
        left, right = int(first[0]), int(last[-1])
        if (first != last).any():  # from one column into the next: by way of the last row and the first
            return Window(left, 0, right - left + 1, height)
        top, bottom = int((starts % height).min()), int(((stops - 1) % height).max())
        return Window(left, top, right - left + 1, bottom - top + 1)

    def crop(self, window: Window | None = None) -> Bits:
        """(height, width) of `window`, which may be any part of the picture; without one, of the mask's bounds."""
        window = window or self.bounds
        column, top, bottom = _strokes(self, window)
        starts, stops = column * window.height + top, column * window.height + bottom
        edges = np.empty(2 * len(starts) + 2, dtype=np.int64)
        edges[0], edges[1:-1:2], edges[2:-1:2], edges[-1] = 0, starts, stops, window.width * window.height
        values = np.arange(len(edges) - 1) % 2 == 1
        flat: Bits = np.repeat(values, np.diff(edges))
        return flat.reshape(window.width, window.height).T


def _strokes(mask: Mask, window: Window) -> tuple[Ints, Ints, Ints]:
    """Column, first row and row after the last of each vertical stroke inside the window, counted from its corner."""
    height = mask.size[0]
    starts, stops = ones(mask.runs)
    low, high = window.left * height, (window.left + window.width) * height
    starts, stops = np.maximum(starts, low), np.minimum(stops, high)
    starts, stops = starts[starts < stops], stops[starts < stops]
    first = starts // height
    n = (stops - 1) // height - first + 1
    begin = np.repeat(np.cumsum(n) - n, n)
    step = np.arange(int(n.sum())) - begin
    column = np.repeat(first, n) + step
    top = np.maximum(np.repeat(starts, n) - column * height, 0) - window.top
    bottom = np.minimum(np.repeat(stops, n) - column * height, height) - window.top
    top, bottom = np.clip(top, 0, window.height), np.clip(bottom, 0, window.height)
    seen = bottom > top
    return column[seen] - window.left, top[seen], bottom[seen]


def mask_of(crop: Bits, window: Window, size: tuple[int, int]) -> Mask:
    """The mask of a picture of `size` (height, width) that is `crop` in `window` and empty elsewhere."""
    height, width = size
    padded = np.zeros((window.width, window.height + 2), dtype=np.int8)
    padded[:, 1:-1] = crop.T
    turn = np.diff(padded, axis=1)
    columns, starts = np.nonzero(turn == 1)
    _, stops = np.nonzero(turn == -1)
    before = (columns + window.left) * height + window.top
    return Mask(size, encode(runs_between(before + starts, before + stops, height * width)))


def full_mask(image: Bits) -> Mask:
    """The mask of a whole picture, (height, width)."""
    height, width = image.shape
    return mask_of(image, Window(0, 0, width, height), (height, width))


def around(masks: Sequence[Mask], margin: int = 0) -> Window:
    """The smallest window that holds them all, and `margin` px more on each side where the picture goes on."""
    windows = [mask.bounds for mask in masks if mask.area]
    if not windows:
        return Window(0, 0, 0, 0)
    height, width = masks[0].size
    left = max(min(one.left for one in windows) - margin, 0)
    top = max(min(one.top for one in windows) - margin, 0)
    right = min(max(one.left + one.width for one in windows) + margin, width)
    bottom = min(max(one.top + one.height for one in windows) + margin, height)
    return Window(left, top, right - left, bottom - top)


def shared(a: Mask, b: Mask) -> int:
    """Pixels set in both. Source: counting one's ones up to each end of the other's runs; exact below 2^53."""
    ends = np.concatenate([[0], np.cumsum(a.runs)]).astype(float)
    filled = np.concatenate([[0], np.cumsum(np.where(np.arange(len(a.runs)) % 2, a.runs, 0))]).astype(float)
    starts, stops = ones(b.runs)
    return int((np.interp(stops, ends, filled) - np.interp(starts, ends, filled)).sum())


def iou(a: Mask, b: Mask) -> float:
    """Intersection over union in [0, 1], 1 for equals; two empty masks score 0."""
    both = shared(a, b)
    union = a.area + b.area - both
    return both / union if union else 0.0


def overlaps(a: Sequence[Mask], b: Sequence[Mask], least: float) -> tuple[Places, Places, Floats]:
    """The pairs whose IoU is at least `least` (> 0): places in a, places in b, IoU; ordered by place in a, then b.

    Runs are compared only where the bounds and the areas allow such a likeness.
    """
    first, second = _candidates(a, b, least)
    scores = np.array([iou(a[i], b[j]) for i, j in zip(first, second, strict=True)], dtype=float)
    alike = scores >= least
    return first[alike], second[alike], scores[alike]


def _candidates(a: Sequence[Mask], b: Sequence[Mask], least: float) -> tuple[Places, Places]:
    sides_a, sides_b = _sides(a), _sides(b)
    area_a, area_b = (np.array([one.area for one in masks], dtype=float) for masks in (a, b))
    found: list[tuple[Places, Places]] = [(np.zeros(0, np.intp), np.zeros(0, np.intp))]
    for start in range(0, len(a), ROWS):
        part = slice(start, start + ROWS)
        low = np.maximum(sides_a[part, None, :2], sides_b[None, :, :2])
        high = np.minimum(sides_a[part, None, 2:], sides_b[None, :, 2:])
        common = np.clip(high - low, 0, None).prod(axis=2)
        both = np.minimum(common, np.minimum(area_a[part, None], area_b[None, :]))  # cannot share more
        union = area_a[part, None] + area_b[None, :] - both
        rows, columns = np.nonzero((both > 0) & (both >= least * union * (1 - 1e-12)))
        found.append((rows + start, columns))
    first, second = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return first, second


def _sides(masks: Sequence[Mask]) -> Floats:
    """(n, 4): left, top, right, bottom."""
    sides = [(one.left, one.top, one.left + one.width, one.top + one.height) for one in (m.bounds for m in masks)]
    return np.array(sides, dtype=float).reshape(-1, 4)


def first_overlap(masks: Sequence[Mask]) -> tuple[int, int] | None:
    """Places of two masks that share a pixel, the lower one first; None when no two do."""
    spans = [ones(mask.runs) for mask in masks]
    if not spans:
        return None
    starts = np.concatenate([one for one, _ in spans])
    stops = np.concatenate([one for _, one in spans])
    owner = np.repeat(np.arange(len(masks)), [len(one) for one, _ in spans])
    order = np.argsort(starts, kind="stable")
    starts, stops, owner = starts[order], stops[order], owner[order]
    clash = np.flatnonzero(starts[1:] < np.maximum.accumulate(stops)[:-1])
    if not len(clash):
        return None
    later = int(clash[0]) + 1  # up to here nothing overlaps, so the one before it does
    low, high = sorted((int(owner[later - 1]), int(owner[later])))
    return low, high
