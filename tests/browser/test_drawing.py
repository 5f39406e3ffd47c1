"""Boxes by keyboard and by mouse: what the person does is what the API gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.editor import Desk, boxes_of, same
from tests.browser.things import Box, street

ONE, TWO = Box(80, 60, 120, 90), Box(360, 200, 160, 100, category=1)


@pytest.fixture
def at(desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path) -> Desk:
    return desk(job("bounding-box", files=[street(tmp_path / "street.png", [ONE, TWO])]))


def test_boxes_are_dragged_and_clicked_by_mouse(at: Desk) -> None:
    at.draw(ONE)
    at.button("2 Bus").click()
    at.click_twice(TWO)
    found = boxes_of(at.submit())
    assert same(found, [ONE, TWO]), found


def test_a_class_after_drawing_is_for_the_next_box_and_after_choosing_a_box_for_that_one(at: Desk) -> None:
    at.draw(ONE)
    at.press("2")
    expect(at.rows.first).to_contain_text("Car")
    at.draw(TWO)
    expect(at.rows.nth(1)).to_contain_text("Bus")
    at.rows.first.click()
    at.press("2")
    expect(at.rows.first).to_contain_text("Bus")
    found = boxes_of(at.submit())
    assert same(found, [replace(ONE, category=1), TWO]), found


def test_undo_and_redo_by_keys_and_by_buttons_end_where_they_should(at: Desk) -> None:
    at.draw(ONE)
    at.press("Escape", "2")
    at.draw(TWO)
    at.press("Control+z", "Control+z")
    expect(at.page.get_by_text("0 objects")).to_be_visible()
    expect(at.button("Undo")).to_be_disabled()
    at.press("Control+Shift+z")
    expect(at.rows).to_have_count(1)
    at.button("Redo").click()
    expect(at.rows).to_have_count(2)
    at.button("Undo").click()
    expect(at.rows).to_have_count(1)
    assert same(boxes_of(at.submit()), [ONE])


def test_keys_select_change_nudge_resize_duplicate_and_delete(at: Desk) -> None:
    at.draw(ONE)
    at.press("Escape")
    at.draw(TWO)
    at.press("Escape", "Tab")
    expect(at.rows.first).to_have_attribute("aria-selected", "true")
    at.press("2", "ArrowRight", "Shift+ArrowDown", "Alt+ArrowRight", "Alt+Shift+ArrowDown")
    at.press("Tab")
    expect(at.rows.nth(1)).to_have_attribute("aria-selected", "true")
    at.press("Control+d")
    expect(at.rows).to_have_count(3)
    at.press("Shift+Tab", "Delete")
    expect(at.rows).to_have_count(2)
    found = boxes_of(at.submit(key="Enter"))
    assert same(found, [Box(81, 70, 121, 100, category=1), replace(TWO, left=370, top=210, category=0)]), found


def test_the_mouse_selects_moves_pulls_a_handle_and_removes(at: Desk) -> None:
    at.draw(ONE)
    at.press("Escape")
    at.draw(TWO)
    at.button("Select and move, key V").click()
    at.drag((140, 105), (160, 125))
    at.drag((220, 170), (240, 190))
    at.rows.nth(1).click()
    at.button("Remove").click()
    expect(at.rows).to_have_count(1)
    found = boxes_of(at.submit())
    assert same(found, [Box(100, 80, 140, 110)]), found


def test_place_and_size_can_be_typed(at: Desk) -> None:
    at.draw(ONE)
    for name, value in (("Left", 10), ("Top", 20), ("Width", 200), ("Height", 100)):
        at.page.get_by_label(name, exact=True).fill(str(value))
        at.page.get_by_label(name, exact=True).press("Tab")
    found = boxes_of(at.submit())
    assert same(found, [Box(10, 20, 200, 100)]), found


def test_zoomed_and_moved_a_box_lands_where_it_was_drawn(at: Desk) -> None:
    at.press("+", "+")
    at.page.mouse.move(*at.at(320, 200))
    zoom = at.page.locator(".zoom-now")
    before = zoom.inner_text()
    at.page.mouse.wheel(0, -200)
    expect(zoom).not_to_have_text(before)  # the wheel's event comes when it comes
    at.page.keyboard.down("Space")
    at.drag((320, 200), (380, 230))
    at.page.keyboard.up("Space")
    small = Box(300, 190, 40, 30)
    at.draw(small)
    found = boxes_of(at.submit())
    assert same(found, [small]), found


def test_escape_ends_a_drag_and_nothing_is_drawn(at: Desk) -> None:
    at.page.mouse.move(*at.at(100, 100))
    at.page.mouse.down()
    at.page.mouse.move(*at.at(200, 180), steps=3)
    at.press("Escape")
    at.page.mouse.up()
    expect(at.page.get_by_text("0 objects")).to_be_visible()
    expect(at.button("Undo")).to_be_disabled()
