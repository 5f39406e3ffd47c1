"""Boxes by keyboard and by mouse: what the person does is what the API gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.editor import Desk, boxes_of, near
from tests.browser.things import Box, street

ONE, TWO = Box(80, 60, 120, 90), Box(360, 200, 160, 100, category=1)


@pytest.fixture
def street_job(job: Callable[..., int], tmp_path: Path) -> int:
    return job("bounding-box", files=[street(tmp_path / "street.png", [ONE, TWO])])


def test_boxes_are_dragged_and_clicked_by_mouse(desk: Callable[..., Desk], street_job: int) -> None:
    at = desk(street_job)
    at.draw(ONE)
    at.button("2 Bus").click()
    expect(at.rows.first).to_contain_text("Bus")
    at.button("1 Car").click()
    at.press("Escape", "2")
    at.click_twice(TWO)
    found = boxes_of(at.submit())
    assert [near(a, b) for a, b in zip(found, (ONE, TWO), strict=True)] == [True, True], found
