"""Pictures of 100 megapixels in the product, beside one of two: time, frames and memory of the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser

from bench import editor_jobs as jobs
from bench.editor_hands import hands, image_alone
from bench.editor_meter import Meter
from tests.browser.product import Product

SIDE = 10_000  # px: the most that the server takes
GESTURE = 2.0  # times the picture alone, as for any other
MEMORY = 1_500.0  # MiB of renderer and GPU process
OPEN = 4_000.0  # CPU ms from the address to a quiet page


def picture(path: Path, **how: Any) -> Path:
    """Soft colours, with grain in blocks; within the 40 MB that the server takes."""
    rng = np.random.default_rng(3)
    soft = Image.fromarray(rng.integers(40, 220, (40, 40, 3), dtype=np.uint8))
    pixels = np.asarray(soft.resize((SIDE // 4, SIDE // 4), Image.Resampling.BICUBIC)).copy()
    pixels[::3] //= 2
    Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.NEAREST).save(path, **how)
    return path


def large(browser: Browser, meter: Meter, product: Product, folder: Path) -> list[dict[str, Any]]:
    print("\nlarge pictures: CPU ms from address to quiet page, a frame of a gesture, at rest; MiB of the browser")
    print(
        f"{'file':>22}{'MiB':>7}{'open':>8}{'pan':>8}{'alone':>8}{'zoom':>8}{'alone':>8}"
        f"{'rest':>8}{'pan near':>10}{'memory':>9}",
        flush=True,
    )
    bars: list[dict[str, Any]] = []
    for name, files in (
        ("1920 x 1080 JPEG", [jobs.photograph(folder / f"small-{n}.jpg", seed=40 + n) for n in range(3)]),
        ("100 megapixels, JPEG", [picture(folder / f"large-{n}.jpg", quality=80 + n) for n in range(3)]),
        ("100 megapixels, PNG", [picture(folder / f"large-{n}.png", compress_level=1 + n) for n in range(3)]),
    ):
        job = jobs.make_job(product, "bounding-box", files)
        jobs.hold(product, job, 3)
        before, began = meter.memory(), meter.seconds()
        with hands(browser, product, meter, job) as page:
            page.settle(4000)
            stage = page.page.locator("#stage").bounding_box()
            assert stage is not None
            row = {"open": 1000 * (meter.seconds() - began), "pan": page.pan()}
            row["zoom"], row["rest"] = page.zoom()
            page.page.mouse.move(*page.middle)
            for _ in range(40):
                page.page.mouse.wheel(0, -100)
                page.frame()
            page.settle(1500)
            row["near"] = page.pan()
            row["memory"] = meter.memory() - before
        sides = {"left": stage["x"], "top": stage["y"], "width": stage["width"], "height": stage["height"]}
        with image_alone(browser, meter, files[0].read_bytes(), sides) as alone:
            alone.settle(3000)
            row["pan alone"], row["zoom alone"] = alone.pan(), alone.zoom()[0]
        size = files[0].stat().st_size / 2**20
        print(
            f"{name:>22}{size:>7.1f}{row['open']:>8.0f}{row['pan']:>8.1f}{row['pan alone']:>8.1f}{row['zoom']:>8.1f}"
            f"{row['zoom alone']:>8.1f}{row['rest']:>8.0f}{row['near']:>10.1f}{row['memory']:>9.0f}",
            flush=True,
        )
        if "100" in name:
            bars += [
                _bar(f"open, {name}", row["open"], OPEN, "CPU ms"),
                _bar(f"memory, {name}", row["memory"], MEMORY, "MiB"),
                _bar(f"pan, {name}", row["pan"] / row["pan alone"], GESTURE, "x image alone"),
                _bar(f"pan close up, {name}", row["near"] / row["pan alone"], GESTURE, "x image alone"),
                _bar(f"zoom, {name}", row["zoom"] / row["zoom alone"], GESTURE, "x image alone"),
            ]
    return bars


def _bar(name: str, value: float, most: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": round(value, 1), "unit": unit, "target": f"<= {most:g}", "holds": value <= most}
