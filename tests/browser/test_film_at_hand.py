"""Small things under a film that who labels films all day meets all day: by mouse, by keys and by thumb."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Route, expect

from tests.browser.product import Product, label_page, wait_for
from tests.browser.test_timeline import BUS, CAR, FRAMES, PLACES, Timeline, film_job
from tests.browser.things import clip

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
UNREAD = 500  # ms that a button that has changed takes no tap for
TABLET: dict[str, Any] = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
# Whether some pixel of the ruler has the red of the car that drives through the film.
RED_ON_RULER = """() => {
    const canvas = document.querySelector('.tl-ruler canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) if (data[i] > 140 && data[i + 1] < 90 && data[i + 2] < 90) return true;
    return false;
}"""


@pytest.fixture(scope="module")
def jobs(product: Product, tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    film: Path = clip(tmp_path_factory.mktemp("films") / "film.mp4", frames=FRAMES)
    return [film_job(product, "tracking", film)] * PLACES


@pytest.fixture
def at(worker: Callable[..., BrowserContext], jobs: list[int]) -> Callable[..., Timeline]:
    """`at(**options)`: a new worker before the label page of a film, not yet opened."""
    return lambda **options: Timeline(worker(**options).new_page(), jobs.pop())


def opened(timeline: Timeline) -> Timeline:
    timeline.page.goto(label_page(timeline.job))
    return timeline.shown()


def draw(timeline: Timeline, corners: tuple[tuple[float, float], tuple[float, float]]) -> None:
    """On a phone the list of tracks lies in a sheet; the timeline tells how many there are."""
    timeline.press("b")
    timeline.drag(*corners)
    expect(timeline.page.locator(".tl-head")).to_have_text("1 track")
    timeline.press("v")


def fingers(cdp: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    touching = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touching})


def test_small_pictures_appear_when_they_are_made(at: Callable[..., Timeline]) -> None:
    here = at()
    asked: list[str] = []

    def not_yet(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(json={"state": "waiting"})
        else:
            route.continue_()

    here.page.route("**/strip-index?*", not_yet)
    opened(here)
    wait_for(lambda: len(asked) == 1, words="the editor to ask for the small pictures")
    assert not here.page.evaluate(RED_ON_RULER)
    here.page.wait_for_function(RED_ON_RULER)
    assert len(asked) == 2


@pytest.mark.parametrize("options", [PHONE, TABLET], ids=["phone", "tablet"])
def test_two_fingers_zoom_the_timeline_and_move_nothing_else(
    at: Callable[..., Timeline], options: dict[str, Any]
) -> None:
    here = opened(at(**options))
    draw(here, CAR)
    here.go(30)
    cdp = here.page.context.new_cdp_session(here.page)
    box = here.bars.bounding_box()
    assert box is not None
    middle, y = box["x"] + box["width"] / 2, box["y"] + 12
    before = here.page.locator(".tl-ruler canvas").screenshot()
    fingers(cdp, "touchStart", (middle - 30, y))
    fingers(cdp, "touchStart", (middle - 30, y), (middle + 30, y))
    for step in range(1, 6):
        fingers(cdp, "touchMove", (middle - 30 - 12 * step, y), (middle + 30 + 12 * step, y))
    fingers(cdp, "touchEnd")
    here.at_frame(30)
    expect(here.button("The whole film")).to_be_enabled()
    assert here.page.locator(".tl-ruler canvas").screenshot() != before
    assert here.keys(here.submit()) == [0]


def test_one_finger_still_moves_the_playhead(at: Callable[..., Timeline]) -> None:
    here = opened(at(**PHONE))
    cdp = here.page.context.new_cdp_session(here.page)
    ruler = here.page.locator(".tl-ruler canvas").bounding_box()
    assert ruler is not None
    fingers(cdp, "touchStart", (ruler["x"] + 40, ruler["y"] + 10))
    fingers(cdp, "touchMove", (here.spot(20, 0)[0], ruler["y"] + 10))
    fingers(cdp, "touchEnd")
    here.at_frame(20)


def test_what_a_trackpad_sends_for_a_pinch_zooms_and_leaves_the_page_as_it_is(at: Callable[..., Timeline]) -> None:
    here = opened(at())
    cdp = here.page.context.new_cdp_session(here.page)
    x, y = here.spot(30, 0)
    before = here.page.evaluate("() => [visualViewport.scale, innerWidth]")
    whole = here.button("The whole film")
    expect(whole).to_be_disabled()
    for _ in range(3):
        about = {"x": x, "y": y, "deltaX": 0, "deltaY": -50, "modifiers": 2}
        cdp.send("Input.dispatchMouseEvent", {"type": "mouseWheel", **about})
    expect(whole).to_be_enabled()
    assert here.page.evaluate("() => [visualViewport.scale, innerWidth]") == before


def test_the_chip_of_a_class_tells_its_count_as_a_count(at: Callable[..., Timeline]) -> None:
    here = opened(at())
    here.draw_track(CAR)
    here.press("2")
    here.draw_track(BUS)
    here.button("Car, 1 track").click()
    expect(here.button("Car, 1 track")).to_have_attribute("aria-pressed", "false")
    expect(here.tracks).to_have_count(1)
    here.button("Car, 1 track").focus()
    here.press("Space")
    expect(here.tracks).to_have_count(2)
    expect(here.page.locator(".class-filter .count")).to_have_text(["1", "1"])


def test_a_followed_track_ends_where_its_thing_leaves_the_picture(at: Callable[..., Timeline]) -> None:
    here = opened(at())
    here.go(30)
    here.draw_track(((4 * 30 - 4.0, 26.0), (4 * 30 + 34.0, 64.0)))
    here.press("n")
    toast = here.page.locator(".toast")
    expect(toast).to_contain_text("Car 1 leaves the picture: its track ends with frame")
    answer = here.submit()
    [track] = answer["instances"]
    assert f"ends with frame {track['geometry']['end']}" in (toast.text_content() or "")
    assert 39 <= track["geometry"]["end"] <= 41  # its left edge is at the edge of the picture


def test_a_thumb_predicts_sees_how_far_it_is_and_stops_it(at: Callable[..., Timeline]) -> None:
    here = at(**PHONE)
    here.page.add_init_script("delete window.VideoDecoder")
    here.page.route("**/frame/9?*", lambda _route: None)  # it never comes
    opened(here)
    draw(here, ((0.0, 26.0), (34.0, 64.0)))
    button, stop = here.button("Predict next 10"), here.button("Stop predicting")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert here.page.evaluate("() => document.documentElement.scrollWidth") == 390
    button.tap()
    expect(here.page.locator(".toast")).to_contain_text("Following: frame 9")
    here.page.wait_for_timeout(UNREAD)
    stop.tap()
    expect(here.page.locator(".toast")).to_have_text("Prediction stopped; nothing is changed")
    expect(button).to_be_enabled()
    expect(stop).to_have_count(0)
    assert here.keys(here.submit()) == [0]


def test_by_keys_the_button_that_began_it_is_the_one_that_stops_it(at: Callable[..., Timeline]) -> None:
    here = at()
    here.page.add_init_script("delete window.VideoDecoder")
    here.page.route("**/frame/9?*", lambda _route: None)
    opened(here)
    here.draw_track(((0.0, 26.0), (34.0, 64.0)))
    here.button("Predict next 10").focus()
    here.press("Enter")
    expect(here.button("Stop predicting")).to_be_focused()
    here.press("Enter")
    expect(here.page.locator(".toast")).to_have_text("Prediction stopped; nothing is changed")
    expect(here.button("Predict next 10")).to_be_focused()
