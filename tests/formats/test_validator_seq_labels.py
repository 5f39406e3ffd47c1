"""E-SL-*: each way in which a SeqLabel file can break its line, and the sound one beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labeling.formats.seqlabel import by_index, with_frames
from labeling.formats.side_files import beside
from labeling.formats.strictjson import dumps
from labeling.formats.validator import validate
from labeling.task_types.base import LabelAttribute
from tests.formats.lines_of import Line, common

TOP = "tracking-annotations"
NAMES, NUMBERS = ("a.jpg", "b.jpg"), (4, 7)


def line(kind: str = "video-object-tracking", source: str = "seq.json") -> Line:
    meta = {"class-map": {"0": "boat"}, **common(kind, "boats")}
    return {"source-ref": source, "boats-ref": "SeqLabel.json", "boats-ref-metadata": meta}


def boat(**more: Any) -> Line:
    box = {"left": 1, "top": 2, "width": 3, "height": 4, "class-id": "0", "label-category-attributes": {}}
    return {**box, "object-id": "x", "object-name": "boat:1", **more}


def sound() -> Any:
    return {
        TOP: [
            {"annotations": [boat()], "frame-no": 4, "frame": "a.jpg", "frame-attributes": {}},
            {"annotations": [], "frame-no": 7, "frame": "b.jpg", "frame-attributes": {}},
        ]
    }


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., list[str]]:
    """Rules that the validator says of a line with this file beside it, and the sequence of two frames."""
    frames = [{"frame-no": number, "frame": name} for name, number in zip(NAMES, NUMBERS, strict=True)]
    sequence = {"seq-no": 1, "prefix": "frames/", "number-of-frames": 2, "frames": frames}
    (tmp_path / "seq.json").write_text(json.dumps(sequence))

    def say(content: Any, of: Line | None = None) -> list[str]:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / "SeqLabel.json").write_bytes(raw)
        stream = io.BytesIO(dumps(of or line()).encode())
        found = list(validate(stream, files=beside(tmp_path / "some.manifest")))
        assert all(one.pointer == "/boats-ref" for one in found if "-SL-" in one.rule)
        return [one.rule for one in found if "-SL-" in one.rule]

    return say


def test_a_sound_file_is_clean(told: Callable[..., list[str]]) -> None:
    assert told(sound()) == []
    film = sound()
    for place, frame in enumerate(film[TOP]):
        frame |= {"frame-no": place, "frame": ""}
    assert told(film, line(source="boats.mp4")) == []


def test_a_sound_file_of_detections_needs_no_identities(told: Callable[..., list[str]]) -> None:
    shapes = [{"vertices": [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 5, "y": 8}], "class-id": "0"}]
    shapes[0]["label-category-attributes"] = {}
    whole = {"detection-annotations": [{"polygons": shapes, "frame-no": 4, "frame": "a.jpg"}]}
    assert told(whole, line("video-object-detection")) == []
    assert told(whole) == ["E-SL-KEY"]


def _with(**entry: Any) -> Any:
    whole = sound()
    whole[TOP][0]["annotations"][0] |= entry
    return whole


def _frame(place: int, **more: Any) -> Any:
    whole = sound()
    whole[TOP][place] |= more
    return whole


CASES = {
    "no JSON": (b"{", "E-SL-KEY"),
    "a list": ([], "E-SL-KEY"),
    "both top keys": ({**sound(), "detection-annotations": []}, "E-SL-KEY"),
    "no list": ({TOP: {}}, "E-SL-KEY"),
    "a frame that is none": ({TOP: [3]}, "E-SL-FRAME"),
    "a frame that the sequence has not": (_frame(1, frame="c.jpg"), "E-SL-FRAME"),
    "a number that the sequence has not": (_frame(1, **{"frame-no": 8}), "E-SL-FRAME"),
    "no number": (_frame(1, **{"frame-no": None}), "E-SL-FRAME"),
    "two lists": (_frame(1, polygons=[]), "E-SL-FRAME"),
    "half a pixel": (_with(left=1.5), "E-SL-SHAPE"),
    "no width": (_with(width=0), "E-SL-SHAPE"),
    "no attributes": (_with(**{"label-category-attributes": None}), "E-SL-SHAPE"),
    "a class that is a number": (_with(**{"class-id": 0}), "E-SL-CLASS"),
    "a class that is not in the map": (_with(**{"class-id": "3"}), "E-SL-CLASS"),
    "no object": (_with(**{"object-id": ""}), "E-SL-ID"),
    "one object twice in a frame": (_frame(0, annotations=[boat(), boat()]), "E-SL-ID"),
    "two names of one object": (_frame(1, annotations=[boat(**{"object-name": "boat:2"})]), "E-SL-ID"),
    "two objects of one name": (_frame(1, annotations=[boat(**{"object-id": "y"})]), "E-SL-ID"),
    "a number that is text": (_frame(1, **{"frame-no": "7"}), "W-SL-STRNO"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_is_told(name: str, told: Callable[..., list[str]]) -> None:
    content, rule = CASES[name]
    assert told(content) == [rule]


def test_a_frame_that_stands_there_twice_is_told(told: Callable[..., list[str]]) -> None:
    whole = sound()
    whole[TOP].append(whole[TOP][1])
    assert told(whole) == ["E-SL-FRAME"]


def test_of_each_rule_ten_are_told(told: Callable[..., list[str]]) -> None:
    crowd = [boat(**{"object-id": str(one), "object-name": f"boat:{one}", "class-id": 0}) for one in range(40)]
    assert told(_frame(0, annotations=crowd)) == ["E-SL-CLASS"] * 10


def test_frames_get_the_sequence_s_names_and_numbers_and_come_back_to_indexes() -> None:
    ours = {TOP: [{"annotations": [], "frame-no": place, "frame": ""} for place in (0, 1)]}
    label = LabelAttribute("f", {}, {"f": json.dumps(ours).encode()})
    named = with_frames(label, NAMES, NUMBERS)
    assert [(one["frame-no"], one["frame"]) for one in json.loads(named.side_files["f"])[TOP]] == [
        (4, "a.jpg"),
        (7, "b.jpg"),
    ]
    back = json.loads(by_index(named, NAMES, NUMBERS).side_files["f"])[TOP]
    assert [one["frame-no"] for one in back] == [0, 1]
    assert with_frames(label, (), ()) is label
