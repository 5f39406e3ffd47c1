"""Several classes by keyboard alone, and attributes of the whole and of boxes by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.editor import Desk
from tests.browser.things import Box, street

CAR = Box(100, 100, 200, 100)
CLASSES = ["Car", "Bus", "Bicycle"]
LIGHT = {"name": "light", "kind": "choice", "choices": ["day", "night"], "required": True}
PEOPLE = {"name": "people", "kind": "number", "minimum": 0, "maximum": 9}
NOTE = {"name": "note", "kind": "text"}
BLURRED = {"name": "blurred", "kind": "tick"}


@pytest.fixture
def make(job: Callable[..., int], tmp_path: Path) -> Callable[..., int]:
    def made(task_type: str, **rules: Any) -> int:
        pictures = [street(tmp_path / f"street-{n}.png", [CAR]) for n in range(2)]
        return job(task_type, files=pictures, categories=CLASSES, **rules)

    return made


def test_every_class_that_fits_is_ticked_by_keyboard_alone(desk: Callable[..., Desk], make: Callable[..., int]) -> None:
    at = desk(make("image-classification-multilabel", attributes=[LIGHT, NOTE], submit_on_digit=True))
    panel = at.page.get_by_role("complementary", name="Class")
    at.press("3", "1", "2", "1")
    expect(panel.get_by_role("checkbox", name="Bus")).to_be_checked()
    expect(panel.get_by_role("checkbox", name="Bicycle")).to_be_checked()
    expect(panel.get_by_role("checkbox", name="Car")).not_to_be_checked()
    assert at.answers == []  # no digit submits
    at.press("Enter")
    expect(at.page.get_by_text("“light” is not filled in.").first).to_be_visible()
    expect(panel.get_by_role("radio", name="day")).to_be_focused()
    at.press("ArrowRight")
    expect(panel.get_by_role("radio", name="night")).to_be_checked()
    at.press("Tab")
    at.page.keyboard.type("at the bridge")
    at.press("Enter")  # out of the field
    answer = at.submit(key="Enter")
    assert answer == {"categories": [1, 2], "attributes": {"light": "night", "note": "at the bridge"}}


def test_none_of_the_classes_is_an_answer_where_the_lead_allows_it(
    desk: Callable[..., Desk], make: Callable[..., int]
) -> None:
    at = desk(make("image-classification-multilabel"))
    at.press("1", "1", "Enter")
    expect(at.page.get_by_text("Choose at least one class.").first).to_be_visible()
    at = desk(make("image-classification-multilabel", settings={"allow_none": True}))
    at.press("1", "1")
    assert at.submit(key="Enter") == {"categories": []}


def test_attributes_of_the_whole_stand_beside_boxes_and_are_filled_in_by_mouse(
    desk: Callable[..., Desk], make: Callable[..., int]
) -> None:
    side = {**LIGHT, "name": "side", "choices": ["left", "right"], "scope": "instance"}
    at = desk(make("bounding-box", attributes=[PEOPLE, BLURRED, LIGHT, side]))
    at.press("b")
    at.drag(*CAR.corners)
    at.page.get_by_role("button", name="Submit").click()
    expect(at.page.get_by_text("“side” is not filled in.").first).to_be_visible()
    of_box = at.page.get_by_role("region", name="Attributes of the selected object")
    expect(of_box.get_by_role("radio", name="left")).to_be_focused()
    of_box.get_by_text("right", exact=True).click()
    whole = at.page.get_by_role("region", name="About the whole picture")
    people = whole.get_by_role("spinbutton", name="people")
    people.fill("12")
    whole.get_by_role("checkbox", name="blurred").check()
    expect(whole.get_by_text("0 to 9")).to_have_count(2)  # the bounds, and why it is not taken
    people.fill("3")
    whole.get_by_text("day", exact=True).click()
    answer = at.submit()
    assert answer["attributes"] == {"people": 3, "blurred": True, "light": "day"}
    assert [one["attributes"] for one in answer["instances"]] == [{"side": "right"}]


def test_attributes_survive_a_reload_and_are_undone(desk: Callable[..., Desk], make: Callable[..., int]) -> None:
    at = desk(make("image-classification", attributes=[LIGHT, BLURRED]))
    at.press("2")
    at.page.get_by_text("night", exact=True).click()
    at.page.get_by_role("checkbox", name="blurred").check()
    at.page.reload()
    at.shown()
    expect(at.page.get_by_role("radio", name="night")).to_be_checked()
    at.press("Control+z")
    expect(at.page.get_by_role("checkbox", name="blurred")).not_to_be_checked()
    assert at.submit(key="Enter") == {"category": 1, "attributes": {"light": "night"}}


def test_on_a_phone_what_is_missing_is_asked_in_a_sheet(worker: Callable[..., Any], make: Callable[..., int]) -> None:
    page = worker(viewport={"width": 390, "height": 844}).new_page()
    at = Desk(page, make("image-classification", attributes=[LIGHT])).open()
    at.button("Car").click()
    at.button("Submit").click()
    sheet = page.get_by_role("dialog", name="Attributes")
    expect(sheet.get_by_role("radio", name="day")).to_be_focused()
    sheet.get_by_text("day", exact=True).click()
    at.button("Close").click()
    assert at.submit() == {"category": 0, "attributes": {"light": "day"}}
