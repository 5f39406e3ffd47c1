"""Masks by mouse and by keys alone: what is painted is what the API gets, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from labeling.geometry.masks import Mask, Window
from tests.browser.editor import Desk
from tests.browser.things import Box, street

ONE, TWO = Box(80, 60, 120, 90), Box(360, 200, 160, 100, category=1)
TYPES = ("semantic-segmentation", "instance-segmentation")


@pytest.fixture
def at(desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path) -> Callable[..., Desk]:
    def make(task_type: str, **options: Any) -> Desk:
        return desk(job(task_type, files=[street(tmp_path / "street.png", [ONE, TWO])]), **options)

    return make


def paint(at: Desk, *points: tuple[float, float]) -> None:
    """One stroke with the button held."""
    mouse = at.page.mouse
    mouse.move(*at.at(*points[0]))
    mouse.down()
    for point in points[1:]:
        mouse.move(*at.at(*point), steps=4)
    mouse.up()


def masks(answer: Any) -> list[tuple[int, Mask]]:
    return [
        (one["category"], Mask(tuple(one["geometry"]["size"]), one["geometry"]["counts"]))
        for one in answer["instances"]
    ]


def has(mask: Mask, x: int, y: int) -> bool:
    return bool(mask.crop(Window(x, y, 1, 1))[0, 0])


@pytest.mark.parametrize("task_type", TYPES)
def test_the_brush_paints_and_the_eraser_takes_away(at: Callable[..., Desk], task_type: str) -> None:
    page = at(task_type)
    paint(page, (100, 100), (200, 100))
    expect(page.rows).to_have_count(1)
    page.button("Erase, key E").click()
    paint(page, (150, 60), (150, 140))
    page.button("Paint with the brush, key M").click()
    page.page.keyboard.down("Alt")
    paint(page, (200, 60), (200, 140))
    page.page.keyboard.up("Alt")
    ((category, mask),) = masks(page.submit())
    assert category == 0
    assert [has(mask, x, 100) for x in (100, 125, 150, 175, 200)] == [True, True, False, True, False]


def test_two_classes_share_no_pixel_and_one_undo_brings_both_back(at: Callable[..., Desk]) -> None:
    page = at("semantic-segmentation")
    paint(page, (100, 100), (250, 100))
    size = page.rows.first.inner_text()
    page.press("2")
    paint(page, (175, 60), (175, 140))
    expect(page.rows).to_have_count(2)
    assert page.rows.first.inner_text() != size
    page.press("Control+z")
    expect(page.rows).to_have_count(1)
    assert page.rows.first.inner_text() == size
    page.press("Control+Shift+z")
    expect(page.rows).to_have_count(2)
    (_, one), (_, two) = masks(page.submit())
    assert not has(one, 175, 100)
    assert has(two, 175, 100)
    assert has(one, 110, 100)


@pytest.mark.parametrize("task_type", TYPES)
def test_an_outline_and_a_rectangle_become_masks(at: Callable[..., Desk], task_type: str) -> None:
    page = at(task_type)
    page.press("b")
    page.drag((80, 60), (200, 150))
    expect(page.rows).to_have_count(1)
    page.press("Escape", "2", "p")
    for corner in ((360, 200), (520, 200), (520, 300), (360, 300)):
        page.page.mouse.click(*page.at(*corner))
    page.press("Enter")
    expect(page.rows).to_have_count(2)
    (_, one), (category, two) = masks(page.submit())
    assert category == 1
    assert abs(one.area - 120 * 90) < 500
    assert abs(two.area - 160 * 100) < 600


def test_the_bucket_fills_what_is_enclosed(at: Callable[..., Desk]) -> None:
    page = at("semantic-segmentation")
    paint(page, (100, 100), (300, 100), (300, 300), (100, 300), (100, 100))
    page.press("2")
    page.button("Fill what is enclosed, key U").click()
    page.page.mouse.click(*page.at(200, 200))
    expect(page.rows).to_have_count(2)
    (_, ring), (_, inside) = masks(page.submit())
    assert has(inside, 200, 200)
    assert not has(ring, 200, 200)
    assert not has(inside, 500, 350)


@pytest.mark.parametrize("task_type", TYPES)
def test_by_keyboard_alone_two_masks_are_painted_and_submitted(at: Callable[..., Desk], task_type: str) -> None:
    page = at(task_type)
    page.press("m", "]", "Enter", *["Control+ArrowLeft"] * 2, "Enter", "Escape", "2")
    expect(page.rows).to_have_count(1)
    page.press("m", "Control+ArrowDown", "Space", "Control+ArrowRight", "Shift+ArrowRight", "Space", "Escape")
    expect(page.rows).to_have_count(2)
    (first, one), (second, two) = masks(page.submit(key="Enter"))
    assert (first, second) == (0, 1)
    assert has(one, 140, 200)
    assert has(one, 320, 200)
    assert not has(one, 420, 200)
    assert has(two, 320, 300)
    assert has(two, 428, 300)


def test_a_brush_draws_a_polygon_where_polygons_are_asked_for(at: Callable[..., Desk]) -> None:
    page = at("polygon")
    page.button("Paint with the brush, key M").click()
    paint(page, (100, 100), (300, 100))
    expect(page.rows).to_have_count(1)
    (one,) = page.submit()["instances"]
    vertices = one["geometry"]["vertices"]
    assert one["shape"] == "polygon"
    assert 4 <= len(vertices) < 60
    assert min(point["x"] for point in vertices) < 100
    assert max(point["x"] for point in vertices) > 300


def test_a_new_object_begins_by_key_and_apart_they_share_no_pixel(at: Callable[..., Desk]) -> None:
    page = at("instance-segmentation")
    paint(page, (100, 100), (200, 100))
    page.press("n")
    paint(page, (150, 60), (150, 140))
    expect(page.rows).to_have_count(2)
    page.button("No overlap").click()
    page.button("Next object").click()
    paint(page, (120, 60), (120, 140))
    expect(page.rows).to_have_count(3)
    (_, one), (_, two), (_, three) = masks(page.submit())
    assert has(one, 150, 100)
    assert has(two, 150, 100)
    assert has(three, 120, 100)
    assert not has(one, 120, 100)


def test_a_reload_keeps_the_masks_and_their_undo(at: Callable[..., Desk]) -> None:
    page = at("semantic-segmentation")
    paint(page, (100, 100), (200, 100))
    page.press("2")
    paint(page, (150, 60), (150, 140))
    before = page.rows.all_inner_texts()
    page.page.reload()
    page.shown()
    expect(page.rows).to_have_count(2)
    assert page.rows.all_inner_texts() == before
    page.press("Control+z")
    expect(page.rows).to_have_count(1)
    page.press("Control+z")
    expect(page.rows).to_have_count(0)


def test_the_size_of_the_brush_is_changed_by_keys_and_wheel_and_remembered(at: Callable[..., Desk]) -> None:
    page = at("instance-segmentation")
    size = page.page.get_by_label("Brush", exact=True)
    begun = size.get_attribute("aria-valuetext")
    page.press("]")
    expect(size).not_to_have_attribute("aria-valuetext", begun or "")
    page.press("[")
    expect(size).to_have_attribute("aria-valuetext", begun or "")
    page.page.mouse.move(*page.at(100, 100))
    page.page.mouse.move(*page.at(110, 100))
    page.page.keyboard.down("Alt")
    page.page.mouse.wheel(0, -400)
    page.page.keyboard.up("Alt")
    expect(size).not_to_have_attribute("aria-valuetext", begun or "")
    now = size.get_attribute("aria-valuetext")
    page.page.reload()
    page.shown()
    expect(size).to_have_attribute("aria-valuetext", now or "")


def test_escape_ends_a_stroke_and_nothing_is_painted(at: Callable[..., Desk]) -> None:
    page = at("semantic-segmentation")
    page.page.mouse.move(*page.at(100, 100))
    page.page.mouse.down()
    page.page.mouse.move(*page.at(200, 180), steps=3)
    page.press("Escape")
    page.page.mouse.up()
    expect(page.rows).to_have_count(0)
    expect(page.button("Undo")).to_be_disabled()
