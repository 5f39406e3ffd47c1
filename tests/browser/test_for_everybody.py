"""The label page for whoever comes: axe-core finds nothing serious, and nothing scrolls sideways."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.editor import Desk
from tests.browser.product import wait_for
from tests.browser.things import Box, clip, street

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
HERE, THERE = Box(80, 60, 120, 90), Box(360, 200, 160, 100)


@pytest.fixture
def jobs(job: Callable[..., int], tmp_path: Path) -> dict[str, int]:
    pictures = [street(tmp_path / "street.png", [HERE, THERE])]
    about: dict[str, Any] = {"instructions": "# What counts\nWhat drives.\n\n- cars\n- buses"}
    return {
        "boxes": job("bounding-box", files=pictures, **about),
        "picture": job("image-classification", files=pictures, **about),
        "text": job("text-classification", lines=[json.dumps({"source": "Long. " * 400})], **about),
        "clip": job("video-classification", files=[clip(tmp_path / "clip.mp4")], **about),
    }


def findings(page: Page) -> list[str]:
    """Serious and critical ones, a line each."""
    violations = Axe().run(page).response["violations"]
    grave = [each for each in violations if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {each['help']}: {node['target']}" for each in grave for node in each["nodes"]]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_finding_on_any_label_page_at_any_size(
    worker: Callable[..., BrowserContext], jobs: dict[str, int], scheme: str
) -> None:
    page = worker(color_scheme=scheme).new_page()
    for name, job in jobs.items():
        at = Desk(page, job).open()
        assert findings(page) == [], f"{name}, untouched"
        work(at, name)
        for size in (DESK, PHONE, NARROW):
            page.set_viewport_size(size)
            if size is not NARROW:
                assert findings(page) == [], f"{name} at {size['width']} px"
            assert fits(page), f"{name} scrolls sideways at {size['width']} px"
        page.set_viewport_size(DESK)


def work(at: Desk, name: str) -> None:
    if name == "boxes":
        at.draw(HERE)
        at.draw(THERE)
    else:
        at.press("1")


def test_no_serious_finding_in_any_panel_that_opens_over_the_work(
    worker: Callable[..., BrowserContext], jobs: dict[str, int]
) -> None:
    at = Desk(worker().new_page(), jobs["boxes"]).open()
    for key in ("?", "i", "s", "/", "Control+k"):
        at.press(key)
        expect(at.page.get_by_role("dialog")).to_be_visible()
        assert findings(at.page) == [], key
        at.press("Escape")
        expect(at.page.get_by_role("dialog")).to_have_count(0)


def test_the_instructions_stand_beside_the_work_and_escape_closes_them(
    worker: Callable[..., BrowserContext], jobs: dict[str, int]
) -> None:
    at = Desk(worker().new_page(), jobs["boxes"]).open()
    at.press("i")
    instructions = at.page.get_by_role("dialog", name="Instructions")
    expect(instructions).to_be_visible()
    for size in (DESK, PHONE, NARROW):
        at.page.set_viewport_size(size)
        assert findings(at.page) == [], f"at {size['width']} px"
        assert fits(at.page), f"sideways at {size['width']} px"
    at.page.set_viewport_size(DESK)
    at.draw(HERE)
    at.press("Escape")
    expect(instructions).to_have_count(0)
    at.press("i", "Escape", "Delete")
    expect(at.page.get_by_role("heading", name="0 objects")).to_be_visible()


def test_by_touch_on_a_phone_the_selected_box_is_removed_and_the_picture_zoomed(
    worker: Callable[..., BrowserContext], jobs: dict[str, int]
) -> None:
    at = Desk(worker(viewport=PHONE, has_touch=True, is_mobile=True).new_page(), jobs["boxes"]).open()
    for corner in THERE.corners:
        at.page.touchscreen.tap(*at.at(*corner))
    remove = at.button("Remove the selected object")
    place = remove.bounding_box()
    assert place is not None
    assert min(place["width"], place["height"]) >= 44
    remove.tap()
    expect(remove).to_have_count(0)
    before = at.at(*THERE.corners[1])
    at.button("Zoom in").tap()
    wait_for(lambda: at.at(*THERE.corners[1]) != before, words="the picture to grow")


def test_by_touch_on_a_phone_a_box_is_drawn_found_in_the_sheet_and_submitted(
    worker: Callable[..., BrowserContext], jobs: dict[str, int]
) -> None:
    at = Desk(worker(viewport=PHONE, has_touch=True, is_mobile=True).new_page(), jobs["boxes"]).open()
    at.button("2 Bus").tap()
    for corner in THERE.corners:
        at.page.touchscreen.tap(*at.at(*corner))
    at.button("Objects").tap()
    expect(at.page.get_by_role("dialog", name="Objects")).to_be_visible()
    expect(at.rows).to_have_count(1)
    assert findings(at.page) == []
    at.press("Escape")
    assert at.submit()["instances"][0]["category"] == 1


def test_nothing_open_has_no_serious_finding(worker: Callable[..., BrowserContext], jobs: dict[str, int]) -> None:
    at = Desk(worker().new_page(), jobs["text"]).open()
    at.press("1")
    at.submit()
    expect(at.page.get_by_role("button", name="Look again")).to_be_visible()
    for size in (DESK, PHONE, NARROW):
        at.page.set_viewport_size(size)
        assert findings(at.page) == []
        assert fits(at.page)
