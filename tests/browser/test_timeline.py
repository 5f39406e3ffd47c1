"""The timeline under a film, and the panel of tracks beside it: by mouse, by keys, and for whoever can't see it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import is_open
from tests.browser.editor import Desk
from tests.browser.product import Product, label_page, wait_for
from tests.browser.things import clip

FRAMES = 60
MARGIN = 10  # px of the timeline before its first frame and after its last
ROW = 30  # px
PLACES = 9  # people that one film is given to, at most
CAR = ((10.0, 25.0), (40.0, 65.0))
BUS = ((80.0, 20.0), (120.0, 60.0))
ATTRIBUTES: list[dict[str, Any]] = [
    {"name": "Moves", "kind": "choice", "scope": "instance", "choices": ["Drives", "Stands"]},
    {"name": "Loaded", "kind": "tick", "scope": "track"},
    {"name": "Weather", "kind": "choice", "scope": "frame", "choices": ["Dry", "Rain"]},
]


class Timeline(Desk):
    """The label page of a job about a film, with what lies under the film."""

    def shown(self) -> Timeline:
        super().shown()
        expect(self.bars).to_be_visible()
        return self

    @property
    def sheet(self) -> Locator:
        """The one tab stop of the timeline."""
        return self.page.get_by_role("application", name=re.compile("^Timeline"))

    @property
    def bars(self) -> Locator:
        return self.sheet.locator("canvas")

    @property
    def tracks(self) -> Locator:
        return self.page.get_by_role("listbox", name="Tracks of this film").get_by_role("option")

    @property
    def about(self) -> Locator:
        """What the panel says of the selected track."""
        return self.page.get_by_role("region", name="The selected track")

    @property
    def frame(self) -> int:
        """Where the playhead stands."""
        return int(self.page.locator(".playhead").get_attribute("data-f") or "-1")

    def at_frame(self, frame: int) -> None:
        wait_for(lambda: self.frame == frame, words=f"the playhead to stand at {frame}, not {self.frame}")
        expect(self.page.locator(".frame-number")).to_have_value(str(frame))

    def spot(self, frame: float, row: int) -> tuple[float, float]:
        """The middle of a frame in a row of the whole film, px of the window."""
        box = self.bars.bounding_box()
        assert box is not None
        scale = (box["width"] - 2 * MARGIN) / FRAMES
        return box["x"] + MARGIN + (frame + 0.5) * scale, box["y"] + (row + 0.5) * ROW

    def pull(self, row: int, start: float, to: float, *, and_press: str = "", off: float = 0) -> None:
        """A drag in one row, from frame to frame; `off`: px beside the middle of the first."""
        x, y = self.spot(start, row)
        end, _ = self.spot(to, row)
        self.page.mouse.move(x + off, y)
        self.page.mouse.down()
        self.page.mouse.move((x + end) / 2, y)
        self.page.mouse.move(end, y)
        if and_press:
            self.press(and_press)
        self.page.mouse.up()

    def go(self, frame: int) -> None:
        field = self.page.locator(".frame-number")
        field.fill(str(frame))
        field.press("Enter")
        self.at_frame(frame)

    def draw_track(self, corners: tuple[tuple[float, float], tuple[float, float]]) -> None:
        before = self.tracks.count()
        self.press("b")
        self.drag(*corners)
        expect(self.tracks).to_have_count(before + 1)
        self.press("v")

    def keys(self, answer: Any, place: int = 0) -> list[int]:
        return [key["frame"] for key in answer["instances"][place]["geometry"]["keys"]]


@pytest.fixture(scope="module")
def place(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], int]:
    """`place(kind)`: a job about the film with room for one more person."""
    film = clip(tmp_path_factory.mktemp("films") / "film.mp4", frames=FRAMES)
    free: dict[str, list[int]] = {}

    def take(kind: str) -> int:
        if not free.get(kind):
            free[kind] = [film_job(product, kind, film)] * PLACES
        return free[kind].pop()

    return take


def film_job(product: Product, kind: str, film: Path) -> int:
    fitting = [each for each in ATTRIBUTES if kind == "tracking" or each["scope"] != "track"]
    wishes = {
        "name": f"Films, {kind} {secrets.token_hex(3)}",
        "categories": ["Car", "Bus"],
        "attributes": fitting,
        "workers_min": PLACES,
    }
    about = {"task_type": f"video-object-{kind}", "team": product.team, **wishes}
    job: int = product.api("POST", "/jobs", about)["id"]
    assert product.api("POST", f"/jobs/{job}/objects", files=[film])["refused"] == []
    product.api("POST", f"/jobs/{job}/steps/start")
    wait_for(lambda: has_strip(product, job), words="the film to be open to people, with its strip", seconds=90)
    return job


def has_strip(product: Product, job: int) -> bool:
    objects = product.api("GET", f"/jobs/{job}/objects")["objects"]
    return is_open(product, job) and all(
        product.api("GET", f"/media/{one['id']}/strip-index")["state"] == "ready" for one in objects
    )


@pytest.fixture
def at(worker: Callable[..., BrowserContext], place: Callable[[str], int]) -> Callable[..., Timeline]:
    """`at(kind, **options)`: a new worker at the label page of a film."""

    def go(kind: str = "tracking", **options: Any) -> Timeline:
        timeline = Timeline(worker(**options).new_page(), place(kind))
        timeline.page.goto(label_page(timeline.job))
        return timeline.shown()

    return go


def test_a_key_frame_is_moved_by_hand_within_its_neighbours_and_undone_as_one_step(at: Callable[..., Timeline]) -> None:
    here = at()
    here.draw_track(CAR)
    for frame in (20, 40):
        here.go(frame)
        here.press("q")
    expect(here.about).to_contain_text("Key frames3")
    here.pull(0, 20, 30)
    here.at_frame(30)
    expect(here.about).to_contain_text("key frame, by you")
    here.press("Control+z")
    here.pull(0, 20, 50)
    here.at_frame(39)
    here.pull(0, 39, 10, and_press="Escape")
    assert here.keys(here.submit()) == [0, 39, 40]


def test_the_end_of_a_track_and_all_of_it_are_moved_by_hand(at: Callable[..., Timeline]) -> None:
    here = at()
    here.draw_track(CAR)
    here.go(10)
    here.press("q")
    here.pull(0, FRAMES - 1, 30, off=8)
    expect(here.about).to_contain_text("frames 0 to 30")
    here.pull(0, 5, 15)
    expect(here.about).to_contain_text("frames 10 to 40")
    answer = here.submit()
    assert (here.keys(answer), answer["instances"][0]["geometry"]["end"]) == ([10, 20], 40)


def test_a_bar_is_first_chosen_and_only_then_dragged(at: Callable[..., Timeline]) -> None:
    here = at()
    here.draw_track(CAR)
    here.draw_track(BUS)
    here.pull(0, 20, 30)
    here.at_frame(30)
    expect(here.about).to_contain_text("Car 1")
    answer = here.submit()
    assert [here.keys(answer, place) for place in (0, 1)] == [[0], [0]]


def test_the_playhead_follows_the_hand_on_the_ruler(at: Callable[..., Timeline]) -> None:
    here = at()
    ruler = here.page.locator(".tl-ruler").bounding_box()
    assert ruler is not None
    y = ruler["y"] + 30
    here.page.mouse.move(here.spot(5, 0)[0], y)
    here.page.mouse.down()
    here.at_frame(5)
    here.page.mouse.move(here.spot(33, 0)[0], y)
    here.at_frame(33)
    here.page.mouse.up()


def test_the_wheel_zooms_around_the_pointer_and_the_playhead_stays_in_sight(at: Callable[..., Timeline]) -> None:
    here = at()
    mouse = here.page.mouse
    mouse.move(*here.spot(30, 0))
    expect(here.button("The whole film")).to_be_disabled()
    here.page.keyboard.down("Control")
    for _ in range(4):
        mouse.wheel(0, -100)
    here.page.keyboard.up("Control")
    expect(here.button("The whole film")).to_be_enabled()
    expect(here.page.locator(".playhead")).to_be_hidden()
    here.page.keyboard.down("Shift")
    mouse.wheel(0, -2000)
    here.page.keyboard.up("Shift")
    expect(here.page.locator(".playhead")).to_be_visible()
    overview = here.page.locator(".tl-overview canvas").bounding_box()
    assert overview is not None
    y = overview["y"] + overview["height"] / 2
    mouse.move(overview["x"] + 40, y)
    mouse.down()
    mouse.move(overview["x"] + 40 + overview["width"] / 3, y)
    mouse.up()
    expect(here.page.locator(".playhead")).to_be_hidden()
    mouse.click(*here.spot(30, 0))
    wait_for(lambda: here.frame > 0, words="the playhead to come to the click")
    for frame in (59, 0):
        here.go(frame)
        expect(here.page.locator(".playhead")).to_be_visible()
    here.button("The whole film").click()
    expect(here.button("The whole film")).to_be_disabled()


def test_the_buttons_of_the_timeline_do_what_their_keys_do(at: Callable[..., Timeline]) -> None:
    here = at()
    here.draw_track(CAR)
    here.go(20)
    acts = here.page.get_by_role("toolbar", name="The selected track")
    acts.get_by_role("button", name="Hidden").click()
    expect(here.about).to_contain_text("Hidden20 to 59")
    here.go(40)
    acts.get_by_role("button", name="Split").click()
    expect(here.tracks).to_have_count(2)
    expect(acts.get_by_role("button", name="Join")).to_be_disabled()
    here.tracks.nth(0).click(modifiers=["Control"])
    acts.get_by_role("button", name="Join").click()
    expect(here.tracks).to_have_count(1)
    acts.get_by_role("button", name="End").click()
    expect(here.about).to_contain_text("frames 0 to 40")
    assert here.submit()["instances"][0]["geometry"]["end"] == 40


def test_attributes_are_set_for_the_whole_track_from_a_frame_on_and_for_a_range(at: Callable[..., Timeline]) -> None:
    here = at()
    here.draw_track(CAR)
    here.page.get_by_label("Loaded").check()
    moves = here.page.get_by_role("region", name="From this frame on")
    moves.get_by_label("Drives").check(force=True)
    here.go(20)
    moves.get_by_label("Stands").check(force=True)
    here.go(5)
    expect(moves).to_contain_text("to frame 19")
    weather = here.page.get_by_role("region", name="About the frame")
    weather.get_by_role("button", name="From one frame to another").click()
    weather.get_by_label("From frame").fill("30")
    weather.get_by_label("To frame").fill("35")
    weather.get_by_label("Rain").check(force=True)
    answer = here.submit()
    car = answer["instances"][0]
    assert car["attributes"] == {"Loaded": True}
    assert car["geometry"]["values"] == [
        {"from": 0, "to": 19, "attributes": {"Moves": "Drives"}},
        {"from": 20, "to": FRAMES - 1, "attributes": {"Moves": "Stands"}},
    ]
    assert answer["frames"] == [{"from": 30, "to": 35, "attributes": {"Weather": "Rain"}}]


def test_the_timeline_is_one_tab_stop_and_all_of_it_is_done_by_keys(at: Callable[..., Timeline]) -> None:
    here = at()
    here.draw_track(CAR)
    here.go(20)
    here.press("q")
    here.draw_track(BUS)
    here.sheet.focus()
    here.press("ArrowUp")
    expect(here.about).to_contain_text("Car 1")
    here.press("ArrowLeft", "ArrowLeft", "Shift+ArrowLeft")
    here.at_frame(8)
    here.press("Enter")
    here.at_frame(0)
    here.press("End", "Enter")
    here.at_frame(20)
    here.press("Alt+ArrowRight")
    here.at_frame(21)
    expect(here.page.locator("#said")).to_have_text("Frame 21, Car 1, key frame")
    assert here.keys(here.submit()) == [0, 21]


def test_the_list_of_tracks_tells_where_each_is_and_goes_through_all_of_them(at: Callable[..., Timeline]) -> None:
    here = at()
    here.draw_track(CAR)
    here.go(30)
    here.draw_track(BUS)
    here.go(10)
    expect(here.tracks.nth(0)).to_have_attribute("aria-label", re.compile(r"^Car 1, frames 0 to 59"))
    expect(here.tracks.nth(1)).to_have_attribute("aria-label", "Car 2, frames 30 to 59, not there yet")
    here.tracks.nth(1).click()
    here.page.get_by_role("listbox", name="Tracks of this film").focus()
    here.press("ArrowUp")
    expect(here.about).to_contain_text("Car 1")
    here.press("Delete")
    expect(here.tracks).to_have_count(1)
    here.press("Control+z")
    expect(here.tracks).to_have_count(2)


def test_single_shapes_have_a_row_a_class_and_a_click_goes_to_their_frame(at: Callable[..., Timeline]) -> None:
    here = at("detection")
    here.press("b")
    here.drag(*CAR)
    here.go(40)
    here.press("b")
    here.drag(*CAR)
    expect(here.rows).to_have_count(1)
    here.page.mouse.click(*here.spot(0, 0))
    here.at_frame(0)
    here.page.mouse.click(here.spot(40, 0)[0] + 4, here.spot(40, 0)[1])
    here.at_frame(40)
    assert [each["geometry"]["frame"] for each in here.submit()["instances"]] == [0, 40]


def test_the_timeline_is_found_again_as_it_was_left(at: Callable[..., Timeline]) -> None:
    here = at()
    only = here.page.get_by_role("group", name="Tracks that have a row").get_by_role("button", name="Here")
    height = here.page.get_by_role("separator", name="Height of the timeline")
    only.click()
    height.press("ArrowUp")
    here.page.reload()
    here.shown()
    expect(height).to_have_attribute("aria-valuenow", "180")
    expect(only).to_have_attribute("aria-pressed", "true")
    here.button("Fold the timeline").click()
    expect(here.sheet).to_have_count(0)
    here.page.reload()
    expect(here.button("Unfold the timeline")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_finding_with_a_timeline_at_any_size(
    at: Callable[..., Timeline], axe: Callable[[Page], list[str]], scheme: str
) -> None:
    here = at(color_scheme=scheme)
    assert axe(here.page) == []
    here.draw_track(CAR)
    here.go(20)
    here.press("o")
    assert axe(here.page) == []
    here.page.set_viewport_size({"width": 390, "height": 844})
    expect(here.page.locator(".tl-names .th")).to_have_count(1)
    assert axe(here.page) == []
    assert here.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
