"""Boxes are in px of the stored file, however the picture is turned or made smaller for the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.editor import Desk, boxes_of, same
from tests.browser.things import Box, street

SHARES = (0.15, 0.2, 0.4, 0.45)  # left, top, right, bottom of the box, as shares of the stored picture
UPRIGHT = 1
TURNED_RIGHT = 6  # EXIF: the stored picture is shown after a quarter turn to the right
ORIENTATION = 0x0112


def part_of_stage(at: Desk, x: float, y: float) -> tuple[float, float]:
    """Shares of the picture as it is seen, in px of the window."""
    seen = at.page.locator("#stage > img").bounding_box()
    assert seen is not None
    return seen["x"] + x * seen["width"], seen["y"] + y * seen["height"]


def drag(at: Desk, start: tuple[float, float], end: tuple[float, float]) -> None:
    at.page.mouse.move(*part_of_stage(at, *start))
    at.page.mouse.down()
    at.page.mouse.move(*part_of_stage(at, *end), steps=4)
    at.page.mouse.up()
    expect(at.rows).to_have_count(1)


@pytest.mark.parametrize("scale", [1, 10])
@pytest.mark.parametrize("turned", [UPRIGHT, TURNED_RIGHT], ids=["upright", "turned right"])
def test_a_box_is_in_px_of_the_stored_file(
    desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path, turned: int, scale: int
) -> None:
    width, height = 640 * scale, 400 * scale
    here = Box(96 * scale, 80 * scale, 160 * scale, 100 * scale)
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    stored = Image.open(street(tmp_path / "stored.png", [here], width=width, height=height))
    stored.save(tmp_path / "photograph.jpg", quality=95, exif=exif)
    at = desk(job("bounding-box", files=[tmp_path / "photograph.jpg"]))
    left, top, right, bottom = SHARES
    if turned == TURNED_RIGHT:  # what was at the bottom is at the left, what was at the left is on top
        drag(at, (1 - bottom, left), (1 - top, right))
    else:
        drag(at, (left, top), (right, bottom))
    found = boxes_of(at.submit())
    assert same(found, [here], px=2 * scale), found
