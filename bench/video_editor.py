"""What a step and a jump through a film cost in the editor: a real browser on a real server.

A film of 240 frames, 1280 x 720, with a key frame at its beginning only, so that what is stepped through is the proxy
that the product makes of it (a key frame every 30). Three tracks of boxes lie on it. CPU ms are those of the page's
main thread, from the key to the picture on the screen; beside them those of all threads of Chromium's renderer and GPU
process, decoding and drawing in software included, and what is decoded ahead meanwhile. ms by the page's clock mean
something on a quiet machine only.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings as django_settings
from playwright.sync_api import Page, sync_playwright

from bench.editor_meter import FLAGS, MS, Meter
from tests.browser.films import FilmDesk, proxies_made
from tests.browser.product import Product, wait_for
from tests.browsing import chromium_path
from tests.media.films import RECIPES, make_film

STEPS, JUMPS = 25, 25
SIZE = (1280, 720)
FRAMES = 240
REST = 1500  # ms until what is decoded ahead has come

# From an act to the picture: the act itself, and then as often as the screen is painted.
UNTIL = """([act, frame]) => new Promise((done) => {
    const canvas = document.querySelector('#stage > canvas.picture');
    const begun = performance.now();
    const field = document.querySelector('.frame-number');
    if (act === 'key') {
        const key = frame > Number(canvas.dataset.frame) ? ['.', 'Period'] : [',', 'Comma'];
        window.dispatchEvent(
            new KeyboardEvent('keydown', { key: key[0], code: key[1], bubbles: true, cancelable: true }));
    } else {
        field.focus();
        field.value = String(frame);
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        setTimeout(() => field.dispatchEvent(
            new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })));
    }
    const look = () => {
        if (Number(canvas.dataset.frame) !== frame) requestAnimationFrame(look);
        else requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
    };
    requestAnimationFrame(look);
})"""


@dataclass
class Costs:
    """Of one kind of act, each time: CPU ms of the main thread and of all threads, ms by the page's clock."""

    main: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


class Watch:
    """The page's main thread, by its own account."""

    def __init__(self, page: Page, meter: Meter) -> None:
        self.page, self.meter = page, meter
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def main(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return MS * float(next(one["value"] for one in metrics if one["name"] == "ThreadTime"))

    def time(self, act: str, frame: int, costs: Costs) -> None:
        before, all_before = self.main(), self.meter.seconds()
        costs.wall.append(self.page.evaluate(UNTIL, [act, frame]))
        costs.main.append(self.main() - before)
        costs.all.append(MS * (self.meter.seconds() - all_before))


def film_job(product: Product, folder: Path) -> int:
    """A running job of tracks over the film, once its proxy is made."""
    path = folder / "film.mp4"
    make_film(path, replace(RECIPES["h264-b-frames-long-gop"], frames=FRAMES), size=SIZE)
    wishes = {"task_type": "video-object-tracking", "name": "film", "categories": ["Car"], "team": product.team}
    job: int = product.api("POST", "/jobs", wishes)["id"]
    product.api("POST", f"/jobs/{job}/objects", files=[path])
    product.api("POST", f"/jobs/{job}/steps/start")
    proxies_made(product, job)
    leased: Callable[[], Any] = lambda: product.api("POST", f"/jobs/{job}/leases", {"count": 1})["leases"]  # noqa: E731
    wait_for(leased, words="the film to be open to people", seconds=120)
    return job


def tracks(at: FilmDesk) -> None:
    """Three boxes, each with a key frame at the beginning and one at the end."""
    for left in (100, 400, 700):
        at.drag((left, 200), (left + 150, 400))
    at.walk([FRAMES - 1])
    for left in (100, 400, 700):
        at.press("v")
        at.drag((left + 75, 300), (left + 175, 360))
    at.press("Escape")


def measure(at: FilmDesk, watch: Watch) -> tuple[Costs, Costs]:
    """Steps on and back within what is decoded, and jumps out of it."""
    steps, jumps = Costs(), Costs()
    at.walk([FRAMES // 2])
    at.page.wait_for_timeout(2 * REST)
    middle = FRAMES // 2
    for frame in (*range(middle + 1, middle + STEPS + 1), *range(middle + STEPS - 1, middle - 1, -1)):
        watch.time("key", frame, steps)
    rng, here = np.random.default_rng(8), middle
    for _ in range(JUMPS):
        far = [frame for frame in range(FRAMES) if abs(frame - here) > 75]
        here = int(rng.choice(far))
        watch.time("number", here, jumps)
        at.page.wait_for_timeout(REST)
    return steps, jumps


def p95(values: Sequence[float]) -> float:
    return float(np.percentile(values, 95))


def show(name: str, costs: Costs) -> None:
    cells = [f"{float(np.median(values)):8.1f}{p95(values):8.1f}" for values in (costs.main, costs.all, costs.wall)]
    print(f"{name:32}{''.join(cells)}   {len(costs.main)} times")


def editor() -> list[dict[str, Any]]:
    """The bars of the editor's films."""
    if not django_settings.configured:
        django_settings.configure()  # its client encodes our uploads
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        product = Product(Path(folder) / "home")
        try:
            job = film_job(product, Path(folder))
            context = chromium.new_context(base_url=product.url, viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": product.lead, "url": product.url}])
            context.set_default_timeout(60_000)
            at = FilmDesk(context.new_page(), job)
            at.open()
            assert at.decodes, "the frames come from the server"
            tracks(at)
            steps, jumps = measure(at, Watch(at.page, Meter(os.getpid())))
        finally:
            product.stop()
            chromium.close()
    print(
        f"\n{FRAMES} frames of {SIZE[0]} x {SIZE[1]}, a key frame every 30, three tracks; load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'in the editor: p50, p95 of':32}{'main thread, CPU':>16}{'all, CPU':>16}{'clock, ms':>16}")
    show("a step within what is decoded", steps)
    show("a jump out of it", jumps)
    return [
        bar("step within what is decoded, main thread, p95", p95(steps.main), 16),
        bar("jump in a film with a key frame every 30, main thread, p95", p95(jumps.main), 150),
    ]


def bar(name: str, value: float, target: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "CPU ms", "target": target, "holds": value <= target}
