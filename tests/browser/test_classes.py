"""One class for a picture, a text and a clip: by a digit and Enter."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.editor import Desk
from tests.browser.product import Product, wait_for
from tests.browser.things import Box, clip, street

TEXT = "The crossing opens in the spring.\n\nIt has cost 2.4 million."
MINUTE = 60.0


@pytest.fixture
def jobs(job: Callable[..., int], tmp_path: Path) -> dict[str, int]:
    pictures = [street(tmp_path / "street.png", [Box(100, 100, 200, 100)])]
    return {
        "image": job("image-classification", files=pictures),
        "text": job("text-classification", lines=[json.dumps({"source": TEXT})]),
        "video": job("video-classification", files=[clip(tmp_path / "clip.mp4")]),
    }


def test_a_picture_a_text_and_a_clip_are_labeled_by_keyboard_within_a_minute(
    worker: Callable[..., BrowserContext], jobs: dict[str, int]
) -> None:
    page = worker().new_page()
    began = time.monotonic()
    for job in jobs.values():
        at = Desk(page, job).open()
        at.press("2")
        expect(page.get_by_role("complementary", name="Class")).to_contain_text("Bus")
        assert at.submit(key="Enter") == {"category": 1}
    assert time.monotonic() - began < MINUTE


def test_a_clip_plays_and_pauses_by_the_space_bar_and_steps_by_comma_and_full_stop(
    desk: Callable[..., Desk], jobs: dict[str, int]
) -> None:
    at = desk(jobs["video"])
    assert place(at) == 0
    at.press("Space")
    wait_for(lambda: place(at) > 0.3, words="the clip to play")
    expect(at.button("Pause")).to_be_visible()
    at.press("Space")
    expect(at.button("Play")).to_be_visible()
    here = place(at)
    at.press(".")
    wait_for(lambda: place(at) > here, words="one frame on")
    there = place(at)
    at.press(",", ",")
    wait_for(lambda: place(at) < there, words="two frames back")


def place(at: Desk) -> float:
    """Seconds into the clip."""
    return float(at.page.locator("#stage video").evaluate("video => video.currentTime"))


def test_the_text_is_shown_as_it_stands_and_its_class_can_be_undone(
    desk: Callable[..., Desk], jobs: dict[str, int]
) -> None:
    at = desk(jobs["text"])
    expect(at.stage).to_contain_text("It has cost 2.4 million.")
    at.press("1", "2", "Control+z")
    expect(at.page.get_by_role("complementary", name="Class")).to_contain_text("Car")
    assert at.submit() == {"category": 0}


def test_a_newcomer_gives_the_first_label_within_a_minute_of_the_sign_in_page(
    someone: Callable[..., BrowserContext], product: Product, jobs: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    name = product.api("GET", f"/jobs/{jobs['image']}")["name"]
    page = someone().new_page()
    page.goto("/")
    began = time.monotonic()
    page.get_by_label("Name").fill("worker")
    page.get_by_label("Password").fill(product.sign_in_of("worker"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=f"Start {name}").click()
    at = Desk(page, jobs["image"]).shown()
    at.button("1 Car").click()
    at.submit()
    took = time.monotonic() - began
    with capsys.disabled():
        print(f"\nFrom the sign-in page to the first label: {took:.1f} s")  # noqa: T201
    assert took < MINUTE
