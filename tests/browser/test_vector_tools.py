"""Every vector tool by mouse: what the hand does is what the API gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.editor import Desk
from tests.browser.product import Product
from tests.browser.things import Box, street

HOUSE = [(100, 120), (200, 60), (300, 120), (300, 220), (100, 220)]
POINTS = ["head", "left hand", "right hand"]
GIVE_SKELETON = """
from labeling.jobs.models import LabelingJob
row = LabelingJob.objects.get(pk={job}).categories.get(place=1)
row.skeleton = {{"points": {points}, "edges": [["head", "left hand"], ["head", "right hand"]]}}
row.save()
"""


@pytest.fixture
def open_desk(desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path) -> Callable[..., Desk]:
    """`open_desk(task_type, **rules)`: a plain picture of 640 x 400 px with one red and one blue thing."""
    things = [Box(100, 60, 200, 160), Box(420, 200, 120, 100, category=1)]

    def make(task_type: str, **rules: Any) -> Desk:
        return desk(job(task_type, files=[street(tmp_path / "street.png", things)], **rules))

    return make


@pytest.fixture
def with_skeleton(
    desk: Callable[..., Desk], job: Callable[..., int], product: Product, tmp_path: Path
) -> Callable[[], Desk]:
    """Class 1 has a skeleton of three points; class 0 none."""

    def make() -> Desk:
        made = job("keypoint", files=[street(tmp_path / "street.png", [])])
        product.shell(GIVE_SKELETON.format(job=made, points=POINTS))
        return desk(made)

    return make


def only(answer: Any, shape: str) -> Any:
    """The geometry of the one instance."""
    (one,) = answer["instances"]
    assert one["shape"] == shape
    return one["geometry"]


def same(found: list[dict[str, float]], wanted: list[tuple[float, float]], px: float = 1.5) -> bool:
    """As many points, in this order, each within `px`."""
    return len(found) == len(wanted) and all(
        abs(a["x"] - x) <= px and abs(a["y"] - y) <= px for a, (x, y) in zip(found, wanted, strict=True)
    )


def test_an_outline_is_clicked_and_closed_by_its_first_vertex(open_desk: Callable[..., Desk]) -> None:
    at = open_desk("polygon")
    at.click(*HOUSE, HOUSE[0])
    expect(at.rows).to_have_count(1)
    found = only(at.submit(), "polygon")
    assert same(found["vertices"], HOUSE), found


def test_a_vertex_is_moved_put_in_and_taken_out_by_mouse(open_desk: Callable[..., Desk]) -> None:
    at = open_desk("polygon")
    at.click(*HOUSE, HOUSE[0])
    at.drag((200, 60), (200, 30))
    at.drag((200, 220), (200, 240))
    at.page.keyboard.down("Alt")
    at.click((300, 120))
    at.page.keyboard.up("Alt")
    found = only(at.submit(), "polygon")
    assert same(found["vertices"], [(100, 120), (200, 30), (300, 220), (200, 240), (100, 220)]), found


def test_an_outline_is_drawn_freely(open_desk: Callable[..., Desk]) -> None:
    at = open_desk("polygon")
    mouse = at.page.mouse
    mouse.move(*at.at(100, 100))
    mouse.down()
    for place in ((300, 100), (300, 250), (100, 250), (100, 102)):
        mouse.move(*at.at(*place), steps=8)
    mouse.up()
    expect(at.rows).to_have_count(1)
    found = only(at.submit(), "polygon")["vertices"]
    assert len(found) > 20
    assert min(p["x"] for p in found) >= 98
    assert max(p["y"] for p in found) <= 252


def test_a_neighbours_border_is_shared(open_desk: Callable[..., Desk]) -> None:
    at = open_desk("polygon")
    at.click(*HOUSE, HOUSE[0])
    at.press("Shift+G")
    at.click((302, 118), (298, 223), (400, 220), (400, 120))
    at.press("Enter")
    expect(at.rows).to_have_count(2)
    first, second = (each["geometry"]["vertices"] for each in at.submit()["instances"])
    assert [first[2], first[3]] == second[:2]


def test_an_outline_is_cut_pierced_and_joined(open_desk: Callable[..., Desk]) -> None:
    at = open_desk("polygon")
    at.click((100, 100), (300, 100), (300, 300), (100, 300), (100, 100))
    at.tool("Cut a hole")
    at.click((130, 150), (180, 150), (180, 250), (130, 150))
    at.tool("Cut the selected outline")
    at.click((220, 80), (220, 320))
    at.press("Enter")
    expect(at.rows).to_have_count(2)
    at.tool("Join the selected")
    expect(at.rows).to_have_count(1)
    found = only(at.submit(), "polygon")
    assert same(
        sorted(found["vertices"], key=lambda p: (p["x"], p["y"])), [(100, 100), (100, 300), (300, 100), (300, 300)]
    )
    assert len(found["holes"]) == 1


def test_a_line_is_clicked_and_ended_by_a_double_click(open_desk: Callable[..., Desk]) -> None:
    at = open_desk("polyline")
    at.click((50, 50), (150, 80), (250, 60), (350, 100), (350, 100))
    expect(at.rows).to_have_count(1)
    found = only(at.submit(), "polyline")
    assert same(found["vertices"], [(50, 50), (150, 80), (250, 60), (350, 100)]), found


def test_an_ellipse_is_dragged_and_turned_by_its_handle(open_desk: Callable[..., Desk]) -> None:
    at = open_desk("ellipse")
    at.drag((200, 150), (400, 250))
    at.drag((400, 200), (420, 200))
    found = only(at.submit(), "ellipse")
    assert (found["cx"], found["cy"], found["angle"]) == (300, 200, 0)
    assert abs(found["rx"] - 120) <= 1.5
    assert abs(found["ry"] - 50) <= 1.5


def test_a_box_is_turned_by_its_handle_where_the_job_lets_it(open_desk: Callable[..., Desk]) -> None:
    at = open_desk("bounding-box", settings={"rotation": True})
    at.draw(Box(200, 150, 160, 80))
    turn = at.page.locator(".handle.turn").bounding_box()
    assert turn is not None
    mouse = at.page.mouse
    mouse.move(turn["x"] + turn["width"] / 2, turn["y"] + turn["height"] / 2)
    assert at.stage.evaluate("stage => stage.style.cursor") == "grab"
    mouse.down()
    mouse.move(*at.at(400, 150), steps=3)
    mouse.move(*at.at(440, 190))
    mouse.up()
    found = only(at.submit(), "box")
    assert abs(found["angle"] - 90) <= 1
    assert abs(found["left"] - 200) <= 1.5


def test_a_box_is_made_of_four_outermost_points(open_desk: Callable[..., Desk]) -> None:
    at = open_desk("bounding-box")
    at.tool("Draw a box by its four")
    at.click((200, 60), (100, 140), (210, 220), (300, 130))
    expect(at.rows).to_have_count(1)
    found = only(at.submit(), "box")
    assert all(
        abs(found[side] - px) <= 1.5
        for side, px in zip(("left", "top", "width", "height"), (100, 60, 200, 160), strict=True)
    )


def test_points_and_a_skeleton_are_put_by_mouse(with_skeleton: Callable[[], Desk]) -> None:
    at = with_skeleton()
    at.click((50, 60))
    at.press("2")
    at.page.mouse.move(*at.at(200, 100))
    expect(at.page.locator(".asked")).to_have_text("head 1/3")
    at.click((200, 100))
    expect(at.page.locator(".asked")).to_have_text("left hand 2/3")
    at.button("Leave this point out").click()
    at.press("o")
    at.click((150, 180))
    expect(at.rows).to_have_count(2)
    point, body = (each["geometry"] for each in at.submit()["instances"])
    assert same([point], [(50, 60)])
    assert [p["visibility"] for p in body["points"]] == [2, 0, 1]
    assert [p["name"] for p in body["points"]] == POINTS


def test_a_whole_skeleton_is_dragged_and_its_points_moved(with_skeleton: Callable[[], Desk]) -> None:
    at = with_skeleton()
    at.press("2")
    at.drag((100, 100), (200, 300))
    expect(at.rows).to_have_count(1)
    at.drag((150, 100), (150, 70))
    found = only(at.submit(), "skeleton")["points"]
    assert same(found, [(150, 70), (180, 300), (120, 300)]), found


def test_an_outline_is_tapped_by_finger(job: Callable[..., int], desk: Callable[..., Desk], tmp_path: Path) -> None:
    made = job("polygon", files=[street(tmp_path / "street.png", [])])
    at = desk(made, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for place in ((100, 100), (300, 100), (300, 300)):
        at.page.touchscreen.tap(*at.at(*place))
    at.button("Take the last point back").tap()
    for place in ((500, 120), (300, 300)):
        at.page.touchscreen.tap(*at.at(*place))
    at.button("Finish").tap()
    at.page.touchscreen.tap(*at.at(500, 120))
    at.button("Take the point out").tap()
    found = only(at.submit(), "polygon")["vertices"]
    assert same(found, [(100, 100), (300, 100), (300, 300)], px=3), found
