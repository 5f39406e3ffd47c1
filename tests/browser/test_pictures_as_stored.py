"""Boxes are in px of the stored file, however the picture is turned or made smaller for the screen."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
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


# Where a place of the stored picture (shares of its width and height) is seen, for EXIF orientation 1 to 8.
SEEN: dict[int, Callable[[float, float], tuple[float, float]]] = {
    1: lambda x, y: (x, y),
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (y, 1 - x),
}


def photograph(folder: Path, turned: int, scale: int = 1) -> Path:
    """One red rectangle at SHARES, and a note of how the camera was held."""
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    stored = Image.open(street(folder / "stored.png", [box(scale)], width=640 * scale, height=400 * scale))
    stored.save(folder / f"{turned}.jpg", quality=95, exif=exif)
    return folder / f"{turned}.jpg"


def box(scale: int = 1) -> Box:
    return Box(96 * scale, 80 * scale, 160 * scale, 100 * scale)


def test_a_box_is_in_px_of_the_stored_file_however_the_camera_was_held(
    desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path
) -> None:
    at = desk(job("bounding-box", files=[photograph(tmp_path, turned) for turned in SEEN]))
    left, top, right, bottom = SHARES
    seen = set()
    for _ in SEEN:
        turned = int(at.name.removesuffix(".jpg"))
        assert colour_at(at, *SEEN[turned]((left + right) / 2, (top + bottom) / 2)) == "red", f"orientation {turned}"
        drag(at, SEEN[turned](left, top), SEEN[turned](right, bottom))
        found = boxes_of(at.submit())
        assert same(found, [box()], px=2), f"orientation {turned}: {found}"
        seen.add(turned)
        expect(at.rows).to_have_count(0)
    assert seen == set(SEEN)


@pytest.mark.parametrize("turned", [UPRIGHT, TURNED_RIGHT], ids=["upright", "turned right"])
def test_a_box_in_a_large_picture_is_in_px_of_the_stored_file(
    desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path, turned: int
) -> None:
    at = desk(job("bounding-box", files=[photograph(tmp_path, turned, scale=10)]))
    left, top, right, bottom = SHARES
    drag(at, SEEN[turned](left, top), SEEN[turned](right, bottom))
    found = boxes_of(at.submit())
    assert same(found, [box(10)], px=20), found


def colour_at(at: Desk, x: float, y: float) -> str:
    """What the window shows at a share of the picture as it is seen."""
    left, top = part_of_stage(at, x, y)
    shot = at.page.screenshot(clip={"x": left, "y": top, "width": 1, "height": 1})
    r, _, b = Image.open(BytesIO(shot)).convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    return "red" if r > 2 * b else f"{r}, {b}"


SIDE = 8000  # px: 64 million in all
HERE = (6000, 6200)  # the corner of a piece that is black and white by turns
PIECE = 64


@pytest.fixture(scope="module")
def chequered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    picture = np.full((SIDE, SIDE), 128, dtype=np.uint8)
    x, y = HERE
    picture[y : y + PIECE, x : x + PIECE] = 255 * (np.indices((PIECE, PIECE)).sum(axis=0) % 2)
    path = tmp_path_factory.mktemp("large") / "large.png"
    Image.fromarray(picture).save(path, compress_level=1)
    return path


def test_zooming_into_64_megapixels_shows_the_very_pixels(
    desk: Callable[..., Desk], job: Callable[..., int], chequered: Path
) -> None:
    at = desk(job("bounding-box", files=[chequered]))
    middle = (HERE[0] + PIECE / 2, HERE[1] + PIECE / 2)
    for _ in range(7):
        at.page.mouse.move(*at.at(*middle))
        at.page.mouse.wheel(0, -400)
    (x0, y0), (x1, _) = at.at(HERE[0] + 20, HERE[1] + 20), at.at(HERE[0] + 28, HERE[1] + 20)
    scale = (x1 - x0) / 8
    assert 4 <= scale <= 32, "zoomed in, and eight px fit the stage"
    at.page.wait_for_timeout(500)
    clip = {"x": x0, "y": y0, "width": 8 * scale, "height": 8 * scale}
    shot = Image.open(BytesIO(at.page.screenshot(clip=clip))).convert("L")  # type: ignore[arg-type]
    shown = [[shot.getpixel((int((i + 0.5) * scale), int((j + 0.5) * scale))) for i in range(8)] for j in range(8)]
    assert shown == [[255 * ((i + j) % 2) for i in range(8)] for j in range(8)]
