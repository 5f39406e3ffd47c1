"""Pictures for the tests of masks: arrays with structure, and the shared vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

VECTORS = json.loads((Path(__file__).parent / "vectors" / "pixels.json").read_text(encoding="utf-8"))
WITH_RINGS = [one for one in VECTORS if "rings" in one]
WITH_RUNS = [one for one in VECTORS if "runs" in one]


@st.composite
def pictures(draw: st.DrawFn, highest: int = 12, widest: int = 12) -> NDArray[np.bool_]:
    """(height, width): noise, or a few rectangles over each other."""
    height, width = draw(st.integers(1, highest)), draw(st.integers(1, widest))
    generator = np.random.default_rng(draw(st.integers(0, 10_000)))
    if draw(st.booleans()):
        return np.asarray(generator.random((height, width)) < draw(st.sampled_from([0.1, 0.5, 0.9])))
    image = np.zeros((height, width), dtype=bool)
    for _ in range(draw(st.integers(0, 4))):
        top, left = generator.integers(height), generator.integers(width)
        image[top : top + generator.integers(1, height + 1), left : left + generator.integers(1, width + 1)] ^= True
    return image


def ids(one: dict[str, Any]) -> str:
    return str(one["name"])
