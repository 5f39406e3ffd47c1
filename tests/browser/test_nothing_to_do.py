"""Skipping, and what a person sees when nothing is open: always why, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.editor import Desk
from tests.browser.product import Product, wait_for


def texts(count: int) -> list[str]:
    return [json.dumps({"source": f"Text {number}."}) for number in range(count)]


def test_skipping_wants_a_reason_and_goes_on_to_the_next(desk: Callable[..., Desk], job: Callable[..., int]) -> None:
    at = desk(job("text-classification", lines=texts(2)))
    skipped = at.name
    at.press("s", "3")
    expect(at.page.get_by_role("radio", name="No class fits")).to_be_checked()
    with at.page.expect_request("**/decline") as call:
        at.press("Enter")
    assert "No class fits" in (call.value.post_data or "")
    at.shown()
    assert at.name != skipped
    at.press("1")
    at.submit(key="Enter")
    expect(at.page.get_by_role("heading", name="Nothing is open for you right now.")).to_be_visible()


def test_two_keys_skip_with_the_first_reason(desk: Callable[..., Desk], job: Callable[..., int]) -> None:
    at = desk(job("text-classification", lines=texts(1)))
    with at.page.expect_request("**/decline") as call:
        at.press("s", "Enter")
    assert "what the right answer is" in (call.value.post_data or "")


def test_words_of_ones_own_are_a_reason_by_themselves(desk: Callable[..., Desk], job: Callable[..., int]) -> None:
    at = desk(job("text-classification", lines=texts(1)))
    at.press("s")
    at.page.get_by_label("In your own words").fill("It is two texts.")
    with at.page.expect_request("**/decline") as call:
        at.press("Enter")
    assert json.loads(call.value.post_data or "")["reason"] == "It is two texts."


def test_escape_leaves_the_skip_dialog_and_the_focus_goes_back(
    desk: Callable[..., Desk], job: Callable[..., int]
) -> None:
    at = desk(job("text-classification", lines=texts(1)))
    at.press("s")
    expect(at.page.get_by_role("dialog")).to_be_visible()
    at.press("Escape")
    expect(at.page.get_by_role("dialog")).to_have_count(0)
    at.press("2")
    assert at.submit(key="Enter") == {"category": 1}


def test_an_answer_without_a_class_is_not_sent_and_says_what_is_missing(
    desk: Callable[..., Desk], job: Callable[..., int]
) -> None:
    at = desk(job("text-classification", lines=texts(1)))
    wait_for(lambda: told_what_is_missing(at), words="a sentence on what is missing")
    at.press("1")
    expect(at.page.locator(".notices")).to_be_empty()
    at.submit()


def told_what_is_missing(at: Desk) -> bool:
    at.press_submit()
    return "Then submit again." in at.page.locator(".notices").inner_text()


def test_a_paused_job_says_so_and_goes_on_when_it_is_resumed(
    desk: Callable[..., Desk], job: Callable[..., int], product: Product
) -> None:
    paused = job("text-classification", lines=texts(4))
    at = desk(paused)
    product.api("POST", f"/jobs/{paused}/steps/pause")
    for number in range(1, 4):  # the three objects that the page holds: nothing that was begun is lost
        at.press("1")
        at.press_submit()
        at.arrived(number)
    expect(at.page.get_by_role("heading", name="This job is paused.")).to_be_visible()
    expect(at.page.get_by_text("Come back when your lead has resumed it.")).to_be_visible()
    product.api("POST", f"/jobs/{paused}/steps/resume")
    at.button("Look again").click()
    at.shown()
    at.press("2")
    at.submit()


def test_a_job_of_nobody_is_not_there(desk: Callable[..., Desk], job: Callable[..., int]) -> None:
    page = desk(job("text-classification", lines=texts(1))).page
    reply = page.goto("/work/999999/")
    assert reply is not None
    assert reply.status == 404
