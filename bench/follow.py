"""How well does the editor's "predict next" follow things, against leaving the shape where it was?

Three kinds of film: generated ones with the truth about every frame (bench/follow_films.py); real clips, --data
FOLDER, with boxes by hand (bench/follow_truth.json); and those again on and back, where the distance from the start is
the error. The editor's own code runs in Node. A box's score is its intersection over union with the truth, both cut to
the picture.

python bench/follow.py [--data FOLDER] [--only PART] [--each] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.follow_films import SCENES, make_scene

FRONTEND = Path(__file__).parents[1] / "frontend"
TRUTH = Path(__file__).with_name("follow_truth.json")
AFTER = (5, 10, 20)
MOST_SIDE = 960  # px of what is looked at, as in the editor

Box = tuple[float, float, float, float]  # left, top, right, bottom in px of the film


@dataclass(frozen=True)
class Case:
    """One thing from one frame on: its box there, and in later frames (None: it is gone)."""

    group: str
    film: str
    name: str
    start: int
    box: Box
    truth: dict[int, Box | None]
    size: tuple[int, int]


@dataclass
class Row:
    """A table's line: of the cases at one distance."""

    boxes: int = 0
    follow: float = 0.0
    copy: float = 0.0
    offered: int = 0
    wrong: int = 0
    gone: int = 0
    gone_offered: int = 0


def cut(box: Box, size: tuple[int, int]) -> Box:
    width, height = size
    left, top, right, bottom = box
    return (min(max(left, 0), width), min(max(top, 0), height), min(max(right, 0), width), min(max(bottom, 0), height))


def iou(a: Box, b: Box, size: tuple[int, int]) -> float:
    a, b = cut(a, size), cut(b, size)
    across = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    down = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - across * down
    return across * down / both if both else 0.0


def scale_of(size: tuple[int, int]) -> float:
    return min(1.0, MOST_SIDE / max(size))


def grey_frames(path: Path, target: Path, size: tuple[int, int]) -> dict[str, Any]:
    """All frames as grey levels at the bounded size, one after the other in a file."""
    scale = scale_of(size)
    width, height = round(size[0] * scale), round(size[1] * scale)
    with av.open(str(path)) as container, target.open("wb") as out:
        for frame in container.decode(video=0):
            grey = frame.reformat(width=width, height=height, format="gray", interpolation="AREA")
            out.write(np.ascontiguousarray(grey.to_ndarray()).tobytes())
    return {"path": str(target), "width": width, "height": height, "first": 0}


def generated(folder: Path, films: dict[str, Any]) -> Iterator[Case]:
    for scene in SCENES:
        path = folder / f"{scene.name}.mp4"
        things = make_scene(scene, path)
        films[scene.name] = grey_frames(path, folder / f"{scene.name}.grey", scene.size)
        for number, boxes in enumerate(things):
            for start in range(0, len(boxes) - max(AFTER), 15):
                box = boxes[start]
                if box is None:
                    continue
                truth = {start + ahead: boxes[start + ahead] for ahead in AFTER}
                yield Case(f"made: {scene.name}", scene.name, f"{number}", start, box, truth, scene.size)


def by_hand(data: Path, folder: Path, films: dict[str, Any]) -> Iterator[Case]:
    for film, things in json.loads(TRUTH.read_text())["films"].items():
        with av.open(str(data / film)) as container:
            size = (container.streams.video[0].width, container.streams.video[0].height)
        films[film] = grey_frames(data / film, folder / f"{film}.grey", size)
        for name, boxes in things.items():
            known = {int(frame): box and tuple(box) for frame, box in boxes.items()}
            for start, box in known.items():
                truth = {start + ahead: known[start + ahead] for ahead in AFTER if start + ahead in known}
                if box is not None and truth and (box[3] - box[1]) > 100:  # px: not what is nearly gone
                    yield Case(f"real: {film}", film, name, start, box, truth, size)


def asked(case: Case, end: int, *, start: int | None = None, box: Box | None = None) -> dict[str, Any]:
    scale = scale_of(case.size)
    return {
        "film": case.film,
        "start": case.start if start is None else start,
        "end": end,
        "box": [scale * value for value in (box or case.box)],
    }


def follow(films: dict[str, Any], questions: Sequence[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """The answers of bench/follow.ts, boxes in px of what was looked at."""
    script, question = folder / "follow.mjs", folder / "asked.json"
    question.write_text(json.dumps({"films": films, "asked": questions}))
    options = ["--bundle", "--platform=node", "--format=esm", f"--outfile={script}", "--log-level=warning"]
    subprocess.run(["npx", "esbuild", "../bench/follow.ts", *options], cwd=FRONTEND, check=True)
    done = subprocess.run(["node", str(script), str(question)], check=True, capture_output=True)
    return json.loads(done.stdout)


def boxes_of(answer: dict[str, Any], case: Case) -> dict[int, Box]:
    """Frame -> box in px of the film, as far as it was followed."""
    scale = scale_of(case.size)
    steps = [step for step in answer["steps"] if step["lost"] is None]
    return {step["frame"]: tuple(value / scale for value in step["box"]) for step in steps}


def tabulate(cases: Sequence[Case], answers: Sequence[dict[str, Any]], *, each: bool) -> dict[str, dict[int, Row]]:
    table: dict[str, dict[int, Row]] = {}
    for case, answer in zip(cases, answers, strict=True):
        offered = boxes_of(answer, case)
        for frame, truth in case.truth.items():
            row = table.setdefault(case.group, {}).setdefault(frame - case.start, Row())
            box = offered.get(frame)
            if truth is None:
                row.gone += 1
                row.gone_offered += box is not None
                continue
            row.boxes += 1
            row.copy += iou(case.box, truth, case.size)
            if box is not None:
                score = iou(box, truth, case.size)
                row.offered += 1
                row.follow += score
                row.wrong += score < 0.5
            if each:
                told = f"{iou(box, truth, case.size):.2f}" if box is not None else "stop"
                copied, last = iou(case.box, truth, case.size), answer["steps"][-1]
                print(f"  {case.group:28} {case.name:22} {case.start:4}+{frame - case.start:<3}", end="")
                print(f" copy {copied:.2f} follow {told}  (to {last['frame']}, {last['lost']}, {last['sure']:.2f})")
    return table


def show(table: dict[str, dict[int, Row]]) -> None:
    columns = ("follow, IoU", "with stops as 0", "copy, IoU", "stopped", "offered, IoU < 0.5", "gone, still offered")
    print(f"| Film | after | things | {' | '.join(columns)} |")
    print(f"| --- | {' | '.join(['---:'] * (2 + len(columns)))} |")
    for group, rows in table.items():
        for ahead, row in sorted(rows.items()):
            mean = f"{row.follow / row.offered:.2f}" if row.offered else "-"
            strict, copied = (f"{sum_ / max(1, row.boxes):.2f}" for sum_ in (row.follow, row.copy))
            print(
                f"| {group} | +{ahead} | {row.boxes} | {mean} | {strict} | {copied} | {row.boxes - row.offered}"
                f" | {row.wrong} | {row.gone_offered} of {row.gone} |"
            )


def there_and_back(cases: Sequence[Case], films: dict[str, Any], folder: Path) -> None:
    """Distance of the middle from where it began, px of the film, after n frames on and n back."""
    for ahead in (10, 20):
        there = follow(films, [asked(case, case.start + ahead) for case in cases], folder)["answers"]
        ways = [
            (case, boxes_of(answer, case).get(case.start + ahead)) for case, answer in zip(cases, there, strict=True)
        ]
        arrived = [(case, box) for case, box in ways if box is not None]
        questions = [asked(case, case.start, start=case.start + ahead, box=box) for case, box in arrived]
        back = follow(films, questions, folder)["answers"]
        far = []
        for (case, _), answer in zip(arrived, back, strict=True):
            box = boxes_of(answer, case).get(case.start)
            if box is not None:
                off = (np.array(box[:2]) + box[2:] - case.box[:2] - case.box[2:]) / 2
                far.append(float(np.hypot(*off)))
        print(
            f"{ahead} frames on and back: {len(cases)} things, {len(arrived)} followed on, {len(far)} back;"
            f" off the start by {np.median(far):.1f} px (median), {max(far):.1f} px (most)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of the real clips")
    parser.add_argument("--only", choices=("made", "real"))
    parser.add_argument("--each", action="store_true", help="every case")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, films = Path(name), {}
        cases = list(generated(folder, films)) if options.only != "real" else []
        real = list(by_hand(options.data, folder, films)) if options.data and options.only != "made" else []
        cases += real
        found = follow(films, [asked(case, max(case.truth)) for case in cases], folder)
        table = tabulate(cases, found["answers"], each=options.each)
        show(table)
        costs = sorted(answer["ms"] for answer in found["answers"])
        print(f"CPU ms a frame and thing: {np.median(costs):.1f} (median), {costs[-1]:.1f} (most);", end=" ")
        print(f"a frame made ready: {found['making']:.1f}")
        if real:
            there_and_back(real, films, folder)
        if options.json:
            rows = {group: {ahead: vars(row) for ahead, row in rows.items()} for group, rows in table.items()}
            options.json.write_text(json.dumps({"table": rows, "costs": costs, "making": found["making"]}, indent=1))


if __name__ == "__main__":
    main()
