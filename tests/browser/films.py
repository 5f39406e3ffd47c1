"""What a person does and sees with a film on the label page; frames are told by the number in their pixels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect

from tests.browser.editor import Desk
from tests.browser.product import Product, wait_for
from tests.media.films import BAR, BLOCKS, HEIGHT

# Reads what the canvas shows, and what the page says that it shows: the barcode of tests/media/films.py.
READER = f"""
window.shown = () => {{
    const canvas = document.querySelector('#stage > canvas.picture');
    const {{ width, height }} = canvas;
    const {{ data }} = canvas.getContext('2d').getImageData(0, Math.floor(height * {BAR} / {HEIGHT} / 2), width, 1);
    const bits = Array.from({{ length: {BLOCKS} }},
        (_, block) => Number(data[4 * Math.floor((block + 0.5) * width / {BLOCKS})] > 128));
    const fair = bits[0] === 1 && bits[{BLOCKS} - 1] === 0;
    return {{
        read: fair ? parseInt(bits.slice(1, -1).join(''), 2) : -1,
        said: Number(canvas.dataset.frame),
        number: Number(document.querySelector('.frame-number').value),
    }};
}};
window.moment = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
"""
# Asks for one frame after the other as a person does, by the keys and by the number; waits until each has come.
WALK = """async (wanted) => {
    const key = (key, code) => window.dispatchEvent(
        new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }));
    const type = (number) => {
        const field = document.querySelector('.frame-number');
        field.focus();
        field.value = String(number);
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        return new Promise((done) => setTimeout(() => {
            field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
            done();
        }));
    };
    const seen = [];
    for (const number of wanted) {
        const here = window.shown().said;
        if (number === here + 1) key('.', 'Period');
        else if (number === here - 1) key(',', 'Comma');
        else await type(number);
        const until = performance.now() + 15000;
        do await window.moment(); while (window.shown().said !== number && performance.now() < until);
        await window.moment();
        seen.push(window.shown());
    }
    return seen;
}"""


@dataclass(frozen=True)
class Shown:
    """The number in the pixels, the one that the stage was told, and the one that the person reads."""

    read: int
    said: int
    number: int

    @property
    def agree(self) -> bool:
        return self.read == self.said == self.number


class FilmDesk(Desk):
    """The label page of a job about films."""

    def shown(self) -> FilmDesk:
        expect(self.page.locator("#stage > canvas.picture")).to_be_visible()
        expect(self.page.locator(".frame-number")).to_be_visible()
        self.page.evaluate(READER)
        return self

    def frame(self) -> Shown:
        return Shown(**self.page.evaluate("() => window.shown()"))

    def walk(self, frames: Sequence[int]) -> list[Shown]:
        """What was shown for each frame that was asked for."""
        return [Shown(**each) for each in self.page.evaluate(WALK, list(frames))]

    def comes(self, frame: int) -> Shown:
        """Wait until this frame is shown."""
        self.page.wait_for_function("(frame) => window.shown().said === frame", arg=frame)
        self.page.evaluate("() => window.moment()")
        return self.frame()

    @property
    def decodes(self) -> bool:
        """Whether the page says that it decodes by itself."""
        title = self.page.locator(".film-place").get_attribute("title") or ""
        assert re.search("decoded here|from the server", title), title
        return "decoded" in title


def proxies_made(product: Product, job: int) -> dict[str, Any]:
    """Wait until each film of a job can be decoded in the editor; their tables, by name."""
    objects = product.api("GET", f"/jobs/{job}/objects")["objects"]

    def tables() -> dict[str, Any] | None:
        found = {one["name"]: product.api("GET", f"/media/{one['id']}/frame-table") for one in objects}
        return found if all(table["proxy"] == "ready" for table in found.values()) else None

    return wait_for(tables, words="the films' proxies", seconds=120) or {}
