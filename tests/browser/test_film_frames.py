"""Frames of films in the real editor: the one that is asked for is the one that is shown, however it comes."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from tests.browser.conftest import is_open
from tests.browser.films import FilmDesk, proxies_made
from tests.browser.product import Product, wait_for
from tests.formats.test_sequences import dumped, harbour
from tests.media.films import films, picture_of

STEPS = [*range(1, 46), *range(44, 24, -1)]
# From the server each frame is a picture of its own, which tests/media compares one by one: here, steps to both sides
# over a key frame (30) and jumps.
STEPS_AT_THE_SERVER = [1, 2, 27, *range(28, 34), *range(32, 27, -1)]
SHORT = "h264-no-b-short-gop"
LAST = len(films()[SHORT]) - 1

# As the film plays: after each picture of the screen, what it shows and where the selected shape's outline begins.
WATCH = """() => {
    window.watched = [];
    const look = () => {
        const path = document.querySelector('#stage .hand .shape')?.getAttribute('d') ?? '';
        const [x] = path.match(/-?[\\d.]+/) ?? [];
        window.watched.push({ ...window.shown(), x: Number(x) });
        requestAnimationFrame(() => setTimeout(look));
    };
    look();
}"""


@pytest.fixture(scope="module")
def film_job(product: Product) -> Callable[..., int]:
    """`film_job(name)`: the running job of tracks over this film, its proxy made; for nine people."""
    made: dict[str, int] = {}

    def make(name: str) -> int:
        if name not in made:
            wishes = {"task_type": "video-object-tracking", "name": name, "categories": ["Disc"], "workers_min": 9}
            job: int = product.api("POST", "/jobs", {**wishes, "team": product.team})["id"]
            came = product.api("POST", f"/jobs/{job}/objects", files=[films()[name].path])
            assert came["refused"] == [], came
            product.api("POST", f"/jobs/{job}/steps/start")
            wait_for(lambda: is_open(product, job), words="the film to be open to people", seconds=60)
            proxies_made(product, job)
            made[name] = job
        return made[name]

    return make


@pytest.fixture
def at_film(film_job: Callable[..., int], worker: Callable[..., BrowserContext]) -> Callable[..., FilmDesk]:
    """`at_film(name, decoder=True, prepare=None)`: a new worker at the label page; `prepare` gets the page before."""

    def go(name: str = SHORT, *, decoder: bool = True, prepare: Callable[[Any], object] | None = None) -> FilmDesk:
        page = worker().new_page()
        if not decoder:
            page.add_init_script("delete window.VideoDecoder")
        if prepare is not None:
            prepare(page)
        at = FilmDesk(page, film_job(name))
        at.open()
        return at

    return go


@pytest.mark.parametrize("decoder", [True, False], ids=["decoded", "from-the-server"])
@pytest.mark.parametrize("name", list(films()))
def test_every_frame_that_is_asked_for_is_the_one_that_is_shown(
    at_film: Callable[..., FilmDesk], name: str, *, decoder: bool
) -> None:
    at = at_film(name, decoder=decoder)
    assert at.decodes == decoder
    last = len(films()[name]) - 1
    jumps = random.Random(7).sample(range(last), 20 if decoder else 8)
    asked = [*(STEPS if decoder else STEPS_AT_THE_SERVER), *jumps, last, 0]
    shown = at.walk(asked)
    assert [one.read for one in shown] == asked
    assert all(one.agree for one in shown)


def test_keys_pressed_faster_than_frames_come_end_at_the_last_one_asked_for(at_film: Callable[..., FilmDesk]) -> None:
    at = at_film()
    for _ in range(75):
        at.page.keyboard.press(".")
    assert at.comes(75).agree
    at.press("End")
    assert at.comes(LAST).agree
    for _ in range(40):
        at.page.keyboard.press(",")
    assert at.comes(LAST - 40).agree
    at.press("Home")
    assert at.comes(0).agree


def test_a_film_plays_to_its_end_and_its_labels_are_never_of_another_frame(at_film: Callable[..., FilmDesk]) -> None:
    at = at_film()
    at.drag((20, 30), (60, 70))
    at.walk([100])
    at.press("v")
    at.drag((40, 50), (140, 50))  # moved by 100 px within 100 frames
    at.button("4×").click()
    at.walk([0])
    at.page.evaluate(WATCH)
    at.press("Space")
    at.comes(LAST)
    expect(at.button("Play")).to_be_visible()
    watched = at.page.evaluate("() => window.watched")
    assert all(one["read"] == one["said"] for one in watched)
    begun, scale = next(one["x"] for one in watched if one["said"] == 0), at.at(1, 0)[0] - at.at(0, 0)[0]
    moving = [one for one in watched if 0 < one["said"] <= 100]
    assert len({one["said"] for one in moving}) > 3
    for one in moving:
        assert one["x"] == pytest.approx(begun + scale * one["said"], abs=2), one


def test_space_plays_when_tapped_and_moves_the_picture_when_held(
    at_film: Callable[..., FilmDesk], axe: Callable[[Page], list[str]]
) -> None:
    at = at_film()
    before = at.at(10, 10)
    x, y = at.at(100, 60)
    at.page.mouse.move(x, y)
    at.page.keyboard.down("Space")
    at.page.mouse.down()
    at.page.mouse.move(x + 30, y + 20)
    at.page.mouse.up()
    at.page.keyboard.up("Space")
    assert at.at(10, 10) == pytest.approx((before[0] + 30, before[1] + 20), abs=1)
    expect(at.button("Play")).to_be_visible()
    at.press("Space")
    expect(at.button("Pause")).to_be_visible()
    at.press("Space")
    expect(at.button("Play")).to_be_visible()
    assert at.frame().agree
    assert axe(at.page) == []


def test_after_a_reload_the_same_frame_is_shown(at_film: Callable[..., FilmDesk]) -> None:
    at = at_film()
    at.walk([133])
    at.page.reload()
    at.shown()
    assert at.comes(133).agree


def test_a_film_that_can_not_be_decoded_exactly_comes_from_the_server(at_film: Callable[..., FilmDesk]) -> None:
    other = films()["h264-variable-rate"].path.read_bytes()

    def another_film(route: Route) -> None:
        found = re.match(r"bytes=(\d+)-(\d+)", route.request.headers["range"])
        assert found is not None
        start, end = int(found[1]), min(int(found[2]) + 1, len(other))
        headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(other)}"}
        route.fulfill(status=206, body=other[start:end], headers=headers)

    at = at_film(prepare=lambda page: page.route("**/proxy?*", another_film))
    asked = [0, 1, 2, 50, 49, 200]
    assert [one.read for one in at.walk(asked)] == asked
    assert not at.decodes


def test_a_frame_that_does_not_come_is_named_and_can_be_asked_for_again(at_film: Callable[..., FilmDesk]) -> None:
    at = at_film(decoder=False, prepare=lambda page: page.route("**/frame/77?*", lambda route: route.abort()))
    number = at.page.locator(".frame-number")
    number.fill("77")
    number.press("Enter")
    expect(at.page.get_by_role("alert")).to_contain_text("Frame 77 did not arrive")
    assert at.frame().read == 0
    at.page.unroute("**/frame/77?*")
    at.button("Try again").click()
    assert at.comes(77).agree
    expect(at.page.get_by_role("alert")).to_have_count(0)


def test_the_next_film_is_begun_while_this_one_is_labeled(
    job: Callable[..., int], worker: Callable[..., BrowserContext], product: Product
) -> None:
    two = job("video-object-tracking", files=[films()[name].path for name in (SHORT, "vp9")])
    proxies_made(product, two)
    page, tables = worker().new_page(), set[str]()

    def note(request: Request) -> None:
        if "/frame-table" in request.url:
            tables.add(request.url)

    page.on("request", note)
    at = FilmDesk(page, two)
    at.open()
    at.walk([7])
    assert len(tables) == 2
    first = at.name
    at.press_submit_untouched()
    at.shown()
    assert at.comes(0).agree
    assert at.name != first
    assert len(tables) == 2


def sequence_files(folder: Path, count: int, **saved: Any) -> list[Path]:
    """A sequence file with its pictures, and the manifest that names it."""
    names = [f"f{number:04}.jpg" for number in range(count)]
    for number, name in enumerate(names):
        Image.fromarray(picture_of(number)).save(folder / name, quality=92, **saved)
    (folder / "seq.json").write_bytes(dumped(harbour(*names)))
    (folder / "a.manifest").write_bytes(b'{"source-ref":"seq.json"}\n')
    return [folder / name for name in ("a.manifest", "seq.json", *names)]


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def test_frames_of_a_turned_sequence_are_shown_as_they_are_stored(
    job: Callable[..., int], worker: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    files = sequence_files(tmp_path, 12, exif=turned())
    at = FilmDesk(worker().new_page(), job("video-object-tracking", files=files))
    at.open()
    assert not at.decodes
    asked = [1, 2, 3, 2, 1, 0, 11, 5]
    assert [one.read for one in at.walk(asked)] == asked
    picture = at.page.locator("#stage > .picture").bounding_box()
    assert picture is not None
    assert picture["height"] > picture["width"]


def test_pictures_of_a_sequence_are_played_as_fast_as_is_chosen(
    job: Callable[..., int], worker: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    at = FilmDesk(worker().new_page(), job("video-object-tracking", files=sequence_files(tmp_path, 40)))
    at.open()
    speeds = at.page.get_by_role("group", name="Pictures a second").get_by_role("button")
    expect(speeds).to_have_text(["1/s", "2/s", "5/s", "10/s"])
    expect(speeds.first).to_have_attribute("aria-pressed", "true")
    at.press("Alt+.")
    expect(speeds.nth(1)).to_have_attribute("aria-pressed", "true")
    at.button("10/s").click()
    at.button("Play").click()
    before = time.monotonic()
    at.page.wait_for_function("() => window.shown().said >= 30")
    assert time.monotonic() - before < 20  # one a second, it would be 30
    at.button("Pause").click()
    assert at.frame().agree
