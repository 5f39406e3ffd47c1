"""COCO's run-length encoding: runs of an image read column after column, and the text that holds them.

`runs`: (n,) int64, lengths of zeros, ones, zeros ...; the first may be 0, no other is, and they add up to height x
width: the canonical form, one for each image. Source: the format of the COCO dataset (Lin et al. 2014) as its tools
write it: from the fourth run on, the difference from the last but one; 5 bits a character, low ones first, signed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bits = NDArray[np.bool_]
MOST_CHARACTERS = 7  # a number: 35 bits, more than any picture needs
PART = 1 << 16  # runs written at a time: keeps memory flat
_FIRST, _MORE, _SIGN = 48, 32, 16


class BadCounts(ValueError):
    """The text is no run-length encoding of an image of this size."""


def encode(runs: Ints) -> str:
    """Canonical runs as text."""
    values = runs.copy()
    values[3:] -= runs[1:-2]
    return "".join(_written(values[start : start + PART]) for start in range(0, len(values), PART))


def _written(values: Ints) -> str:
    limits = 1 << (5 * np.arange(1, MOST_CHARACTERS, dtype=np.int64) - 1)
    lengths = 1 + ((values[:, None] >= limits) | (values[:, None] < -limits)).sum(axis=1)
    places = np.arange(lengths.max())
    characters = (values[:, None] >> (5 * places)) & 31
    characters += np.where(places < lengths[:, None] - 1, _MORE, 0) + _FIRST
    written: bytes = characters[places < lengths[:, None]].astype(np.uint8).tobytes()
    return written.decode("ascii")


def decode(text: str, size: int) -> Ints:
    """Canonical runs of an image of `size` pixels. Raises BadCounts.

    Memory follows the length of the text, never what it promises. Runs of no length in the middle are accepted.
    """
    if not text.isascii():
        raise BadCounts("It holds a character that is none of this encoding.")
    characters = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int64) - _FIRST
    if not len(characters) or characters.min() < 0 or characters.max() >= 2 * _MORE:
        raise BadCounts("It is empty, or holds a character that is none of this encoding.")
    values = _numbers(characters)
    runs = values.copy()
    runs[1::2] = np.cumsum(values[1::2])
    runs[2::2] = np.cumsum(values[2::2])
    if runs.min() < 0:
        raise BadCounts("A run has a length below 0.")
    if runs.max() > size:  # before they are added up: many large ones come round to any sum
        raise BadCounts(f"A run is longer than the image, which has {size:,} pixels.")
    total = int(runs.sum())
    if total != size:
        raise BadCounts(f"Its runs cover {total:,} pixels; the image has {size:,}.")
    return canonical(runs)


def _numbers(characters: Ints) -> Ints:
    """The signed numbers that groups of characters hold."""
    last = (characters & _MORE) == 0
    if not last[-1]:
        raise BadCounts("Its last number is cut off.")
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > MOST_CHARACTERS:
        raise BadCounts("A number has more characters than any image needs.")
    places = np.arange(len(characters)) - np.repeat(starts, lengths)
    values = np.add.reduceat((characters & 31) << (5 * places), starts)
    negative = (characters[ends] & _SIGN) != 0
    return np.asarray(np.where(negative, values - (1 << (5 * lengths)), values), dtype=np.int64)


def canonical(runs: Ints) -> Ints:
    """The same image with no run of length 0 but, where it begins with ones, the first."""
    if len(runs) and not (runs[1:] == 0).any():
        return runs
    ends = np.cumsum(runs)
    starts, stops = (ends - runs)[1::2], ends[1::2]
    filled = stops > starts
    return runs_between(starts[filled], stops[filled], int(runs.sum()))


def runs_between(starts: Ints, stops: Ints, size: int) -> Ints:
    """Canonical runs of the ones in [start, stop): disjoint, not empty, in order; those that touch become one."""
    apart = stops[:-1] != starts[1:]
    starts = starts[np.concatenate([[True], apart])] if len(starts) else starts
    stops = stops[np.concatenate([apart, [True]])] if len(stops) else stops
    edges = np.empty(2 * len(starts) + 2, dtype=np.int64)
    edges[0], edges[1:-1:2], edges[2:-1:2], edges[-1] = 0, starts, stops, size
    runs = np.diff(edges)
    return runs[:-1] if len(runs) > 1 and runs[-1] == 0 else runs


def ones(runs: Ints) -> tuple[Ints, Ints]:
    """(starts, stops) of the runs of ones, as places in the image read column after column."""
    ends = np.cumsum(runs)
    return (ends - runs)[1::2], ends[1::2]
