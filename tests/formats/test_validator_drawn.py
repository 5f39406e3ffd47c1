"""The rules of our layout of shapes on still images: an entry that breaks each, and the nearest that does not."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.formats.validator import RULES
from tests.formats.lines_of import Line, common, findings, image, rules

RING = [{"x": 10, "y": 10}, {"x": 60, "y": 12}, {"x": 40, "y": 70}]
HOLE = [{"x": 30, "y": 20}, {"x": 38, "y": 21}, {"x": 34, "y": 30}]


def drawn(key: str, *found: Any) -> Line:
    entries = [{"class_id": 0, **one} if isinstance(one, dict) else one for one in found]
    own = {"objects": [{"confidence": 0}] * len(entries), "class-map": {"0": "leaf"}}
    value = {"image_size": [{"width": 640, "height": 480, "depth": 3}], key: entries}
    return {**image(), "outline": value, "outline-metadata": {**own, **common("custom", "outline")}}


def polygon(*ring: Any, **more: Any) -> Line:
    return drawn("polygons", {"vertices": list(ring), **more})


def line(*vertices: tuple[Any, Any]) -> Line:
    return drawn("polylines", {"vertices": [{"x": x, "y": y} for x, y in vertices]})


def ellipse(**changes: Any) -> Line:
    return drawn("ellipses", {"cx": 100, "cy": 80, "rx": 40, "ry": 20, "angle": 90, **changes})


def point(**more: Any) -> dict[str, Any]:
    return {"x": 31, "y": 40, **more}


def points(*found: Any) -> Line:
    return drawn("keypoints", *found)


CASES: list[tuple[str, str, Line, Line]] = [
    ("E-SHAPE", "0/vertices", polygon(*RING[:2]), polygon(*RING)),
    ("E-SHAPE", "0/vertices", drawn("polygons", {"vertices": {"x": 1}}), polygon(*RING)),
    ("E-SHAPE", "0/vertices/1", polygon(RING[0], {"x": "60", "y": 12}, *RING[2:]), polygon(*RING)),
    ("E-SHAPE", "0/vertices/3", polygon(*RING, [1, 2]), polygon(*RING, {"x": 1, "y": 2})),
    ("E-SHAPE", "0/holes", polygon(*RING, holes={}), polygon(*RING, holes=[])),
    ("E-SHAPE", "0/holes/0", polygon(*RING, holes=[HOLE[:2]]), polygon(*RING, holes=[HOLE])),
    ("E-SHAPE", "0", polygon(*RING[:2], RING[0]), polygon(*RING, RING[0])),
    ("E-SHAPE", "0", polygon(*RING, holes=[RING]), polygon(*RING, holes=[HOLE])),
    ("E-SHAPE", "0", drawn("polygons", [1]), polygon(*RING)),
    ("E-SHAPE-OUT", "0/vertices/0", polygon({"x": -0.6, "y": 3}, *RING), polygon({"x": -0.4, "y": 3}, *RING)),
    ("E-SHAPE-OUT", "0/holes/0/3", polygon(*RING, holes=[[*HOLE, {"x": 3, "y": 481}]]), polygon(*RING, holes=[HOLE])),
    ("W-SHAPE-OUT", "0/vertices/0", polygon({"x": -0.4, "y": 3}, *RING), polygon({"x": 0, "y": 3}, *RING)),
    ("E-SHAPE", "0/vertices", line((1, 2)), line((1, 2), (3, 4))),
    ("E-SHAPE", "0", line((1, 2), (1, 2)), line((1, 2), (1, 2), (3, 4))),
    ("E-SHAPE-OUT", "0/vertices/1", line((1, 2), (641, 4)), line((1, 2), (640, 4))),
    ("E-SHAPE", "0", points({"x": 31}), points(point())),
    ("E-SHAPE", "0/visibility", points(point(visibility=3)), points(point(visibility=1))),
    ("E-SHAPE", "0/visibility", points(point(visibility=True)), points(point(visibility=0))),
    ("E-SHAPE", "0/name", points(point(name="", group=1)), points(point(name="nose", group=1))),
    ("E-SHAPE-OUT", "0", points(point(x=700)), points(point(x=640))),
    ("E-SHAPE-GROUP", "0/group", points(point(group="a")), points(point(group=7))),
    ("E-SHAPE-GROUP", "0/group", polygon(*RING, group=1.5), polygon(*RING, group=0)),
    ("E-SHAPE-GROUP", "0", points(point(name="nose")), points(point(name="nose", group=1))),
    ("E-SHAPE-GROUP", "1/name", points(point(name="eye", group=1), point(name="eye", group=1)),
     points(point(name="eye", group=1), point(name="eye", group=2))),
    ("E-SHAPE-GROUP", "1/class_id", points(point(name="eye", group=1), point(name="ear", group=1, class_id=1)),
     points(point(name="eye", group=1), point(name="ear", group=2, class_id=1))),
    ("E-SHAPE", "0", ellipse(rx=0), ellipse(rx=0.01)),
    ("E-SHAPE", "0", ellipse(ry=801), ellipse(ry=800)),
    ("E-SHAPE", "0", ellipse(angle="0"), ellipse(angle=0)),
    ("E-SHAPE", "0/angle", ellipse(angle=-90), ellipse(angle=-89.9)),
    ("E-SHAPE-OUT", "0", ellipse(cx=641), ellipse(cx=640)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "at", "broken", "sound"), CASES, ids=[f"{place}-{case[0]}" for place, case in enumerate(CASES)]
)
def test_a_broken_entry_is_told_with_its_place_and_its_neighbour_passes(
    rule: str, at: str, broken: Line, sound: Line
) -> None:
    key = next(key for key in broken["outline"] if key != "image_size")
    assert (rule, f"/outline/{key}/{at}") in [(one.rule, one.pointer) for one in findings(broken)]
    assert rule not in rules(sound)


def test_every_rule_of_shapes_has_a_case() -> None:
    assert {rule for rule in RULES if "-SHAPE" in rule and "-SL-" not in rule} == {case[0] for case in CASES}


def test_a_ring_that_crosses_itself_is_no_fault() -> None:
    bow = [{"x": 0, "y": 0}, {"x": 50, "y": 50}, {"x": 50, "y": 0}, {"x": 0, "y": 50}]
    assert findings(polygon(*bow), strict=True) == []


@pytest.mark.parametrize("key", ["polygons", "polylines", "keypoints", "ellipses"])
@pytest.mark.parametrize("junk", [None, True, 7, "x", [], {}, {"vertices": [None]}, {"x": None, "name": 3}])
def test_junk_as_an_entry_is_told_and_stops_nothing(key: str, junk: Any) -> None:
    assert "E-SHAPE" in rules(drawn(key, junk))
