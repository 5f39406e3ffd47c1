"""How a picture is shown to one person: brightness, contrast, the magnifier. Nothing of it is part of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.editor import Desk, boxes_of, same
from tests.browser.test_for_everybody import findings
from tests.browser.things import CAR, Box, street

FILTERED = re.compile("brightness")
CAR_AT = Box(80, 60, 120, 90)


@pytest.fixture
def at(desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path) -> Desk:
    return desk(job("bounding-box", files=[street(tmp_path / "street.png", [CAR_AT])]))


def colour(page: Page, x: float, y: float) -> tuple[int, ...]:
    shot = page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    found = Image.open(BytesIO(shot)).convert("RGB").getpixel((0, 0))
    assert isinstance(found, tuple)
    return found


def test_a_brighter_picture_stays_so_after_a_reload_and_changes_no_answer(at: Desk) -> None:
    at.press("Alt+PageUp", "Alt+PageUp", "Alt+Shift+PageUp")
    picture = at.page.locator("#stage > img")
    expect(picture).to_have_attribute("style", FILTERED)
    at.page.reload()
    at.shown()
    expect(picture).to_have_attribute("style", FILTERED)
    at.draw(CAR_AT)
    assert same(boxes_of(at.submit()), [CAR_AT])


def test_the_sliders_and_reset_do_what_the_keys_do_without_a_finding(at: Desk) -> None:
    at.button("Brightness, contrast, magnifier").click()
    bright = at.page.get_by_role("slider", name="Brightness")
    bright.fill("1")
    picture = at.page.locator("#stage > img")
    expect(picture).to_have_attribute("style", FILTERED)
    assert findings(at.page) == []
    at.button("Reset").click()
    expect(picture).not_to_have_attribute("style", FILTERED)


def test_the_magnifier_shows_the_pixels_under_the_hand(at: Desk) -> None:
    at.press("v", "z")
    x, y = at.at(140, 105)
    at.page.mouse.move(x - 5, y)
    at.page.mouse.move(x, y)
    loupe = at.page.locator(".loupe")
    expect(loupe).to_be_visible()
    place = loupe.bounding_box()
    assert place is not None
    # Off the cross, within the red of the car: 20 px of the screen are at most 5 of the picture there.
    seen = colour(at.page, place["x"] + place["width"] / 2 + 20, place["y"] + place["height"] / 2 + 20)
    assert all(abs(a - b) <= 3 for a, b in zip(seen, CAR, strict=True)), seen
    at.press("z")
    expect(loupe).to_be_hidden()
