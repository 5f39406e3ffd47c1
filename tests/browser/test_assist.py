"""What helps to outline a thing, by mouse and by keyboard, on a picture whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from labeling.geometry.rle import decode
from tests.browser.editor import Desk
from tests.browser.product import wait_for
from tests.browser.things import CAR, GROUND
from tests.model_server import ModelServer

WIDTH, HEIGHT = 640, 400
CENTRE, RADII = (300.0, 190.0), (130.0, 90.0)
Mask = NDArray[np.bool_]


def truth() -> Mask:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    return np.asarray(((x - CENTRE[0]) / RADII[0]) ** 2 + ((y - CENTRE[1]) / RADII[1]) ** 2 <= 1)


def scene(path: Path, *, orientation: int = 1, seed: int = 5) -> Path:
    """A red ellipse on a grey ground, with grain. `orientation`: its EXIF tag; the stored px stay the same."""
    grain = np.random.default_rng(seed).normal(0, 6, (HEIGHT, WIDTH, 3))
    colours = np.where(truth()[..., None], CAR, GROUND) + grain
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(colours.clip(0, 255).astype(np.uint8)).save(path, exif=exif)
    return path


def on_the_edge(degrees: float) -> tuple[float, float]:
    turn = math.radians(degrees)
    return CENTRE[0] + RADII[0] * math.cos(turn), CENTRE[1] + RADII[1] * math.sin(turn)


BOX = ((CENTRE[0] - 145, CENTRE[1] - 104), (CENTRE[0] + 142, CENTRE[1] + 106))


def filled(instance: Any) -> Mask:
    geometry = instance["geometry"]
    if instance["shape"] == "mask":
        runs = decode(geometry["counts"], WIDTH * HEIGHT)
        flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
        return flat.reshape((HEIGHT, WIDTH), order="F")
    # Four times as large: PIL fills whole px, and the border's px count half.
    picture = Image.new("1", (WIDTH * 4, HEIGHT * 4))
    pen = ImageDraw.Draw(picture)
    for number, ring in enumerate((geometry["vertices"], *geometry.get("holes", ()))):
        pen.polygon([(p["x"] * 4, p["y"] * 4) for p in ring], fill=number == 0)
    return np.asarray(picture.resize((WIDTH, HEIGHT), Image.Resampling.NEAREST))


def likeness(instance: Any, wanted: Mask | None = None) -> float:
    found, wanted = filled(instance), truth() if wanted is None else wanted
    return float((found & wanted).sum() / (found | wanted).sum())


def click(desk: Desk, x: float, y: float) -> None:
    desk.page.mouse.move(*desk.at(x, y))
    desk.page.mouse.down()
    desk.page.mouse.up()


@pytest.fixture(params=["polygon", "instance-segmentation"])
def at(request: pytest.FixtureRequest, desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path) -> Desk:
    return desk(job(request.param, files=[scene(tmp_path / "scene.png")]))


def tool(desk: Desk, name: str) -> None:
    desk.button(name).click()


def looked(desk: Desk) -> None:
    """The helper has answered, one way or the other."""
    expect(desk.page.get_by_text("Looking for its shape")).to_have_count(0, timeout=30_000)


def proposed(desk: Desk) -> None:
    expect(desk.page.locator("#said")).to_contain_text("A shape is proposed", timeout=30_000)


def model_of(instance: Any) -> Any:
    return instance["origin"] and (instance["origin"]["model"], instance["origin"]["how"])


def test_a_magnetic_outline_by_a_few_clicks_lies_on_the_edge(at: Desk) -> None:
    tool(at, "Draw an outline that clings to edges, key T")
    for degrees in (0, 75, 150, 220, 290):
        click(at, *on_the_edge(degrees))
        at.page.wait_for_timeout(250)
    click(at, *on_the_edge(0))
    expect(at.rows).to_have_count(1)
    (instance,) = at.submit()["instances"]
    assert likeness(instance) > 0.97
    assert model_of(instance) is None  # it is the person's own


def test_a_magnetic_outline_by_keys_alone(at: Desk) -> None:
    at.press("t")
    place, on = (WIDTH // 2, HEIGHT // 2), at.press
    for degrees in (0, 120, 240):
        x, y = (round(part) for part in on_the_edge(degrees))
        for key, steps in (("ArrowRight", x - place[0]), ("ArrowDown", y - place[1])):
            towards = key if steps > 0 else {"ArrowRight": "ArrowLeft", "ArrowDown": "ArrowUp"}[key]
            on(*[f"Shift+{towards}"] * (abs(steps) // 10), *[towards] * (abs(steps) % 10))
        place = (x, y)
        at.page.wait_for_timeout(250)
        on("Space")
    on("Backspace", "Space", "Enter")
    expect(at.rows).to_have_count(1)
    (instance,) = at.submit()["instances"]
    assert likeness(instance) > 0.95


def test_backspace_takes_the_last_seed_back_and_escape_drops_the_outline(at: Desk) -> None:
    tool(at, "Draw an outline that clings to edges, key T")
    for degrees in (0, 90):
        click(at, *on_the_edge(degrees))
        at.page.wait_for_timeout(250)
    making = at.page.get_by_role("group", name="In the making")
    at.press("Backspace")
    expect(making).to_be_visible()
    at.press("Backspace")
    expect(making).to_be_hidden()
    click(at, *on_the_edge(180))
    expect(making).to_be_visible()
    at.press("Escape")
    expect(at.rows).to_have_count(0)
    expect(at.button("Undo")).to_be_disabled()


def test_grabcut_finds_the_thing_in_a_box_and_says_so(at: Desk) -> None:
    tool(at, "Cut a thing out of a box")
    at.drag(*BOX)
    proposed(at)
    expect(at.rows).to_have_count(0)  # only shown as yet
    at.press("Enter")
    expect(at.rows).to_have_count(1)
    (instance,) = at.submit()["instances"]
    assert likeness(instance) > 0.97
    assert model_of(instance) == ("grabcut", "accepted")


def test_hints_take_away_and_give_back_and_escape_drops_it_all(at: Desk) -> None:
    tool(at, "Cut a thing out of a box")
    at.drag(*BOX)
    proposed(at)
    at.page.keyboard.down("Alt")
    at.drag((180, 190), (420, 190))  # not this
    at.page.keyboard.up("Alt")
    looked(at)
    at.press("Backspace")
    looked(at)
    click(at, 300, 150)
    proposed(at)
    at.press("Enter")
    expect(at.rows).to_have_count(1)
    at.press("Control+z")
    expect(at.rows).to_have_count(0)
    at.drag(*BOX)
    looked(at)
    at.press("Escape", "Control+Shift+z")
    expect(at.rows).to_have_count(1)
    (instance,) = at.submit()["instances"]
    assert likeness(instance) > 0.95


def test_grabcut_by_keys_alone(at: Desk) -> None:
    at.press("Shift+T")
    (left, top), (right, bottom) = BOX
    go(at, (WIDTH // 2, HEIGHT // 2), (left, top))
    at.press("Enter")
    go(at, (round(left), round(top)), (right, bottom))
    at.press("Enter")
    proposed(at)
    at.press("Enter")
    expect(at.rows).to_have_count(1)
    (instance,) = at.submit()["instances"]
    assert likeness(instance) > 0.97


def go(desk: Desk, start: tuple[float, float], end: tuple[float, float]) -> None:
    for (more, less), steps in zip(
        (("ArrowRight", "ArrowLeft"), ("ArrowDown", "ArrowUp")),
        (round(end[0] - start[0]), round(end[1] - start[1])),
        strict=True,
    ):
        key = more if steps > 0 else less
        desk.press(*[f"Shift+{key}"] * (abs(steps) // 10), *[key] * (abs(steps) % 10))


def test_a_model_server_outlines_what_was_clicked(at: Desk, models: ModelServer) -> None:
    models.mode = ""
    tool(at, "Let a model outline a thing")
    click(at, *CENTRE)
    proposed(at)
    at.press("Enter")
    expect(at.rows).to_have_count(1)
    (instance,) = at.submit()["instances"]
    assert likeness(instance) > 0.9
    assert model_of(instance) == ("colours 2", "accepted")


def test_a_model_server_is_asked_by_keys_with_hints_of_both_kinds(at: Desk, models: ModelServer) -> None:
    models.mode = ""
    models.asked.clear()
    at.press("Alt+t")
    at.press("Enter")
    proposed(at)
    at.press("Shift+ArrowUp", "Space")
    looked(at)
    go(at, (0, 0), (0, -180))
    at.press("Alt+Enter")
    looked(at)
    at.press("Enter")
    expect(at.rows).to_have_count(1)
    assert [one["inside"] for one in models.asked[-1]["prompts"]] == [True, True, False]
    assert likeness(at.submit()["instances"][0]) > 0.9


@pytest.mark.parametrize("mode", ["NaN", "redirecting", "another size"])
def test_a_faulty_model_server_is_said_and_the_editor_goes_on(
    desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path, models: ModelServer, mode: str
) -> None:
    at = desk(job("polygon", files=[scene(tmp_path / "scene.png")]))
    models.mode = mode
    try:
        tool(at, "Let a model outline a thing")
        click(at, *CENTRE)
        expect(at.page.locator("#said")).to_contain_text("by hand", timeout=30_000)
        at.press("Enter")
        expect(at.rows).to_have_count(0)
    finally:
        models.mode = ""
    click(at, CENTRE[0] + 10, CENTRE[1])
    proposed(at)
    at.press("Enter")
    expect(at.rows).to_have_count(1)


def test_a_turned_picture_is_looked_at_as_it_is_stored(
    desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path
) -> None:
    at = desk(job("instance-segmentation", files=[scene(tmp_path / "scene.png", orientation=6)]))
    tool(at, "Cut a thing out of a box")
    # A quarter turn to the right: (x, y) of the file is seen at (height - y, x).
    (left, top), (right, bottom) = BOX
    seen = [turned(at, left, top), turned(at, right, bottom)]
    mouse = at.page.mouse
    mouse.move(*seen[0])
    mouse.down()
    mouse.move(*seen[1], steps=3)
    mouse.up()
    proposed(at)
    at.press("Enter")
    expect(at.rows).to_have_count(1)
    assert likeness(at.submit()["instances"][0]) > 0.97


def turned(desk: Desk, x: float, y: float) -> tuple[float, float]:
    box = desk.page.locator("#stage > img").first.bounding_box()
    assert box is not None
    return box["x"] + (HEIGHT - y) / HEIGHT * box["width"], box["y"] + x / WIDTH * box["height"]


def test_nothing_of_the_helpers_is_loaded_before_it_is_used(
    desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path
) -> None:
    at = desk(job("polygon", files=[scene(tmp_path / "scene.png")]))
    loaded = "performance.getEntriesByType('resource').map((each) => each.name)"
    assert not [name for name in at.page.evaluate(loaded) if "worker" in name or "opencv" in name or "helper" in name]


def test_a_model_that_is_used_sees_the_next_picture_before_it_is_asked(
    desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path, models: ModelServer
) -> None:
    files = [scene(tmp_path / f"{number}.png", seed=100 + number) for number in range(3)]
    models.images.clear()
    at = desk(job("polygon", files=files))
    assert not models.images  # nobody has asked for the model yet
    for number in (1, 2):
        tool(at, "Let a model outline a thing")
        click(at, *CENTRE)
        proposed(at)
        at.press("Enter")
        expect(at.rows).to_have_count(1)
        at.submit()
        expect(at.rows).to_have_count(0)
        wait_for(lambda number=number: len(models.images) > number, words="the next picture to be sent ahead")  # type: ignore[misc]
