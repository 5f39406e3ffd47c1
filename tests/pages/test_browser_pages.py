"""Every page in a real browser, light and dark: no accessibility finding, no sideways scroll, no stranger's script."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from labeling.flow.background import work_off
from labeling.jobs.clock import database_now
from labeling.jobs.models import LabelingJob, RefusedLine
from tests.factories import Staff, answered, draft_job, held, lines_of, staff, take, text_job
from tests.pages.test_job_pages import certificate

EVIL = "<img src=x onerror=alert(1)>"
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Staff:
    people = staff("Crossings", workers=2)
    people.workers[0].display_name = EVIL
    people.workers[0].save()
    return people


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    """Half labeled, with a promise that holds, a failure and a refused line."""
    job = text_job(
        people, name=f"Job {EVIL}", texts=[EVIL, *(f"text {n}" for n in range(11))], workers=(2, 2), classes=(EVIL, "b")
    )
    for worker in people.workers:
        for _ in range(6):
            answered(held(job, worker, database_now()), worker, 0, database_now())
    work_off(job.pk)
    LabelingJob.objects.filter(pk=job.pk).update(target_error=0.05)
    certificate(job)
    RefusedLine.objects.create(job=job, line=13, rule="E-JSON", what=EVIL)
    last = job.objects_of.order_by("-position")[0]
    type(last).objects.filter(pk=last.pk).update(state="failed", failure_reason=EVIL)
    return job


def places(*names: tuple[str, Sequence[object]]) -> list[str]:
    return [reverse(name, args=list(args)) for name, args in names]


def contrast(page: Page) -> list[str]:
    """What is hard to read. Of all that axe looks at only this depends on light or dark."""
    found = Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    return [f"{node['target']}: {node['failureSummary']}" for v in found for node in v["nodes"]]


def look(page: Page, place: str, axe: Callable[[Page], list[str]]) -> None:
    """One visit, in light and in dark."""
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(place)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert axe(page) == [], place
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert contrast(page) == [], f"{place} in dark"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{place} scrolls sideways"
    assert dialogs == [], place


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_a_lead(
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    people: Staff,
    job: LabelingJob,
    size: str,
) -> None:
    draft, empty = draft_job(people, name="Draft", classes=(EVIL, "b")), draft_job(people, name="Empty")
    take(draft, lines_of(["one", "two"]))
    page = new_page(people.lead, viewport=SIZES[size])
    for place in places(
        ("jobs", []), ("job", [job.pk]), ("job", [draft.pk]), ("job", [empty.pk]), ("new-job", []),
        ("job-data", [job.pk]), ("job-failed", [job.pk]), ("job-refused", [job.pk]), ("job-people", [job.pk]),
        ("job-exports", [job.pk]), ("job-settings", [job.pk]), ("exports", []), ("teams", []),
        ("team", [people.team.pk]), ("account_change_password", []),
    ):  # fmt: skip
        look(page, place, axe)
    look(page, "/nowhere/", axe)


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_a_worker_and_of_a_stranger(
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    people: Staff,
    job: LabelingJob,
    size: str,
) -> None:
    page = new_page(people.workers[0], viewport=SIZES[size])
    for place in places(("work", []), ("results", [])):
        look(page, place, axe)
    stranger = new_page(viewport=SIZES[size])
    for place in places(("account_login", []), ("account_signup", [])):
        look(stranger, place, axe)
    look(stranger, reverse("invitation", args=["unknown"]), axe)


def test_menus_and_dialogs_open_without_a_finding_and_close_by_escape(
    new_page: Callable[..., Page], axe: Callable[[Page], list[str]], people: Staff, job: LabelingJob
) -> None:
    page = new_page(people.lead)
    page.goto(reverse("job", args=[job.pk]))
    for opener in ("How we know", "As table", "More", "your account"):
        page.get_by_role("button", name=opener).first.click()
        opened = page.locator(":popover-open")
        expect(opened).to_be_visible()
        assert axe(page) == [], opener
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)


def test_light_or_dark_is_kept_by_the_browser(new_page: Callable[..., Page], people: Staff) -> None:
    page = new_page(people.lead, color_scheme="light")
    page.goto(reverse("jobs"))
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="your account").click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(background)
    page.reload()
    assert light != dark
    assert page.evaluate(background) == dark


def test_control_k_finds_a_job(new_page: Callable[..., Page], people: Staff, job: LabelingJob) -> None:
    page = new_page(people.lead)
    page.goto(reverse("teams"))
    page.keyboard.press("Control+k")
    page.keyboard.type("job")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Job <img")).to_be_visible()


def test_a_job_is_made_by_hand_and_what_was_typed_survives_what_was_wrong(
    new_page: Callable[..., Page], people: Staff, troubles: list[str]
) -> None:
    page = new_page(people.lead)
    page.goto(reverse("new-job"))
    page.set_input_files("#files", [{"name": "news.manifest", "mimeType": "", "buffer": lines_of(["one", "two"])}])
    page.get_by_role("radio", name="One class a text").check()
    page.get_by_label("Name of class 1").fill("Sport")
    page.keyboard.press("Enter")
    page.keyboard.type("Politics")
    page.get_by_role("button", name="Make the job, and look").click()
    expect(page.get_by_text("Write a name.")).to_be_visible()
    expect(page.get_by_label("Name of class 2")).to_have_value("Politics")
    page.wait_for_function("document.getElementById('files').files.length === 1")
    page.get_by_label("Name of the job").fill("News")
    page.get_by_role("button", name="Make the job, and look").click()
    expect(page.get_by_text("Look before you start")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Started. People can label now.")).to_be_visible()
    assert LabelingJob.objects.get().state == "running"


def test_a_running_job_shows_new_numbers_by_itself(
    new_page: Callable[..., Page], people: Staff, job: LabelingJob
) -> None:
    page = new_page(people.lead)
    page.goto(reverse("job", args=[job.pk]))
    before = page.locator("#pr").inner_text()
    worker = people.workers[0]
    other = people.workers[1]
    for who in (worker, other):
        answered(held(job, who, database_now()), who, 0, database_now())
    work_off(job.pk)
    expect(page.locator("#pr")).not_to_have_text(before, timeout=9_000)
    assert page.locator("#live .streak span").first.evaluate("e => e.style.width") != ""


def test_an_invitation_link_is_copied_and_opens_an_account(
    new_page: Callable[..., Page], axe: Callable[[Page], list[str]], people: Staff
) -> None:
    page = new_page(people.lead)
    page.goto(reverse("team", args=[people.team.pk]))
    page.get_by_label("For whom").fill("Ada")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Invitation link").input_value()
    ada = new_page(viewport=SIZES["phone"])
    ada.goto(link)
    assert axe(ada) == []
    ada.get_by_label("Your name").fill("Ada Lindqvist")
    ada.get_by_label("Name to sign in with").fill("ada")
    ada.get_by_label("Password").fill("five short words here")
    ada.get_by_role("button", name="Join").click()
    expect(ada.get_by_role("heading", name="Ada")).to_be_visible()


def test_the_form_of_a_new_job_works_without_scripts(people: Staff) -> None:
    client = Client()
    client.force_login(people.lead)
    data = {"name": "News", "team": people.team.pk, "task_type": "text-classification", "source": "upload",
            "workers": "1", "promise": "none", "category_list": "a\nb",
            "files": [SimpleUploadedFile("n.manifest", lines_of(["one"]))]}  # fmt: skip
    assert client.post(reverse("new-job"), data).status_code == 302
