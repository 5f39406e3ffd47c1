"""Masks the slow way, pixel by pixel from the words of the rules: what the fast code is compared with."""

from __future__ import annotations

from collections.abc import Sequence

Rings = Sequence[Sequence[Sequence[float]]]
Rows = list[list[int]]


def filled(rings: Rings, height: int, width: int) -> Rows:
    """A pixel is in when an odd number of edges cross its row's middle at or left of its centre."""
    return [[_crossings(rings, x + 0.5, y + 0.5) % 2 for x in range(width)] for y in range(height)]


def _crossings(rings: Rings, cx: float, cy: float) -> int:
    count = 0
    for ring in rings:
        for place, (x1, y1) in enumerate(ring):
            x0, y0 = ring[place - 1]
            if y0 > y1:
                x0, y0, x1, y1 = x1, y1, x0, y0
            if y0 <= cy < y1 and x0 + (cy - y0) * (x1 - x0) / (y1 - y0) <= cx:
                count += 1
    return count


def runs_of(rows: Rows) -> list[int]:
    """Lengths of the runs of 0, 1, 0 ... column after column; the first may be 0."""
    runs, value = [0], 0
    for x in range(len(rows[0]) if rows else 0):
        for row in rows:
            if row[x] != value:
                runs.append(0)
                value = row[x]
            runs[-1] += 1
    return runs


def counts_of(runs: Sequence[int]) -> str:
    """COCO's text: from the fourth run on the difference from the last but one; 5 bits a character, low ones first."""
    text = ""
    for place, run in enumerate(runs):
        rest = run - runs[place - 2] if place > 2 else run
        while True:
            bits, rest = rest & 31, rest >> 5
            done = rest == (-1 if bits & 16 else 0)
            text += chr(48 + bits + (0 if done else 32))
            if done:
                break
    return text


def bounds_of(rows: Rows) -> list[int]:
    """[left, top, width, height]; [0, 0, 0, 0] when nothing is set."""
    ys = [y for y, row in enumerate(rows) if any(row)]
    xs = [x for row in rows for x, value in enumerate(row) if value]
    return [min(xs), ys[0], max(xs) - min(xs) + 1, ys[-1] - ys[0] + 1] if ys else [0, 0, 0, 0]


def area_of(rows: Rows) -> int:
    return sum(map(sum, rows))
