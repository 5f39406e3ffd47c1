"""Names that want to be markup stay the text that they are, on every screen that shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.editor import Desk
from tests.browser.product import Product, wait_for
from tests.browser.things import Box, street

EVIL = "<img src=x onerror=alert(1)>"
HERE = Box(100, 100, 200, 120)

RENAME = f"""
from labeling.workforce.models import Team, User
Team.objects.update(name={EVIL!r})
User.objects.exclude(username="lead").update(display_name={EVIL!r})
User.objects.filter(username="lead").update(display_name="Lead " + {EVIL!r})
"""
BACK = """
from labeling.workforce.models import Team, User
Team.objects.update(name="First team")
User.objects.update(display_name="Somebody")
"""
LEADS_PAGES = ("", "data/", "people/", "settings/", "exports/", "failed/", "refused/")


@pytest.fixture
def named_evil(product: Product) -> Iterator[None]:
    product.shell(RENAME)
    yield
    product.shell(BACK)


def literal(page: Page) -> None:
    """The name is there as text, and no picture was made of it."""
    expect(page.get_by_text(EVIL).first).to_be_attached()
    assert page.locator("img[onerror], img[src='x']").count() == 0, page.url


def labeled(product: Product, job: int) -> bool:
    return bool(product.status(job)["TotalLabeled"] == 1)


@pytest.mark.usefixtures("named_evil")
def test_hostile_names_are_text_on_every_screen(
    desk: Callable[..., Desk], lead: BrowserContext, job: Callable[..., int], product: Product, tmp_path: Path
) -> None:
    wishes = {"categories": [EVIL, "Bus"], "instructions": f"# What counts\n{EVIL}\n<script>alert(2)</script>"}
    file = street(tmp_path / "<img src=x onerror=alert(1)>.png", [HERE])
    boxes = job("bounding-box", files=[file], name=f"Boxes {EVIL}", **wishes)
    texts = job("text-classification", lines=[json.dumps({"source": EVIL})], name=f"Texts {EVIL}", **wishes)

    at = desk(boxes)
    worker = at.page
    literal(worker)
    at.draw(HERE)
    literal(worker)
    for key, opened in (("?", "Keyboard shortcuts"), ("i", "Instructions"), ("/", "Find a class"), ("s", "Skip")):
        at.press(key)
        expect(worker.get_by_role("dialog", name=opened)).to_be_visible()
        literal(worker)
        at.press("Escape")
    at.submit()
    other = Desk(worker, texts).open()
    expect(other.stage).to_contain_text(EVIL)
    other.press("1")
    other.submit()
    for each in (boxes, texts):
        wait_for(partial(labeled, product, each), words="a label")
    for place in ("/work/", "/results/"):
        worker.goto(place)
        literal(worker)

    page = lead.new_page()
    pages = [f"/jobs/{job_id}/{part}" for job_id in (boxes, texts) for part in LEADS_PAGES]
    for place in ("/jobs/", "/jobs/new/", "/teams/", f"/teams/{product.team}/", "/exports/", *pages):
        page.goto(place)
        literal(page)
