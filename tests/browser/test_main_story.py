"""From a folder of pictures to a manifest of boxes, by one lead and two workers, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.editor import Desk, as_lines, same
from tests.browser.product import WORK, Product, wait_for
from tests.browser.things import Box, street

CAR, BUS, FAR = Box(70, 60, 130, 90), Box(380, 210, 180, 110, category=1), Box(250, 100, 90, 80)
TRUTH = {"street-1.png": [CAR, BUS], "street-2.png": [FAR], "street-3.png": []}

Someone = Callable[..., BrowserContext]


def pictures(folder: Path) -> list[Path]:
    folder.mkdir(parents=True)
    return [street(folder / name, boxes) for name, boxes in TRUTH.items()]


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0)


def begin_job(page: Page, name: str) -> None:
    """The new-job page up to the data, which each story brings in its own way."""
    page.get_by_role("link", name="Jobs").first.click()
    page.get_by_role("link", name="New job").first.click()
    page.get_by_label("Name of the job").fill(name)
    page.get_by_role("radio", name="Boxes").check()
    page.get_by_label("Name of class 1").fill("Car")
    page.get_by_label("Name of class 2").fill("Bus")
    page.get_by_label("Text", exact=True).fill("# What counts\nEvery **vehicle**, whole.")


def start_job(page: Page, *, objects: int) -> int:
    page.get_by_role("button", name="Make the job, and look").click()
    expect(page.get_by_text(f"{objects} objects taken.")).to_be_visible()
    expect(page.get_by_text("Look before you start")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Started. People can label now.")).to_be_visible()
    return int(re.findall(r"/jobs/(\d+)/", page.url)[0])


def invite(page: Page, name: str) -> str:
    page.get_by_role("link", name="Teams").first.click()
    page.get_by_role("link", name="First team").click()
    page.get_by_label("For whom").fill(name)
    page.get_by_role("button", name="Make a link").click()
    return page.get_by_label("Invitation link").input_value()


def join(page: Page, link: str, username: str) -> None:
    """Accept the invitation, go away, and come back by the sign-in page."""
    page.goto(link)
    page.get_by_label("Your name").fill(username.capitalize())
    page.get_by_label("Name to sign in with").fill(username)
    page.get_by_label("Password").fill("five short words here")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="your account").click()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, username, "five short words here")


def begin_work(page: Page, job: str) -> None:
    wait_for(lambda: starts(page, job), words=f"{job} to be open to a worker")


def starts(page: Page, job: str) -> bool:
    page.goto(WORK)
    link = page.get_by_role("link", name=re.compile(f"{job}$")).or_(page.get_by_role("link", name="Continue"))
    if link.count() == 0:
        return False
    link.first.click()
    return True


def by_mouse(at: Desk, boxes: Sequence[Box]) -> None:
    """The first box of an object by a drag, the others by two clicks each."""
    for number, box in enumerate(boxes):
        at.press("Escape", str(box.category + 1))
        (at.click_twice if number else at.draw)(box)


def by_keys(at: Desk, boxes: Sequence[Box]) -> None:
    """Each box by a crosshair that goes from corner to corner."""
    for number, box in enumerate(boxes, start=1):
        at.press("Escape", str(box.category + 1), "b")
        here = (320.0, 200.0)  # the crosshair begins in the middle of what is seen: the whole picture
        for corner in box.corners:
            walk(at, here, corner)
            at.press("Enter")
            here = corner
        expect(at.rows).to_have_count(number)


def walk(at: Desk, start: tuple[float, float], end: tuple[float, float]) -> None:
    for axis, (less, more) in enumerate((("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown"))):
        way, left = (more if end[axis] > start[axis] else less), round(abs(end[axis] - start[axis]))
        for prefix, step in (("Control+", 100), ("Shift+", 10), ("", 1)):
            at.press(*[f"{prefix}{way}"] * (left // step))
            left %= step


def label_all(at: Desk, *, by_keyboard: str = "") -> None:
    """Every object of the job, each as its truth is; the one named without touching the mouse from first to last."""
    for number in range(1, len(TRUTH) + 1):
        at.shown()
        name = at.name
        if name == by_keyboard:
            by_keys(at, TRUTH[name])
            at.press_submit(key="Enter")
        elif TRUTH[name]:
            by_mouse(at, TRUTH[name])
            at.press_submit()
        else:
            at.press_submit_untouched()
        at.arrived(number)
    expect(at.page.get_by_text("Nothing is open for you right now.")).to_be_visible()


def check_export(page: Page, product: Product, job: int, tmp_path: Path) -> None:
    """The lead sees progress, writes an export, downloads the manifest; it holds the truth, and is clean."""
    wait_for(lambda: product.status(job)["TotalLabeled"] == len(TRUTH), words="every object to be labeled")
    page.goto(f"/jobs/{job}/")
    expect(page.get_by_role("heading", name="100 % done, 3 of 3")).to_be_visible()
    page.get_by_role("link", name="Export", exact=True).click()
    page.get_by_role("button", name="Write the export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Manifest").first.click(timeout=30_000)
    file = tmp_path / "out.manifest"
    download.value.save_as(file)
    lines = as_lines(file.read_bytes())
    assert len(lines) == len(TRUTH)
    for line in lines:
        assert same(boxes_in(line), TRUTH[str(line["source-ref"]).rpartition("/")[2]]), line
    checked = product.manage("validate_manifest", "--strict", str(file))
    assert checked.returncode == 0, checked.stdout


def boxes_in(line: dict[str, object]) -> list[Box]:
    """The consolidated boxes of a manifest line, by their left edge."""
    attribute = next(key for key in line if f"{key}-metadata" in line)
    annotations = line[attribute]["annotations"]  # type: ignore[index]
    boxes = [Box(a["left"], a["top"], a["width"], a["height"], category=a["class_id"]) for a in annotations]
    return sorted(boxes, key=lambda box: box.left)


@pytest.mark.parametrize("way", ["server folder", "upload"])
def test_two_workers_box_a_folder_of_pictures_and_the_lead_downloads_the_truth(
    someone: Someone, product: Product, tmp_path: Path, way: str
) -> None:
    key = way.split()[0]
    job_name = f"Crossings by {key}"
    lead = someone().new_page()
    sign_in(lead, "lead", product.sign_in_of("lead"))
    begin_job(lead, job_name)
    lead.get_by_label("Opinions an object").select_option("2")
    if way == "upload":
        lead.set_input_files("#files", pictures(tmp_path / "mine"))
    else:
        pictures(product.home / "input" / f"crossings-{tmp_path.name}")
        lead.get_by_role("radio", name="On the server").check()
        lead.get_by_label("Folder or manifest").fill(f"crossings-{tmp_path.name}")
    job = start_job(lead, objects=len(TRUTH))
    links = [invite(lead, name) for name in ("Ada", "Ben")]

    ada = Desk(someone().new_page(), job)
    join(ada.page, links[0], f"ada-{key}")
    begin_work(ada.page, job_name)
    label_all(ada)

    ben = Desk(someone().new_page(), job)
    join(ben.page, links[1], f"ben-{key}")
    begin_work(ben.page, job_name)
    label_all(ben, by_keyboard="street-2.png")

    check_export(lead, product, job, tmp_path)
