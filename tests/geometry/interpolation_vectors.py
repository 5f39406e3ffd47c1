"""Writes tests/task_types/examples/interpolation.json: python -m tests.geometry.interpolation_vectors

Each case: what it shows, the kind, two key frames, and the shapes at some t. Both languages hold them to 1e-3 px.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from labeling.geometry import interpolation

FILE = Path(__file__).resolve().parents[1] / "task_types" / "examples" / "interpolation.json"
TIMES = (0.0, 0.125, 1 / 3, 0.5, 0.9, 1.0)
BOX = ("left", "top", "width", "height", "angle")
ELLIPSE = ("cx", "cy", "rx", "ry", "angle")
SQUARE = [[0, 0], [40, 0], [40, 40], [0, 40]]


def cases() -> list[dict[str, Any]]:
    generator = np.random.default_rng(20)
    blob = [[round(float(x), 3), round(float(y), 3)] for x, y in _blob(generator, 50)]
    other = [[round(float(x) + 9, 3), round(float(y) * 1.2, 3)] for x, y in _blob(generator, 37)]
    path = [[round(float(one), 3) for one in pair] for pair in np.cumsum(generator.uniform(-9, 9, (12, 2)), axis=0)]
    given = [
        ("box", "moves and grows", [10, 20, 30, 40, 0], [50, 10, 60, 20, 0]),
        ("box", "exactly half a turn is clockwise", [10, 20, 30, 40, 0], [10, 20, 30, 40, 180]),
        ("box", "half a turn from 90 is clockwise too", [10, 20, 30, 40, 90], [10, 20, 30, 40, -90]),
        ("box", "the shorter way leads past 180", [10, 20, 30, 40, 170], [10, 20, 30, 40, -160]),
        ("box", "a hair less than half a turn", [0, 0, 9, 9, 0], [0, 0, 9, 9, -179.999]),
        ("ellipse", "half of 180 is clockwise", [50, 60, 20, 10, 0], [70, 40, 30, 12.5, 90]),
        ("ellipse", "the shorter way leads past 90", [50, 60, 20, 10, 80], [50, 60, 20, 10, -70]),
        ("ellipse", "a quarter of a turn back", [50, 60, 20, 10, 45], [50, 60, 20, 10, -44]),
        ("polygon", "the start vertex is one later", SQUARE, [*SQUARE[1:], SQUARE[0]]),
        ("polygon", "run the other way", SQUARE, [[x + 5, y] for x, y in SQUARE[::-1]]),
        ("polygon", "of fifty vertices, begun seven later", blob, [*blob[7:], *blob[:7]]),
        ("polygon", "fifty vertices become thirty-seven", blob, other),
        ("polygon", "thirty-seven vertices become fifty", other, blob),
        ("polygon", "a triangle becomes a square", [[0, 0], [40, 0], [20, 30]], SQUARE),
        ("polygon", "a tie keeps the smallest shift", SQUARE, [[20, -9], [49, 20], [20, 49], [-9, 20]]),
        ("polygon", "two vertices lie on one spot", [[0, 0], [0, 0], [10, 0], [10, 10]], [*SQUARE, [0, 20]]),
        ("polyline", "the same end first", path, [[x + 3, y - 2] for x, y in path[:7]]),
        ("polyline", "run the other way", path, [[x + 30, y] for x, y in path[::-1]]),
        ("keypoint", "a point", {"": [3, 4]}, {"": [7, 12]}),
        ("keypoint", "by name, whatever the order", {"head": [1, 2], "foot": [3, 4]}, {"foot": [9, 9], "head": [5, 6]}),
        (
            "keypoint",
            "what only the first has stays",
            {"head": [1, 2], "foot": [3, 4]},
            {"head": [5, 6], "hand": [0, 0]},
        ),
    ]
    return [
        {"kind": kind, "shows": shows, "a": a, "b": b, "at": [[t, _at(kind, a, b, t)] for t in TIMES]}
        for kind, shows, a, b in given
    ]


def _at(kind: str, a: Any, b: Any, t: float) -> Any:
    if kind == "keypoint":
        names, moving = interpolation.named_points(a, b)
        return dict(zip(names, moving.at(np.array([t]))[0].tolist(), strict=True))
    make = {
        "box": interpolation.boxes,
        "ellipse": interpolation.ellipses,
        "polygon": interpolation.rings,
        "polyline": interpolation.lines,
    }[kind]
    made = make(np.array(a, dtype=float), np.array(b, dtype=float)).at(np.array([t]))[0].tolist()
    return made[0] if kind in ("box", "ellipse") else made


def _blob(generator: np.random.Generator, count: int) -> Any:
    around = np.sort(generator.uniform(0, 2 * np.pi, count))
    far = 60 + generator.uniform(-15, 15, count)
    return np.column_stack([100 + far * np.cos(around), 90 + far * np.sin(around)])


def text() -> str:
    return "[\n" + ",\n".join(json.dumps(case) for case in cases()) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
