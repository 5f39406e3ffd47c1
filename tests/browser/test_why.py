"""Why the machine proposes a class: words in the text, regions over the picture; by key, by mouse and by ear."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.editor import Desk
from tests.browser.product import Product, wait_for

MAKE = """
import json, tempfile
from pathlib import Path
import pytest
from labeling.workforce.models import Team, User
from tests import explaining
from tests.factories import Staff
people = Staff(Team.objects.get(), User.objects.get(username="lead"), [])
patch = pytest.MonkeyPatch()
with tempfile.TemporaryDirectory() as folder:
    text, _ = explaining.text_job_with_reasons(people, patch, name="Reasons in texts")
    blind, _ = explaining.text_job_with_reasons(people, patch, name="Asked blind", blind_share=1.0)
    image, _ = explaining.picture_job_with_reasons(people, patch, Path(folder), name="Reasons in pictures")
print(json.dumps({"text": text.pk, "image": image.pk, "blind": blind.pk}))
"""


@pytest.fixture(scope="module")
def jobs(product: Product) -> dict[str, int]:
    """Running jobs whose proposals come from models trained here; in `blind` none is shown, as in an audit."""
    made: dict[str, int] = json.loads(product.shell(MAKE).splitlines()[-1])
    return made


def test_the_words_behind_a_proposal_are_marked_by_a_key_and_gone_by_escape(
    desk: Callable[..., Desk], jobs: dict[str, int], axe: Callable[[Page], list[str]]
) -> None:
    at = desk(jobs["text"])
    page, before = at.page, at.stage.locator("article").inner_text()
    at.press("Shift+Y")
    marks = page.locator("#stage mark")
    expect(marks.first).to_be_visible()
    strongest = page.locator("#stage mark.pro.level-4").first
    expect(strongest).to_have_attribute("title", re.compile(r"^\+\d\.\d\d$"))
    expect(strongest).to_have_text(re.compile(r"^(river|motor)\d+$"))
    assert at.stage.locator("article").inner_text() == before, "the text stands as it stood"
    decoration = strongest.evaluate("mark => getComputedStyle(mark).textDecorationStyle")
    assert decoration == "solid"
    proposed = "water" if strongest.inner_text().startswith("river") else "street"
    expect(page.get_by_role("heading", name=f"Why {proposed}?")).to_be_visible()
    expect(page.locator("#said")).to_have_text(re.compile(rf"^Speaks for {proposed}: .*(river|motor)\d+.*; against: "))
    assert axe(page) == []
    at.press("Escape")
    expect(marks).to_have_count(0)
    assert at.stage.locator("article").inner_text() == before


def test_a_word_that_speaks_against_has_a_broken_line(desk: Callable[..., Desk], jobs: dict[str, int]) -> None:
    at = desk(jobs["text"])
    against = at.page.locator("#stage mark.contra")
    for _ in range(12):
        at.press("Shift+Y")
        expect(at.page.locator("#stage mark").first).to_be_visible()
        if against.count():
            break
        at.press("a")
        at.submit(key="Enter")
        at.shown()
    style = against.first.evaluate("mark => getComputedStyle(mark).textDecorationStyle")
    assert style == "dashed"
    expect(against.first).to_have_attribute("title", re.compile(r"^−\d\.\d\d$"))


def test_the_regions_behind_a_proposal_lie_over_the_picture_by_mouse_and_keep_to_it(
    desk: Callable[..., Desk], jobs: dict[str, int], axe: Callable[[Page], list[str]]
) -> None:
    at = desk(jobs["image"])
    page = at.page
    at.button(re.compile(r"^Why\?")).click()
    regions = page.locator(".why-map rect.pro[fill-opacity='1'], .why-map rect.against[fill-opacity='1']")
    expect(regions).to_have_count(1)
    assert inside(page)
    at.press("+", "+")
    wait_for(lambda: inside(page), words="the map to follow the picture")
    assert page.locator(".why-map text").count() > 0
    expect(page.locator("#said")).to_have_text(re.compile(r"^Speaks for (left|right): .*(left|right).*; against: "))
    slider = page.get_by_role("slider", name="Strength of the map")
    assert float(opacity(page)) == 0.55
    slider.fill("20")
    assert float(opacity(page)) == 0.2
    assert axe(page) == []
    page.get_by_role("button", name=re.compile("^Close")).click()
    expect(page.locator(".why-map")).to_have_count(0)


def opacity(page: Page) -> str:
    value: str = page.evaluate("getComputedStyle(document.querySelector('.why-map g g')).opacity")
    return value


def inside(page: Page) -> bool:
    """The map covers the picture, neither more nor less, within a px."""
    found: bool = page.evaluate(
        """() => {
            const picture = document.querySelector('#stage > img').getBoundingClientRect();
            const map = document.querySelector('.why-map g g').getBoundingClientRect();
            return ['left', 'top', 'right', 'bottom'].every((side) =>
                side === 'left' || side === 'top' ? map[side] >= picture[side] - 1 : map[side] <= picture[side] + 1);
        }"""
    )
    return found


def test_the_reasons_go_with_their_object(desk: Callable[..., Desk], jobs: dict[str, int]) -> None:
    at = desk(jobs["image"])
    at.press("Shift+Y")
    expect(at.page.locator(".why-map")).to_have_count(1)
    at.press("a")
    at.submit(key="Enter")
    expect(at.page.locator(".why-map")).to_have_count(0)
    at.press("Shift+Y")
    expect(at.page.locator(".why-map")).to_have_count(1)
    at.press("Shift+Y")
    expect(at.page.locator(".why-map")).to_have_count(0)


def test_where_no_proposal_is_shown_there_is_no_reason_either(
    worker: Callable[..., BrowserContext], jobs: dict[str, int]
) -> None:
    page = worker().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/why") else None)
    at = Desk(page, jobs["blind"]).open()
    at.press("Shift+Y")
    expect(at.button(re.compile(r"^Why"))).to_have_count(0)
    at.press("1")
    at.submit(key="Enter")
    assert asked == []


def test_a_proposal_from_elsewhere_says_that_it_came_without_reasons(
    desk: Callable[..., Desk], job: Callable[..., int]
) -> None:
    meta = {
        "class-name": "Car", "confidence": 0.9, "type": "groundtruth/text-classification", "job-name": "labeling-job/x",
        "human-annotated": "no", "creation-date": "2026-01-02T03:04:05",
    }  # fmt: skip
    line = json.dumps({"source": "A red one", "guess": 0, "guess-metadata": meta})
    at = desk(job("text-classification", lines=[line], predictions="guess", show_proposals=True, blind_share=0))
    at.press("Shift+Y")
    expect(at.page.get_by_role("alert")).to_contain_text("came as predictions, without its reasons")
    at.press("Escape")
    expect(at.page.get_by_role("alert")).to_have_count(0)
