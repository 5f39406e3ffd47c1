"""Predict next: shapes follow their things through the next frames, in the real editor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import is_open
from tests.browser.films import FilmDesk, proxies_made
from tests.browser.product import Product, wait_for
from tests.media.films import films

FILM = "h264-no-b-short-gop"
RADIUS = 14.1  # px of the disc
LEAP = 36  # the last frame before the disc is back at the left; after 21 it is back at the top


def disc(frame: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the disc of tests/media/films.py."""
    x, y = 20.5 + frame * 5 % 184, 32.5 + frame * 3 % 64
    return (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS)


@pytest.fixture(scope="module", params=["video-object-tracking", "video-object-detection"])
def job(product: Product, request: pytest.FixtureRequest) -> int:
    wishes = {"task_type": request.param, "name": request.param, "categories": ["Disc"], "workers_min": 9}
    made: int = product.api("POST", "/jobs", {**wishes, "team": product.team})["id"]
    product.api("POST", f"/jobs/{made}/objects", files=[films()[FILM].path])
    product.api("POST", f"/jobs/{made}/steps/start")
    wait_for(lambda: is_open(product, made), words="the film to be open to people", seconds=60)
    proxies_made(product, made)
    return made


@pytest.fixture
def at(job: int, worker: Callable[..., BrowserContext]) -> FilmDesk:
    return FilmDesk(worker().new_page(), job)


def draw_disc(at: FilmDesk, frame: int) -> None:
    at.walk([frame])
    left, top, right, bottom = disc(frame)
    at.drag((left, top), (right, bottom))


def boxes_of(answer: Any, frame: int) -> list[dict[str, float]]:
    """The boxes that an answer says of a frame: of tracks, the key frame there; else the shapes in it."""
    geometries = [one["geometry"] for one in answer["instances"]]
    moments = [moment for geometry in geometries for moment in geometry.get("keys", [geometry])]
    return [moment["at"] for moment in moments if moment["frame"] == frame]


def off(box: dict[str, float], frame: int) -> float:
    """How far the box's edges are from the disc's at most, px."""
    edges = (box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"])
    return max(abs(edge - true) for edge, true in zip(edges, disc(frame), strict=True))


@pytest.mark.parametrize("decoder", [True, False], ids=["decoded", "from-the-server"])
def test_n_carries_a_box_on_with_what_it_holds_and_again(at: FilmDesk, *, decoder: bool) -> None:
    if not decoder:
        at.page.add_init_script("delete window.VideoDecoder")
    at.open()
    draw_disc(at, 0)
    at.press("n")
    expect(at.page.locator(".toast")).to_have_text("Predicted to frame 10.")
    assert at.comes(10).agree
    at.press("n")
    expect(at.page.locator(".toast")).to_have_text("Predicted to frame 20.")
    assert at.comes(20).agree
    answer = at.submit()
    for frame in (10, 20):
        [box] = boxes_of(answer, frame)
        assert off(box, frame) < 1.5


def test_it_stops_where_the_thing_leaps_away_and_one_undo_takes_it_back(at: FilmDesk) -> None:
    at.open()
    draw_disc(at, LEAP - 6)
    at.button("Predict next 10").click()
    words = f"Predicted to frame {LEAP}. After it Disc 1 is lost: "
    expect(at.page.locator(".toast")).to_contain_text(words)
    assert at.comes(LEAP).agree
    at.press("Control+z")
    answer = at.submit()
    assert boxes_of(answer, LEAP - 6) != []
    assert all(boxes_of(answer, frame) == [] for frame in range(LEAP - 5, LEAP + 1))


def test_escape_stops_it_and_nothing_is_changed(at: FilmDesk) -> None:
    at.page.add_init_script("delete window.VideoDecoder")
    at.page.route(re.compile(r"/frame/12\b"), lambda _route: None)  # it never comes
    at.open()
    draw_disc(at, 4)
    at.press("n")
    expect(at.page.locator(".toast")).to_contain_text("Following: frame 12")
    at.press("Escape")
    expect(at.page.locator(".toast")).to_have_text("Prediction stopped; nothing is changed")
    answer = at.submit()
    assert boxes_of(answer, 4) != []
    assert all(boxes_of(answer, frame) == [] for frame in range(5, 15))
