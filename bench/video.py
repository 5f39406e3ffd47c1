"""What does a video cost before anybody labels it, and what a single frame? CPU seconds of the child processes.

Six films of 240 frames made here, 1280 x 720 (the six kinds that EDITOR's exactness is measured on), or the films of
--data: frame table, proxy, strip, and single frames forward and at random, each read back from its pixels.

python bench/video.py [--quick] [--editor] [--data FOLDER] [--json FILE]
--quick: 60 frames of 640 x 360; --editor: what a step and a jump cost in the editor, and nothing else
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from labeling.media import probe
from labeling.media.films import frames_of, proxy_of, proxy_table, strip_of
from labeling.media.frame_table import PROXY_GOP, FrameTable
from tests.media.films import RECIPES, make_film, read_number

JUMPS = 10
CONTENT = {"frames": 240, "width": 1280, "height": 720}
QUICK = {"frames": 60, "width": 640, "height": 360}


@dataclass
class Costs:
    """Of one film: CPU seconds by step, frames, and how many of the frames asked for were the right ones."""

    name: str
    frames: int = 0
    bytes: int = 0
    proxy_bytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    asked: int = 0
    exact: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        before = cpu()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + cpu() - before

    def each(self, step: str, of: int) -> float:
        """CPU ms a frame."""
        return 1000 * self.seconds[step] / max(1, of)


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def start_of_child(path: Path) -> float:
    """CPU seconds that a child costs before it has read anything: a frame table of a film with one frame."""
    before = cpu()
    probe(path, "video")
    return cpu() - before


def measure(path: Path, *, numbered: bool) -> Costs:
    costs = Costs(path.stem, bytes=path.stat().st_size)
    with costs.step("table"):
        found = probe(path, "video")
    table = found.table
    assert table is not None
    costs.frames = len(table)
    seen = min(len(table), 10 * PROXY_GOP)
    with costs.step("frames"):
        shown = [jpeg for start in range(0, seen, PROXY_GOP) for jpeg in run_at(path, table, start, seen)]
    check(costs, shown, range(seen), numbered=numbered)
    with tempfile.NamedTemporaryFile(suffix=".mp4") as made:
        with costs.step("proxy"):
            proxy_of(path, table, made, lambda _: None)  # type: ignore[arg-type]
        costs.proxy_bytes = Path(made.name).stat().st_size
        with costs.step("strip"):
            strip_of(Path(made.name), proxy_table(table))
        jumps = np.random.default_rng(3).integers(0, len(table), JUMPS).tolist()
        with costs.step("jumps"):
            found_at = [frames_of(Path(made.name), proxy_table(table), range(one, one + 1))[0] for one in jumps]
    check(costs, found_at, jumps, numbered=numbered)
    return costs


def run_at(path: Path, table: FrameTable, start: int, most: int) -> list[bytes]:
    return frames_of(path, table, range(start, min(start + PROXY_GOP, most)))


def check(costs: Costs, shown: Sequence[bytes], wanted: Sequence[int], *, numbered: bool) -> None:
    if numbered:
        numbers = [read_number(np.asarray(Image.open(BytesIO(jpeg)))) for jpeg in shown]
        costs.asked += len(wanted)
        costs.exact += sum(number == one for number, one in zip(numbers, wanted, strict=True))


def made_films(folder: Path, *, frames: int, width: int, height: int) -> list[Path]:
    paths = []
    for name, recipe in RECIPES.items():
        paths.append(folder / f"{name}{recipe.suffix}")
        make_film(paths[-1], replace(recipe, frames=frames), size=(width, height))
    return paths


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--editor", action="store_true", help="in the editor, which needs Chromium and the bundle")
    parser.add_argument("--data", type=Path, help="a folder of films instead of ours")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    settings, bars = in_the_editor() if options.editor else on_the_server(options)
    for bar in bars:
        print(f"{bar['name']}: {bar['value']:.2f} {bar['unit']}, target {bar['target']}: {bar['holds']}")
    if options.json:
        options.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1))
    return 0 if all(bar["holds"] for bar in bars) else 1


def in_the_editor() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from bench.video_editor import FRAMES, SIZE, editor  # a browser is not needed for the rest

    return {"frames": FRAMES, "width": SIZE[0], "height": SIZE[1], "cores": os.cpu_count()}, editor()


def on_the_server(options: argparse.Namespace) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    content = QUICK if options.quick else CONTENT
    with tempfile.TemporaryDirectory() as folder:
        tiny = Path(folder) / "tiny.mp4"
        make_film(tiny, replace(RECIPES["h264-no-b-short-gop"], frames=1))
        start = min(start_of_child(tiny) for _ in range(3))
        given = sorted(options.data.rglob("*.mp4")) if options.data else made_films(Path(folder), **content)
        found = [measure(path, numbered=options.data is None) for path in given]
    settings = {"films": str(options.data or "made here"), **({} if options.data else content), "child_start_s": start}
    show(found, start)
    return settings, bars_of(found, start, numbered=options.data is None)


def show(found: Sequence[Costs], start: float) -> None:
    print(f"A child costs {1000 * start:.0f} CPU ms before it reads anything; that is in the figures of each step.\n")
    heads = ("table", "proxy", "strip", "frame", "jump")
    print(
        f"{'film, CPU ms':28} {'frames':>6} {'KB':>6} {'proxy KB':>9} {''.join(f'{head:>8}' for head in heads)}  exact"
    )
    for one in found:
        seen = min(one.frames, 10 * PROXY_GOP)
        costs = (
            1000 * one.seconds["table"],
            one.each("proxy", one.frames),
            1000 * one.seconds["strip"],
            one.each("frames", seen),
            one.each("jumps", JUMPS),
        )
        sizes = f"{one.frames:6} {one.bytes // 1000:6} {one.proxy_bytes // 1000:9}"
        print(f"{one.name[:28]:28} {sizes} {''.join(f'{cost:8.1f}' for cost in costs)}  {one.exact}/{one.asked}")
    print()


def bars_of(found: Sequence[Costs], start: float, *, numbered: bool) -> list[dict[str, Any]]:
    """What the design promises of single frames and frame tables; exactness only where frames carry their numbers."""
    seen = [min(one.frames, 10 * PROXY_GOP) for one in found]
    frame = max(one.each("frames", count) for one, count in zip(found, seen, strict=True))
    table = max(1000 * (one.seconds["table"] - start) for one in found)
    bars = [
        bar("a frame from the server, in runs of 30", frame, "CPU ms", 25, frame <= 25),
        bar("frame table of a film, beyond the child's start", table, "CPU ms", 200, table <= 200),
    ]
    if numbered:
        share = sum(one.exact for one in found) / sum(one.asked for one in found)
        bars.insert(0, bar("frames that are the one asked for", 100 * share, "%", 100, share == 1))
    return bars


def bar(name: str, value: float, unit: str, target: float, holds: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "holds": holds}


if __name__ == "__main__":
    sys.exit(main())
