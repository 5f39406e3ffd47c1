"""The grid in a real browser: marks by mouse and keys, two people at once, a lease that ends, a network that goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.product import WORK, Product, label_page, wait_for


def line(number: int, category: int) -> str:
    name = ["Car", "Bus"][category]
    meta = {"class-name": name, "confidence": 0.9, "human-annotated": "no"}
    return json.dumps({"source": f"text {number}", "guess": category, "guess-metadata": meta})


@pytest.fixture
def grid(job: Callable[..., int], product: Product) -> Callable[..., int]:
    """`grid(n)`: a running job of n texts, every third guessed to be a bus; one more has no guess."""

    def make(count: int, **rules: Any) -> int:
        lines = [line(number, int(number % 3 == 2)) for number in range(count)] + ['{"source": "plain"}']
        made = job("text-classification", lines=lines, predictions="guess", glance=True, **rules)
        wait_for(lambda: opened(product, made), words="pages to be open")
        return made

    return make


def opened(product: Product, job: int) -> bool:
    page = product.api("POST", f"/jobs/{job}/leases", {"purpose": "glance", "count": 1})["page"]
    if page is not None:
        product.api("POST", f"/pages/{page['id']}/release", {"token": page["token"]})
    return page is not None


def at(page: Page, job: int) -> Page:
    page.goto(f"{label_page(job)}glance/")
    expect(page.get_by_role("gridcell").first).to_be_visible()
    return page


def cell(page: Page, words: str) -> Any:
    return page.get_by_role("gridcell").filter(has_text=words)


def test_wrong_ones_are_marked_by_mouse_and_asked_in_full(
    grid: Callable[..., int], worker: Callable[..., BrowserContext], product: Product, axe: Callable[[Page], list[str]]
) -> None:
    job = grid(6)
    page = at(worker().new_page(), job)
    expect(page.get_by_role("gridcell")).to_have_count(6)
    expect(page.get_by_role("heading", name="Are these all “Car”?")).to_be_visible()
    cell(page, "text 1").click()
    expect(cell(page, "text 1")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#said")).to_contain_text("marked as wrong")
    assert axe(page) == []
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Submit page").click()
    wait_for(lambda: product.status(job)["HumanLabeled"] == 5, words="five answers to be labels")
    status = product.status(job)
    assert (status["Glance"]["Looked"], status["Glance"]["Marked"], status["Proposals"]["Accepted"]) == (6, 1, 5)
    leases = product.api("POST", f"/jobs/{job}/leases", {"count": 3})["leases"]
    assert sorted(lease["question"]["media"]["text"] for lease in leases) == ["plain", "text 1"]


def test_a_page_is_checked_by_keys_alone(
    grid: Callable[..., int], worker: Callable[..., BrowserContext], product: Product
) -> None:
    job = grid(6)
    page = at(worker().new_page(), job)
    page.keyboard.press("2")  # the second picture
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.keyboard.press("z")
    page.keyboard.press("Shift+Z")
    page.keyboard.press("z")
    expect(page.locator("[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+z")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    wait_for(lambda: product.status(job)["HumanLabeled"] == 5, words="five answers to be labels")


def test_marks_survive_a_reload(grid: Callable[..., int], worker: Callable[..., BrowserContext]) -> None:
    page = at(worker().new_page(), grid(4))
    cell(page, "text 2").click()
    page.reload()
    expect(cell(page, "text 2")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[aria-selected=true]")).to_have_count(1)


def test_a_submitted_page_can_be_taken_back_for_a_moment(
    grid: Callable[..., int], worker: Callable[..., BrowserContext]
) -> None:
    page = at(worker().new_page(), grid(3))
    cell(page, "text 0").click()
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take it back").click()
    expect(cell(page, "text 0")).to_have_attribute("aria-selected", "true")


def test_two_people_never_see_the_same_object(
    grid: Callable[..., int], worker: Callable[..., BrowserContext], product: Product
) -> None:
    job = grid(40)
    seen = []
    for context in (worker(), worker()):
        page = context.new_page()
        page.add_init_script("localStorage.setItem('touchstone-grid-size', '12')")
        at(page, job)
        seen.append({text.split("\n")[0] for text in page.get_by_role("gridcell").all_inner_texts()})
    assert len(seen[0]) == len(seen[1]) == 12
    assert not seen[0] & seen[1]


def test_a_page_whose_lease_has_ended_is_submitted_all_the_same(
    grid: Callable[..., int], worker: Callable[..., BrowserContext], product: Product
) -> None:
    job = grid(3)
    page = at(worker().new_page(), job)
    product.shell(
        "from labeling.jobs.models import Assignment\n"
        "from labeling.flow.leasing import reopen\n"
        f"reopen(Assignment.objects.filter(job={job}, state='leased'))"
    )
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    wait_for(lambda: product.status(job)["HumanLabeled"] == 3, words="late answers to count")


def test_a_page_given_without_a_connection_goes_out_when_it_is_back(
    grid: Callable[..., int], worker: Callable[..., BrowserContext], product: Product
) -> None:
    job = grid(3)
    context = worker()
    page = at(context.new_page(), job)
    context.set_offline(True)
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="3 answers kept on this machine")).to_be_visible(timeout=20_000)
    context.set_offline(False)
    wait_for(lambda: product.status(job)["HumanLabeled"] == 3, words="the kept page to arrive", seconds=60)


def test_a_person_reaches_the_grid_from_their_jobs(
    grid: Callable[..., int], worker: Callable[..., BrowserContext], product: Product
) -> None:
    job = grid(2)
    page = worker().new_page()
    page.goto(WORK)
    page.locator(f'a[href="{label_page(job)}glance/"]').click()
    expect(page.get_by_role("gridcell")).to_have_count(2)
