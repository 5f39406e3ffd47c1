"""What makes a long day shorter: one's own keys, order, locks, filters, repeating the picture before."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from tests.browser.editor import Desk, boxes_of, same
from tests.browser.product import Product
from tests.browser.things import Box, street

ONE, TWO = Box(80, 60, 120, 90), Box(260, 200, 100, 100, 1)


@pytest.fixture
def streets(job: Callable[..., int], tmp_path: Path) -> int:
    files = [street(tmp_path / f"street-{n}.png", [ONE, TWO]) for n in range(3)]
    return job("bounding-box", files=files)


def test_a_key_is_changed_and_holds_over_a_reload_until_it_is_as_usual_again(
    desk: Callable[..., Desk], streets: int
) -> None:
    at = desk(streets)
    at.press("?")
    at.button("Change keys").click()
    at.button("Key of “Fit the picture”: f").click()
    with at.page.expect_response(lambda reply: reply.url.endswith("/own/keys") and reply.ok):
        at.press("j")
    expect(at.page.get_by_text("Fit the picture: J.")).to_be_visible()
    at.page.reload()
    at.shown()
    zoom = at.page.locator("#stage > img")
    before = zoom.evaluate("each => each.style.transform")
    at.press("+", "+")
    expect(zoom).not_to_have_css("transform", before)
    at.press("j")
    at.page.wait_for_function("want => document.querySelector('#stage > img').style.transform === want", arg=before)
    at.press("?")
    at.button("Change keys").click()
    with at.page.expect_response(lambda reply: reply.url.endswith("/own/keys") and reply.ok):
        at.button("All as usual").click()
    expect(at.button("Key of “Fit the picture”: f")).to_be_visible()


def test_a_key_that_another_command_has_goes_to_the_new_one_and_both_are_named(
    desk: Callable[..., Desk], streets: int
) -> None:
    at = desk(streets)
    at.press("?")
    at.button("Change keys").click()
    at.button("Key of “Fit the picture”: f").click()
    at.press("h")
    expect(at.page.get_by_text("“Hide or show labels” has lost this key.")).to_be_visible()
    expect(at.button("Key of “Hide or show labels”: none")).to_be_visible()


def test_a_locked_box_is_not_moved_and_a_hidden_one_does_not_stand_in_the_way(
    desk: Callable[..., Desk], streets: int
) -> None:
    at = desk(streets)
    at.draw(ONE)
    at.press("v", "Shift+l")
    expect(at.button("Lock or unlock the selected")).to_have_attribute("aria-pressed", "true")
    at.drag((140, 100), (200, 160))
    at.press("Tab", "ArrowRight", "Delete", "Alt+h", "b", "Escape")
    over = Box(100, 80, 90, 60)
    at.draw(over)
    assert same(boxes_of(at.submit()), [ONE, over])


def test_one_class_is_filtered_out_and_comes_back(desk: Callable[..., Desk], streets: int) -> None:
    at = desk(streets)
    at.draw(ONE)
    at.press("2")
    at.draw(TWO)
    at.button("Car, 1 object").click()
    at.press("v")
    at.page.mouse.click(*at.at(140, 100))
    expect(at.rows.and_(at.page.locator("[aria-selected=true]"))).to_have_count(0)
    at.press("Alt+Shift+h")
    at.page.mouse.click(*at.at(140, 100))
    expect(at.rows.first).to_have_attribute("aria-selected", "true")


def test_what_is_brought_to_the_front_is_last_in_the_answer(desk: Callable[..., Desk], streets: int) -> None:
    at = desk(streets)
    at.draw(ONE)
    at.press("2")
    at.draw(TWO)
    at.press("v")
    at.page.mouse.click(*at.at(140, 100))
    at.button("To the front").click()
    answer = at.submit()
    assert [each["category"] for each in answer["instances"]] == [1, 0]


def test_the_boxes_of_the_picture_before_are_repeated_by_one_key(desk: Callable[..., Desk], streets: int) -> None:
    at = desk(streets)
    at.draw(ONE)
    at.press("2")
    at.draw(TWO)
    at.submit()
    at.shown()
    expect(at.page.get_by_text("0 objects")).to_be_visible()
    at.press("Control+Shift+v")
    expect(at.rows).to_have_count(2)
    assert same(boxes_of(at.submit()), [ONE, TWO])


def test_a_key_zooms_to_the_selected_box_and_another_to_true_size(desk: Callable[..., Desk], streets: int) -> None:
    at = desk(streets)
    at.draw(TWO)
    at.press("Shift+f")
    stage = at.stage.bounding_box()
    assert stage is not None
    left, top = at.at(310, 250)
    assert abs(left - stage["x"] - stage["width"] / 2) < 3
    assert abs(top - stage["y"] - stage["height"] / 2) < 3
    at.press("Shift+z")
    width = at.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done("
        "document.querySelector('#stage > img').getBoundingClientRect().width))))"
    )
    assert abs(width - 640) < 1


def test_on_a_phone_a_long_list_leaves_the_picture_its_place(desk: Callable[..., Desk], streets: int) -> None:
    at = desk(streets, viewport={"width": 390, "height": 844})
    at.drag(*ONE.corners)
    at.press("v")
    for _ in range(6):  # 64 boxes
        at.press("Control+a", "Control+c", "Control+v")
    expect(at.page.get_by_text("64", exact=True)).to_be_visible()
    expect(at.page.get_by_role("listbox", name="Objects in this picture")).to_be_hidden()
    stage = at.stage.bounding_box()
    assert stage is not None
    assert stage["height"] > 400


def test_a_killed_tab_loses_nothing(desk: Callable[..., Desk], streets: int) -> None:
    at = desk(streets)
    at.page.route("**/draft", lambda route: route.abort())
    at.draw(ONE)
    at.page.wait_for_timeout(300)
    context, job = at.page.context, at.job
    with at.page.expect_event("crash"), suppress(Error):
        at.page.goto("chrome://crash")  # the page's process ends as if it were killed
    again = Desk(context.new_page(), job).open()
    expect(again.rows).to_have_count(1)
    assert same(boxes_of(again.submit()), [ONE])


EXPIRE = """
from datetime import timedelta
from labeling.flow import leasing
from labeling.jobs.clock import database_now
from labeling.jobs.models import Assignment
Assignment.objects.filter(task__job_id={job}, state="leased").update(expires_at=database_now() - timedelta(hours=1))
leasing.expire(now=database_now())  # as the sweep does every 20 s
"""
ANSWERS = """
from labeling.jobs.models import Annotation
print(Annotation.objects.filter(task__job_id={job}).count())
"""


def test_a_lease_that_ran_out_and_went_to_another_costs_neither_person_their_answer(
    desk: Callable[..., Desk], job: Callable[..., int], product: Product, tmp_path: Path
) -> None:
    number = job("bounding-box", files=[street(tmp_path / "street.png", [ONE, TWO])])
    slow = desk(number)
    slow.draw(ONE)
    # Who is away renews nothing.
    slow.page.route(re.compile("/(renew|leases)$"), lambda route: route.abort())
    product.shell(EXPIRE.format(job=number))
    quick = desk(number)
    quick.draw(TWO)
    quick.submit()
    assert same(boxes_of(slow.submit()), [ONE])
    assert product.shell(ANSWERS.format(job=number)).split() == ["2"]
