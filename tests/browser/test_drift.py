"""People come to see it another way after the machine was allowed to label: the job falls back to them by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.editor import Desk
from tests.browser.product import Product, wait_for

# A job just after its certificate: the machine has labeled 90 texts, half of them to be checked blind.
CERTIFIED = """
import json
from django.db import transaction
from labeling.jobs.models import DataObject, StandingAudit
from labeling.workforce.models import Team, User
from tests.factories import Staff
from tests.flow.looping import certified_job
people = Staff(Team.objects.get(), User.objects.get(username="lead"), [])
with transaction.atomic():  # the product's own worker finds it whole
    job, truth = certified_job(people, name="Drift")
texts = [row.content["source"] for row in DataObject.objects.filter(job=job).order_by("position")]
print(json.dumps({"job": job.pk, "truth": list(zip(texts, truth)), "drawn": StandingAudit.objects.get().drawn}))
"""


def test_a_drifting_job_falls_back_to_people_before_its_leads_eyes(
    product: Product,
    lead: BrowserContext,
    desk: Callable[..., Desk],
    axe: Callable[[Page], list[str]],
    tmp_path: Path,
) -> None:
    made = json.loads(product.shell(CERTIFIED).splitlines()[-1])
    job, drifted = made["job"], {text: 1 - category for text, category in made["truth"]}
    lines = [
        json.dumps({"source": text, "truth": category, "truth-metadata": {}}) for text, category in drifted.items()
    ]
    (tmp_path / "truth.manifest").write_text("\n".join(lines) + "\n")
    page = lead.new_page()
    page.goto(f"/jobs/{job}/")
    expect(page.get_by_text("The promise holds: at most 10\u00a0% of machine labels are wrong.")).to_be_visible()
    expect(page.get_by_text(f"People check {made['drawn']} of its labels blind while the job runs.")).to_be_visible()

    done = product.manage(
        "simulate_workers", str(job), "--truth", str(tmp_path / "truth.manifest"), "--max-answers", "29"
    )
    assert done.returncode == 0, done.stderr
    expect(page.get_by_text("Since then people checked 29 of its labels blind: 29 wrong.")).to_be_visible()
    assert product.status(job)["MachineLabeled"] == 90 - 29
    assert product.status(job)["Alarms"] == [], "fewer than 30 checks raise no alarm"

    at = desk(job)  # one more, by hand: nothing tells the worker that this is a check
    assert "blind" not in at.page.content()
    at.press("2" if "river" in at.stage.inner_text() else "1")
    at.submit(key="Enter")
    at.shown()  # and they go on with the next

    expect(page.get_by_text("Machine labels stopped.")).to_be_visible()
    alarm = page.get_by_role("region", name="1 alarm")
    expect(alarm).to_contain_text("of 30 machine labels that people checked blind, 30 were wrong; 10\u00a0% may be.")
    expect(alarm).to_contain_text("60 labels went back to people.")
    expect(alarm).to_contain_text("The machine may label again only after a new check has passed.")
    expect(page.get_by_text("The promise holds")).to_have_count(0)
    assert axe(page) == []

    status = wait_for(lambda: _settled(product, job), words="the labels to be back")
    assert (status["MachineLabeled"], status["HumanLabeled"], status["Unlabeled"]) == (0, 30, 90)
    assert status["State"] == "running"


def _settled(product: Product, job: int) -> dict[str, object]:
    status = product.status(job)
    return status if status["Alarms"] and status["Alarms"][0]["AllBackAt"] else {}
