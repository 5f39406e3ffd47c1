"""The image editor against its bars, in a real browser on a real server, beside a page with a picture and no more.

    python bench/editor.py [--quick] [--shape box] [--only shapes|submit|axe|large] [--json FILE]

Starts a server on a free port with a home of its own and makes jobs whose objects hold 100 to 20,000 shapes (drafts,
put there through the API). CPU ms are those of Chromium's renderer and GPU process, all threads, drawn in software; ms
by the page's clock are the best of several and mean something on a quiet machine only. Needs Chromium and what the
tests need. Exits 1 when a bar doesn't hold; --quick looks at 100 and 5,000 shapes and at no large picture.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from django.conf import settings as django_settings
from playwright.sync_api import Browser, sync_playwright

from bench import editor_jobs as jobs
from bench.editor_hands import Hands, hands, image_alone
from bench.editor_large import large
from bench.editor_meter import FLAGS, Meter
from tests.browser.editor import Desk
from tests.browser.product import ROOT, WORK, Product, label_page
from tests.browsing import chromium_path

ROW = {
    "first": ".0f", "drag": ".1f", "pan": ".1f", "pan alone": ".1f", "zoom": ".1f", "zoom alone": ".1f", "sharp": ".0f",
    "hit": ".4f", "bytes": ".0f",
}  # fmt: skip
UNDO_AT = 5_000  # shapes
HEAP_FROM = 5_000  # shapes: of fewer, what panels and list cost at once is most of the heap
SIZE = ROOT / "labeling" / "pages" / "static" / "editor" / "size.json"
PARTS = ("shapes", "submit", "axe", "large")
SHARP = {5_000: 100.0, 20_000: 250.0}  # CPU ms, also for fewer shapes
FIRST = {1_000: 150.0, 5_000: 500.0, 20_000: 1_500.0}

Bar = dict[str, Any]


def bar(name: str, value: float, unit: str, most: float) -> Bar:
    return {"name": name, "value": round(value, 3), "unit": unit, "target": f"<= {most:g}", "holds": value <= most}


def allowed(table: dict[int, float], count: int) -> float:
    return next(most for shapes, most in table.items() if count <= shapes)


class Bench:
    """One browser and one server for all parts."""

    def __init__(self, browser: Browser, meter: Meter, product: Product, folder: Path, shape: str) -> None:
        self.browser, self.meter, self.product, self.folder, self.shape = browser, meter, product, folder, shape
        self.pictures = [jobs.photograph(folder / f"photograph-{n}.jpg", seed=n) for n in range(4)]

    def floor(self, stage: dict[str, float]) -> tuple[float, float]:
        """CPU ms a frame of the picture alone: pan, zoom."""
        with image_alone(self.browser, self.meter, self.pictures[1].read_bytes(), stage) as alone:
            alone.settle()
            found = [(alone.pan(), alone.zoom()[0]) for _ in range(3)]
        return sorted(pan for pan, _ in found)[1], sorted(zoom for _, zoom in found)[1]

    def shapes(self, counts: Sequence[int]) -> list[Bar]:
        print(f"\n{self.shape}: CPU ms a frame of a gesture; of the first paint and of one sharp redraw as a whole")
        names = ("shapes", *ROW)
        print("".join(f"{name:>11}" for name in names), flush=True)
        bars, empty, drags = [], self._empty(), []
        for count in counts:
            row, found = self._with(count, empty)
            drags.append(row["drag"])
            print(f"{count:>11,}" + "".join(f"{row[name]:>11{form}}" for name, form in ROW.items()), flush=True)
            bars += found
        bars.append(bar(f"drag: {counts[-1]:,} against {counts[0]:,} {self.shape}", drags[-1] / drags[0], "x", 2))
        return bars

    def _empty(self) -> tuple[float, int]:
        """With nothing drawn: CPU ms from one object to the next, and bytes of the editor."""
        job = jobs.make_job(self.product, jobs.KINDS[self.shape].task_type, self.pictures)
        jobs.hold(self.product, job, 3)
        with hands(self.browser, self.product, self.meter, job) as page:
            page.settle(1500)
            return self._next(page), page.heap()

    def _next(self, page: Hands) -> float:
        """The open object submitted, CPU ms until the next one stands there and all is quiet."""
        before = page.page.locator("#stage > img").evaluate("(img) => img.src")
        with self.meter.lap() as lap:
            page.page.keyboard.press("Enter")
            page.page.wait_for_function(
                "(src) => { const i = document.querySelector('#stage > img'); return i && i.src !== src; }", arg=before
            )
            page.settle(1500)
        return lap.ms

    def _with(self, count: int, empty: tuple[float, int]) -> tuple[dict[str, float], list[Bar]]:
        job = jobs.make_job(self.product, jobs.KINDS[self.shape].task_type, self.pictures)
        leases = jobs.hold(self.product, job, 3)
        jobs.fill(self.product, leases[1], self.shape, count)
        with hands(self.browser, self.product, self.meter, job) as page:
            page.settle(3000)
            # What the shapes add: picture, panels, the answer sent and the next lease cost the same without them.
            row = {"first": max(0.0, self._next(page) - empty[0])}
            row["bytes"] = (page.heap() - empty[1]) / count
            stage = page.page.locator("#stage").bounding_box()
            assert stage is not None
            shown = page.page.locator(".panel h2").first.inner_text()
            assert str(count) in shown.replace(",", "").replace("\u202f", ""), f"{shown}, not {count}"
            row["drag"] = min(page.drag(self._on_a_shape(page, count)) for _ in range(2))
            found = [(page.pan(), page.zoom()[0]) for _ in range(3)]
            row["pan"], row["zoom"] = sorted(pan for pan, _ in found)[1], sorted(zoom for _, zoom in found)[1]
            row["sharp"] = page.sharp()
            row["hit"] = self._hit(page, leases[1]["question"], count)
            # Last: what is undone and done again goes to the server meanwhile.
            undone = self._undo(page) if count == UNDO_AT else []
        row["pan alone"], row["zoom alone"] = self.floor(
            {"left": stage["x"], "top": stage["y"], "width": stage["width"], "height": stage["height"]}
        )
        return row, [*self._judged(row, count), *undone]

    def _judged(self, row: dict[str, float], count: int) -> list[Bar]:
        what = f"{count:,} {self.shape}"
        return [
            bar(f"first paint, {what}", row["first"], "CPU ms", allowed(FIRST, count)),
            bar(f"drag, {what}", row["drag"], "CPU ms a frame", 12),
            bar(f"pan, {what}", row["pan"] / row["pan alone"], "x image alone", 2),
            bar(f"zoom, {what}", row["zoom"] / row["zoom alone"], "x image alone", 2),
            bar(f"sharp redraw, {what}", row["sharp"], "CPU ms", allowed(SHARP, count)),
            bar(f"hit test, {what}", row["hit"], "ms", 0.1),
            *([bar(f"heap, {what}", row["bytes"], "bytes a shape", 1024)] if count >= HEAP_FROM else []),
        ]

    def _on_a_shape(self, page: Hands, count: int) -> tuple[float, float]:
        """A place in the window where a shape is hit, with the tool that moves shapes in the hand."""
        page.page.keyboard.press("v")
        # Clear of what floats over the stage.
        x, y = next((x, y) for x, y in jobs.middles(count) if 300 < x < 1500 and 200 < y < 700)
        return Desk(page.page, 0).at(x, y)

    def _hit(self, page: Hands, question: Any, count: int) -> float:
        """Mean ms of one hit test, by the editor's own code run in the page; best of three."""
        esbuild = str(ROOT / "frontend/node_modules/.bin/esbuild")
        built = subprocess.run(
            [esbuild, "--bundle", "--target=es2022", f"{ROOT}/bench/editor_probe.ts"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "NODE_PATH": str(ROOT / "frontend/node_modules")},
        )
        page.page.evaluate(f"() => {{ {built.stdout} }}")
        words = [jobs.KINDS[self.shape].task_type, question, list(jobs.records(self.shape, count)), 20_000]
        return float(min(page.page.evaluate("(words) => hitTest(...words)", words) for _ in range(3)))

    def _undo(self, page: Hands) -> list[Bar]:
        """Undo and redo of one shape's step and of a change of all; the command by the page's clock, best of five."""
        keyboard, bars = page.page.keyboard, []
        undo, redo = (
            {"key": "z", "code": "KeyZ", "ctrlKey": True},
            {"key": "Z", "code": "KeyZ", "ctrlKey": True, "shiftKey": True},
        )
        x, y = self._on_a_shape(page, UNDO_AT)
        page.page.mouse.click(x, y)
        keyboard.press("ArrowRight")
        bars += self._undo_bars(page, undo, redo, "one")
        keyboard.press("Escape")
        stage = page.page.locator("#stage").bounding_box()
        assert stage is not None
        mouse = page.page.mouse
        mouse.move(stage["x"] + 3, stage["y"] + 3)
        mouse.down()
        mouse.move(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
        mouse.move(stage["x"] + stage["width"] - 3, stage["y"] + stage["height"] - 3)
        mouse.up()
        page.settle(1500)
        keyboard.press("ArrowRight")
        page.settle(2000)
        bars += self._undo_bars(page, undo, redo, "all moved")
        keyboard.press("Delete")
        page.settle(1000)
        bars += self._undo_bars(page, undo, redo, "all removed")
        page.key(**undo)
        keyboard.press("Escape")
        page.settle(2500)
        return bars

    def _undo_bars(self, page: Hands, undo: dict[str, Any], redo: dict[str, Any], what: str) -> list[Bar]:
        page.settle(500)
        found = [(page.key(**undo), page.key(**redo)) for _ in range(5)]
        bars = []
        for name, side in (("undo", 0), ("redo", 1)):
            command = min(pair[side][0] for pair in found)
            whole = sorted(pair[side][1] for pair in found)[2]
            print(
                f"{name}, {what}, at {UNDO_AT:,}: command {command:.1f} ms, until painted and kept {whole:.0f} CPU ms"
            )
            bars.append(bar(f"{name}, {what}, {UNDO_AT:,} {self.shape}: the command", command, "ms", 16))
        return bars

    def submit(self, times: int = 8) -> list[Bar]:
        files = [jobs.photograph(self.folder / f"submit-{n}.jpg", seed=100 + n) for n in range(times + 4)]
        job = jobs.make_job(self.product, "bounding-box", files)
        jobs.hold(self.product, job, 1)
        with hands(self.browser, self.product, self.meter, job) as page:
            took = []
            for _ in range(times):
                page.settle(1500)
                took.append(page.submit())
        took.sort()
        middle = took[times // 2]
        print(f"\nsubmit to next painted, {times} times: {took[0]:.0f} to {took[-1]:.0f}, median {middle:.0f} ms")
        return [bar("submit to next painted, third best", took[2], "ms", 100)]

    def axe(self) -> list[Bar]:
        from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

        job = jobs.make_job(self.product, "bounding-box", self.pictures)
        jobs.fill(self.product, jobs.hold(self.product, job, 1)[0], "box", 30)
        context = self.browser.new_context(base_url=self.product.url, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": self.product.lead, "url": self.product.url}])
        page, grave = context.new_page(), []
        for place in (
            label_page(job),
            WORK,
            "/jobs/",
            f"/jobs/{job}/",
            "/jobs/new/",
            f"/jobs/{job}/data/",
            "/exports/",
            "/teams/",
            "/results/",
        ):
            page.goto(place)
            page.wait_for_timeout(700)
            grave += [
                f"{place} {one['id']}"
                for one in Axe().run(page).response["violations"]
                if one["impact"] in ("serious", "critical")
            ]
        context.close()
        print(f"\naxe, serious or critical on nine pages: {grave or 'none'}")
        return [bar("axe: serious or critical findings", len(grave), "", 0)]


def main() -> int:
    arguments = _arguments()
    django_settings.configure()  # its client encodes our uploads
    settings = {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "picture": f"{jobs.WIDTH}x{jobs.HEIGHT}",
        "window": "1440x900",
    }
    print(f"Settings: {settings}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        product = Product(Path(folder) / "home")
        try:
            bench = Bench(chromium, Meter(os.getpid()), product, Path(folder), arguments.shape)
            bars = _run(bench, arguments)
        finally:
            product.stop()
            chromium.close()
    failed = [one for one in bars if not one["holds"]]
    for one in failed:
        print(f"does not hold: {one['name']}: {one['value']} {one['unit']} (target {one['target']})")
    print(f"{len(bars) - len(failed)} of {len(bars)} bars hold; load {os.getloadavg()[0]:.1f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1) + "\n")
    return 1 if failed else 0


def _run(bench: Bench, arguments: argparse.Namespace) -> list[Bar]:
    bars: list[Bar] = []
    if "shapes" in arguments.only:
        bars += bench.shapes(arguments.count or ((100, 5_000) if arguments.quick else jobs.KINDS[bench.shape].counts))
    if "submit" in arguments.only:
        bars += bench.submit(4 if arguments.quick else 10)
    if "axe" in arguments.only:
        bars += bench.axe()
    if "large" in arguments.only and not arguments.quick:
        bars += large(bench.browser, bench.meter, bench.product, bench.folder)
    gz = json.loads(SIZE.read_text())["editor.js"]
    print(f"bundle {gz / 1024:.1f} KiB gzipped")
    return [*bars, bar("bundle, gzipped", gz / 1024, "KiB", 60)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100 and 5,000 shapes; no large pictures")
    parser.add_argument("--shape", choices=list(jobs.KINDS), default="box")
    parser.add_argument("--only", action="append", choices=PARTS, help="one of the parts; may be repeated")
    parser.add_argument("--count", action="append", type=int, metavar="N", help="other numbers of shapes")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    arguments.only = arguments.only or list(PARTS)
    return arguments


if __name__ == "__main__":
    sys.exit(main())
