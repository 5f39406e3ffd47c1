"""What does a shape between two key frames cost, prepared once an interval? CPU microseconds a shape and frame.

python bench/video_interpolation.py [--frames 300] [--repeat 200]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from labeling.geometry import interpolation

BAR = 10.0  # microseconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300, help="of an interval")
    parser.add_argument("--repeat", type=int, default=200)
    given = parser.parse_args()
    generator = np.random.default_rng(1)
    outline, later = (generator.uniform(0, 500, (50, 2)) for _ in range(2))
    box, other = np.array([10.0, 20, 30, 40, 5]), np.array([50.0, 20, 30, 40, -170])
    parts = np.linspace(0, 1, given.frames)
    shapes = (
        ("polygon of 50 vertices", interpolation.rings, outline, later),
        ("polyline of 50 vertices", interpolation.lines, outline, later),
        ("box, turned", interpolation.boxes, box, other),
    )
    print(f"{'shape':<26}{'once an interval':>18}{'a frame, in bulk':>18}{'both, a frame':>16}{'one frame alone':>18}")
    worst = 0.0
    for name, make, a, b in shapes:
        once = _cost(lambda make=make, a=a, b=b: make(a, b), given.repeat)
        moving = make(a, b)
        bulk = _cost(lambda moving=moving: moving.at(parts), given.repeat) / given.frames
        alone = _cost(lambda moving=moving: moving.at(parts[:1]), given.repeat)
        both = once / given.frames + bulk
        worst = max(worst, both)
        print(f"{name:<26}{once:>15.1f} us{bulk:>15.3f} us{both:>13.3f} us{alone:>15.1f} us")
    print(f"The dearest: {worst:.2f} us a shape and frame; the bar is {BAR:.0f}.")
    return int(worst > BAR)


def _cost(work: object, repeat: int) -> float:
    """Microseconds of CPU a call, the least of three rounds."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        for _ in range(repeat):
            work()  # type: ignore[operator]
        best = min(best, (time.process_time() - begun) / repeat * 1e6)
    return best


if __name__ == "__main__":
    raise SystemExit(main())
