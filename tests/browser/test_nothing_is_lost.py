"""A reload, no network, a second tab, a killed server, a refusal: the work is still there, and counts once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.editor import Desk, boxes_of, same
from tests.browser.product import Product, label_page, wait_for
from tests.browser.things import Box, street

ONE, TWO, THREE = Box(80, 60, 120, 90), Box(260, 200, 100, 100), Box(480, 60, 110, 140)
ANSWER_CALL, DRAFT_CALL = re.compile(r"/answer$"), re.compile(r"/draft$")


@pytest.fixture
def street_job(job: Callable[..., int], tmp_path: Path) -> int:
    return job("bounding-box", files=[street(tmp_path / "street.png", [ONE, TWO, THREE])])


def answers_in(product: Product, job: int) -> int:
    """Answers that were taken into this job, whatever came of them."""
    return int(product.status(job)["Answers"])


def standings(product: Product, job: int) -> list[str]:
    rows = f"Annotation.objects.filter(job={job}).order_by('pk').values_list('standing', flat=True)"
    return product.shell(f"from labeling.jobs.models import Annotation; print(*{rows})").split()


def test_after_a_reload_the_boxes_and_the_undo_stack_are_back(desk: Callable[..., Desk], street_job: int) -> None:
    at = desk(street_job)
    at.draw(ONE)
    at.draw(TWO)
    at.page.reload()
    at.shown()
    expect(at.rows).to_have_count(2)
    at.press("Control+z")
    expect(at.rows).to_have_count(1)
    at.press("Control+Shift+z", "Control+z", "Control+z")
    expect(at.page.get_by_text("0 objects")).to_be_visible()
    at.press("Control+Shift+z")
    assert same(boxes_of(at.submit()), [ONE])


def test_a_reload_before_the_draft_went_out_loses_nothing_either(desk: Callable[..., Desk], street_job: int) -> None:
    at = desk(street_job)
    at.page.route(DRAFT_CALL, lambda route: route.abort())
    at.draw(ONE)
    at.page.reload()
    at.shown()
    expect(at.rows).to_have_count(1)
    assert same(boxes_of(at.submit()), [ONE])


def test_an_answer_given_without_a_network_arrives_once_when_it_is_back(
    desk: Callable[..., Desk], product: Product, street_job: int
) -> None:
    at = desk(street_job)
    network = at.page.context
    network.set_offline(True)
    at.draw(ONE)
    at.press_submit()
    expect(at.page.get_by_text("1 answer kept on this machine")).to_be_visible()
    network.set_offline(False)
    at.arrived(1)
    expect(at.page.get_by_text("Saved", exact=True)).to_be_visible()
    wait_for(lambda: answers_in(product, street_job) == 1, words="the answer to be counted")
    at.page.reload()
    expect(at.page.get_by_text("This job is complete.")).to_be_visible()
    assert len(at.sent) == 1


def test_an_answer_waits_in_the_browser_over_a_reload(desk: Callable[..., Desk], street_job: int) -> None:
    at = desk(street_job)
    at.page.route(ANSWER_CALL, lambda route: route.abort())
    at.draw(ONE)
    at.press_submit()
    expect(at.page.get_by_text("1 answer kept on this machine")).to_be_visible()
    at.page.unroute_all()
    at.page.reload()
    at.arrived(1)
    assert same(boxes_of(at.answers[0]), [ONE])


def test_two_tabs_on_one_object_show_their_difference_and_count_once(
    worker: Callable[..., BrowserContext], product: Product, street_job: int
) -> None:
    person = worker()
    first, second = (Desk(person.new_page(), street_job).open() for _ in range(2))
    with first.page.expect_response(DRAFT_CALL):
        first.draw(ONE)
    second.draw(TWO)
    expect(second.page.get_by_text("This object was changed in another window.")).to_be_visible()
    second.button("Show the other").click()
    expect(second.rows).to_have_count(1)
    second.button("Show mine").click()
    second.button("Keep the one shown").click()
    assert same(boxes_of(second.submit()), [TWO])
    first.press_submit()
    first.arrived(1)
    # Both are kept and both are somebody's work; one of them makes the label.
    wait_for(lambda: answers_in(product, street_job) == 2, words="both answers to be taken in")
    assert standings(product, street_job) == ["counted", "surplus"]
    assert product.status(street_job)["HumanLabeled"] == 1


def test_the_web_process_is_killed_between_drawing_and_submitting(
    desk: Callable[..., Desk], product: Product, street_job: int
) -> None:
    at = desk(street_job)
    at.draw(ONE)
    product.kill_web()
    at.press_submit()
    expect(at.page.get_by_text("1 answer kept on this machine")).to_be_visible()
    wait_for(product.answers, words="the web process to be back", seconds=60)
    at.arrived(1, seconds=60)
    wait_for(lambda: answers_in(product, street_job) == 1, words="the answer to be counted")


def test_a_refused_answer_brings_the_person_back_with_the_state_whole(
    desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path
) -> None:
    boxes = [ONE, TWO]
    at = desk(job("bounding-box", files=[street(tmp_path / f"street-{n}.png", boxes) for n in range(2)]))
    name = at.name
    at.page.route(ANSWER_CALL, refuse, times=1)
    at.draw(ONE)
    at.press("Escape")
    at.draw(TWO)
    at.press_submit()
    expect(at.page.get_by_role("alert")).to_contain_text(f"“{name}” was not accepted: The second box is odd.")
    assert at.name == name
    expect(at.rows).to_have_count(2)
    expect(at.rows.nth(1)).to_have_attribute("aria-selected", "true")
    at.press("Control+z")
    expect(at.rows).to_have_count(1)
    at.press("Control+Shift+z")
    assert same(boxes_of(at.submit()), boxes)
    assert at.name != name


def test_who_is_signed_out_in_the_middle_signs_in_again_and_the_answer_goes_out(
    someone: Callable[..., BrowserContext], product: Product, street_job: int
) -> None:
    person = someone()
    page = person.new_page()
    page.goto(label_page(street_job))
    sign_in_as_worker(page, product)
    at = Desk(page, street_job).shown()
    at.draw(ONE)
    person.clear_cookies()
    at.press_submit()
    expect(page.get_by_text("You are no longer signed in.")).to_be_visible()
    at.button("Sign in").click()
    sign_in_as_worker(page, product)
    at.arrived(1)
    assert same(boxes_of(at.answers[0]), [ONE])


def sign_in_as_worker(page: Page, product: Product) -> None:
    page.get_by_label("Name").fill("worker")
    page.get_by_label("Password").fill(product.sign_in_of("worker"))
    page.get_by_role("button", name="Sign in").click()


def refuse(route: Route) -> None:
    problem = {
        "code": "invalid-answer",
        "status": 422,
        "what": "The second box is odd.",
        "where": "/instances/1/geometry",
        "todo": "Draw it again.",
    }
    route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(problem))
