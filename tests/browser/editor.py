"""What a person does and sees on the label page, in as few words as a story deserves."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.product import label_page
from tests.browser.things import Box

ANSWER = re.compile(r"/api/v1/assignments/\d+/answer$")


class Desk:
    """The label page of one job."""

    def __init__(self, page: Page, job: int) -> None:
        self.page = page
        self.job = job
        self.sent: list[Any] = []  # the answers that the API has taken, in their order
        page.on("requestfinished", self._note)

    def _note(self, request: Request) -> None:
        if ANSWER.search(request.url) and request.method == "POST":
            reply = request.response()
            if reply is not None and reply.status == 201:
                self.sent.append(request.post_data_json)

    def open(self) -> Desk:
        self.page.goto(label_page(self.job))
        return self.shown()

    def shown(self) -> Desk:
        """The object is there and its bytes are painted."""
        expect(self.page.locator("#stage > .picture, #stage video, #stage.doc").first).to_be_visible()
        return self

    @property
    def stage(self) -> Locator:
        return self.page.locator("#stage")

    @property
    def rows(self) -> Locator:
        """The listbox of objects beside the picture."""
        return self.page.get_by_role("listbox", name="Objects in this picture").get_by_role("option")

    @property
    def name(self) -> str:
        """What the object is called, as the top bar says it."""
        return self.page.locator(".job-name .cut").nth(1).inner_text().rpartition(" · ")[2]

    @property
    def answers(self) -> list[Any]:
        return [each["answer"] for each in self.sent]

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place in px of the picture, in px of the window."""
        place = self.page.evaluate(
            """async ([x, y]) => {
                // What was zoomed or moved just now is drawn with the next frame.
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                const img = document.querySelector('#stage > .picture'), box = img.getBoundingClientRect();
                const scale = box.width / img.offsetWidth;
                return [box.left + x * scale, box.top + y * scale];
            }""",
            [x, y],
        )
        return place[0], place[1]

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """From and to in px of the picture, with the button held."""
        mouse = self.page.mouse
        mouse.move(*self.at(*start))
        mouse.down()
        mouse.move(*self.at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        mouse.move(*self.at(*end))
        mouse.up()

    def click(self, *places: tuple[float, float]) -> None:
        """One click after the other, in px of the picture."""
        for place in places:
            self.page.mouse.move(*self.at(*place))
            self.page.mouse.down()
            self.page.mouse.up()

    def tool(self, title: str) -> None:
        """Taken from the rail, by mouse."""
        self.page.get_by_role("toolbar", name="Tools").get_by_role("button", name=title).click()

    def draw(self, box: Box) -> None:
        """A box by one drag, with the box tool in the hand."""
        before = self.rows.count()
        self.drag(*box.corners)
        expect(self.rows).to_have_count(before + 1)

    def click_twice(self, box: Box) -> None:
        """A box by two clicks."""
        before = self.rows.count()
        for corner in box.corners:
            self.page.mouse.move(*self.at(*corner))
            self.page.mouse.down()
            self.page.mouse.up()
        expect(self.rows).to_have_count(before + 1)

    def press_submit(self, *, key: str = "") -> None:
        """By the button, or by `key`."""
        self.press(key) if key else self.button(re.compile("^Submit")).click()

    def press_submit_untouched(self) -> None:
        """The button again and again until it takes: nothing goes out in its first moment without a change."""
        before = self.today
        for _ in range(100):
            self.press_submit()
            if self.today != before:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{self.name} can't be submitted: {self.page.locator('.notices').inner_text()}")

    def submit(self, *, key: str = "") -> Any:
        """The answer that the API took."""
        before = len(self.sent)
        self.press_submit(key=key)
        self.arrived(before + 1)
        return self.answers[before]

    @property
    def today(self) -> str:
        """The count of today's answers, as the top bar says it."""
        return self.page.locator(".batch").inner_text()

    def arrived(self, count: int, *, seconds: float = 30) -> None:
        """`count` answers were taken on this page, in all."""
        for _ in range(int(seconds * 10)):
            if len(self.sent) >= count:
                break
            self.page.wait_for_timeout(100)  # lets Playwright hand over what it has heard
        assert len(self.sent) == count, f"{len(self.sent)} answers have arrived, not {count}"


def boxes_of(answer: Any) -> list[Box]:
    """The boxes of an answer, by their left edge."""
    boxes = [Box(**each["geometry"], category=each["category"]) for each in answer["instances"]]
    return sorted(boxes, key=lambda box: (box.left, box.top))


def same(found: Sequence[Box], wanted: Sequence[Box], *, px: float = 2.0) -> bool:
    """As many boxes, in this order, each of the same class and with every edge within `px`."""
    return len(found) == len(wanted) and all(near(*pair, px) for pair in zip(found, wanted, strict=True))


def near(found: Box, wanted: Box, px: float) -> bool:
    pairs = zip((*found.corners[0], *found.corners[1]), (*wanted.corners[0], *wanted.corners[1]), strict=True)
    return found.category == wanted.category and all(abs(a - b) <= px for a, b in pairs)


def as_lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]
