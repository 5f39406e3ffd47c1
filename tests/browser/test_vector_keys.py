"""Every vector type by keyboard alone, from the open object to the submitted answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.browser.editor import Desk
from tests.browser.things import street

MIDDLE = (320, 200)


@pytest.fixture
def keys(desk: Callable[..., Desk], job: Callable[..., int], tmp_path: Path) -> Callable[..., Any]:
    """`keys(task_type, [...], **rules)`: the geometry of the one instance that these keys made and submitted."""

    def answer(task_type: str, chords: Sequence[str], **rules: Any) -> Any:
        at = desk(job(task_type, files=[street(tmp_path / "street.png", [])], **rules))
        at.press(*chords)
        (one,) = at.submit(key="Enter")["instances"]
        return one["geometry"]

    return answer


RIGHT, DOWN, LEFT, UP = (f"Control+Arrow{way}" for way in ("Right", "Down", "Left", "Up"))


def points(found: Sequence[dict[str, float]]) -> list[tuple[float, float]]:
    """Relative to the middle of the picture, where the crosshair begins."""
    return [(round(p["x"] - MIDDLE[0]), round(p["y"] - MIDDLE[1])) for p in found]


def test_an_outline_by_keys_alone(keys: Callable[..., Any]) -> None:
    found = keys("polygon", ["p", "Space", RIGHT, "Space", DOWN, "Space", LEFT, "Space", "Enter"])
    assert points(found["vertices"]) == [(0, 0), (100, 0), (100, 100), (0, 100)]


def test_the_points_of_an_outline_by_keys_alone(keys: Callable[..., Any]) -> None:
    drawn = ["p", "Space", RIGHT, "Space", DOWN, "Space", LEFT, "Space", "Enter"]
    found = keys("polygon", [*drawn, "w", "Shift+ArrowUp", "Insert", "w", "Delete", "Escape"])
    assert points(found["vertices"]) == [(0, -10), (50, -5), (100, 100), (0, 100)]


def test_a_line_by_keys_alone(keys: Callable[..., Any]) -> None:
    found = keys(
        "polyline", ["l", "Space", RIGHT, "Space", "Shift+ArrowDown", "Space", "Backspace", UP, "Space", "Enter"]
    )
    assert points(found["vertices"]) == [(0, 0), (100, 0), (100, -90)]


def test_an_ellipse_by_keys_alone(keys: Callable[..., Any]) -> None:
    found = keys("ellipse", ["d", "Space", RIGHT, "Shift+ArrowDown", "Space", "Alt+r", "Alt+r"])
    assert (found["rx"], found["ry"], found["angle"]) == (50, 5, 10)


def test_a_point_by_keys_alone(keys: Callable[..., Any]) -> None:
    found = keys("keypoint", ["k", "ArrowRight", "Space", "o"])
    assert (*points([found])[0], found["visibility"]) == (1, 0, 1)


def test_a_turned_box_by_keys_alone(keys: Callable[..., Any]) -> None:
    found = keys(
        "bounding-box", ["b", "Space", RIGHT, "Shift+ArrowDown", "Space", "Alt+r"], settings={"rotation": True}
    )
    assert (found["width"], found["height"], found["angle"]) == (100, 10, 5)


def test_a_box_of_four_points_by_keys_alone(keys: Callable[..., Any]) -> None:
    found = keys("bounding-box", ["Shift+B", "Space", RIGHT, "Space", DOWN, "Space", LEFT, "Space"])
    assert (found["width"], found["height"]) == (100, 100)
