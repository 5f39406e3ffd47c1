"""A lead looks through the labels that the model doubts, and marks two: both come to a worker again."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.editor import Desk
from tests.browser.product import Product, wait_for

# A finished job of eight texts, and a model that doubts three of its labels.
DOUBTED = """
from labeling.flow import consolidation, leasing
from labeling.jobs.clock import database_now
from labeling.workforce.models import Team, User
from tests.factories import Staff, answered, text_job
from tests.flow.looping import spoken
people = Staff(Team.objects.get(), User.objects.get(username="lead"), [User.objects.get(username="worker")])
words = ("post", "bus", "train", "tide", "moon", "rent", "milk", "news")
texts = [f"The {word} is late again, and nobody says why." for word in words]
job = text_job(people, texts=texts, name="Second look", classes=("praise", "complaint"))
for _ in texts:
    lease = leasing.claim(job, worker=people.workers[0], now=database_now())
    answered(lease, people.workers[0], 0 if lease.task.data_object.position < 3 else 1, database_now())
says = [[0.02, 0.98], [0.03, 0.97], [0.04, 0.96]] + [[0.05, 0.95]] * 5
spoken(job, [[0.5, 0.5]] * 8, oof=dict(enumerate(says)))
print(job.pk)
"""


def test_two_marked_labels_come_to_a_worker_again(
    product: Product, lead: BrowserContext, desk: Callable[..., Desk], axe: Callable[[Page], list[str]]
) -> None:
    job = int(product.shell(DOUBTED).splitlines()[-1])
    wait_for(lambda: product.status(job)["State"] == "completed", words="the job to be complete")
    page = lead.new_page()
    page.goto(f"/jobs/{job}/data/")
    page.get_by_role("navigation", name="Job").get_by_role("link", name="Doubts").click()
    expect(page.get_by_role("heading", name="3 labels that the model doubts")).to_be_visible()
    assert axe(page) == []

    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(3)
    expect(boxes.nth(0)).to_have_accessible_name(
        "The post is late again, and nobody says why. People: praise 2\u00a0% Model: complaint 98\u00a0%"
    )
    page.keyboard.press("ArrowRight")  # by keyboard
    expect(boxes.nth(0)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("Marked as wrong: 1")).to_be_visible()
    page.get_by_text("The bus is late again").click()  # by mouse
    page.keyboard.press("ArrowRight")
    expect(boxes.nth(2)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    expect(page.get_by_text("Marked as wrong: 2")).to_be_visible()
    page.get_by_role("button", name="Done with these").click()
    expect(page.get_by_text("2 labels went back to people. 1 stays as it is.")).to_be_visible()
    expect(page.get_by_role("heading", name="No label is in doubt")).to_be_visible()
    assert axe(page) == []

    at = desk(job)
    seen = set()
    for _ in range(2):
        seen.add("post" if "post" in at.stage.inner_text() else "bus")
        assert "doubt" not in at.page.content()
        at.press("2")
        at.submit(key="Enter")
    assert seen == {"post", "bus"}
    wait_for(lambda: product.status(job)["State"] == "completed", words="the job to be complete again")
    page.goto(f"/jobs/{job}/data/")
    expect(page.get_by_text("praise", exact=True)).to_have_count(1)
