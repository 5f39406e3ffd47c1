from __future__ import annotations

import json
from typing import Any

import pytest

from labeling.errors import InvalidAnswer, Problem
from labeling.formats.backend_controls import CONTROLS
from labeling.formats.ml_backend import label_config, parse_predictions, result_of, said
from labeling.task_types.base import Category, MediaFacts, Question
from labeling.task_types.registry import TASK_TYPES, task_type

PICTURE = MediaFacts(kind="image", width=200, height=100)
NAMES = (Category("fox"), Category('<"odd" & name>'))


def asked(media: MediaFacts = PICTURE, **settings: Any) -> Question:
    return Question(categories=NAMES, media=media, settings=settings)


def item(kind: str, value: dict[str, Any], name: str = "fox", **more: Any) -> dict[str, Any]:
    return {"type": kind, "value": {**value, kind: [name]}, **more}


SHAPES = [
    ("bounding-box", {}, "rectanglelabels", {"x": 10, "y": 20, "width": 30, "height": 40},
     {"left": 20, "top": 20, "width": 60, "height": 40}),
    ("bounding-box", {"rotation": True}, "rectanglelabels",
     {"x": 50, "y": 20, "width": 20, "height": 20, "rotation": 90},
     {"left": 70, "top": 30, "width": 40, "height": 20, "angle": 90}),
    ("polygon", {}, "polygonlabels", {"points": [[0, 0], [50, 0], [50, 100]]},
     {"vertices": [{"x": 0, "y": 0}, {"x": 100, "y": 0}, {"x": 100, "y": 100}]}),
    ("ellipse", {}, "ellipselabels", {"x": 50, "y": 50, "radiusX": 10, "radiusY": 20, "rotation": 170},
     {"cx": 100, "cy": 50, "rx": 20, "ry": 20, "angle": -10}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings", "control", "value", "geometry"), SHAPES)
def test_shapes_come_in_as_ours_and_go_out_as_theirs(
    name: str, settings: Any, control: str, value: Any, geometry: Any
) -> None:
    kind, q = task_type(name), asked(**settings)
    one = said({"result": [item(control, value, score=0.7)]}, kind, q, seed="s")
    (instance,) = one.answer["instances"]
    assert instance["geometry"] == pytest.approx(geometry) if "vertices" not in geometry else geometry
    assert one.parts == {instance["id"]: 0.7}
    assert one.confidence == 0.7
    kind.parse(one.answer, q)
    (back,) = result_of(one.answer, one.parts, kind, q)
    again = said({"result": [back]}, kind, q, seed="s")
    assert kind.right(kind.parse(again.answer, q), kind.parse(one.answer, q), q)


def test_the_same_reply_gives_the_same_ids() -> None:
    kind, entry = task_type("bounding-box"), {"result": [item("rectanglelabels", SHAPES[0][3])]}
    assert said(entry, kind, asked(), seed="a") == said(entry, kind, asked(), seed="a")
    assert said(entry, kind, asked(), seed="a") != said(entry, kind, asked(), seed="b")


def test_a_box_that_rounding_put_a_little_outside_is_clipped_and_one_far_outside_refused() -> None:
    kind = task_type("bounding-box")
    near = item("rectanglelabels", {"x": -0.1, "y": 0, "width": 50, "height": 100.2})
    (one,) = said({"result": [near]}, kind, asked(), seed="s").answer["instances"]
    assert one["geometry"] == {"left": 0, "top": 0, "width": pytest.approx(100), "height": 100}
    for value in ({"x": 200}, {"width": 900}, {"x": True}, {"x": "1"}, {"rotation": 5}):
        far = item("rectanglelabels", {"x": 1, "y": 1, "width": 50, "height": 50, **value})
        with pytest.raises(InvalidAnswer, match=r"."):
            said({"result": [far]}, kind, asked(), seed="s")


def test_several_classes_are_one_answer() -> None:
    kind = task_type("text-classification-multilabel")
    q = asked(MediaFacts(kind="text", text="a"))
    entry = {"result": [{"type": "choices", "value": {"choices": [NAMES[1].name, "fox"]}, "score": 0.4}]}
    one = said(entry, kind, q, seed="s")
    assert (one.answer, one.confidence) == ({"categories": [0, 1]}, 0.4)
    assert result_of(one.answer, {}, kind, q)[0]["value"] == {"choices": ["fox", NAMES[1].name]}


@pytest.mark.parametrize("kind", TASK_TYPES, ids=lambda kind: str(kind.name))
def test_every_task_type_is_asked_in_xml_or_says_that_it_can_not_be(kind: Any) -> None:
    drawn = kind.tools[0] if kind.tools else ""
    if drawn in CONTROLS and not (drawn and kind.media == "video"):  # their shapes know no frames
        assert "&lt;" in label_config(kind, asked()), "names are escaped"
    else:
        with pytest.raises(Problem, match="can't be asked about this yet"):
            label_config(kind, asked())


def test_offsets_of_browsers_are_told_by_the_text_that_comes_along() -> None:
    from labeling.formats.backend_controls import CONTROLS

    q = asked(MediaFacts(kind="text", text="a 😀 fox"))
    read = CONTROLS["span"].read
    assert read({"start": 4, "end": 7, "text": "fox"}, q, "") == {"start": 4, "end": 7, "text": "fox"}
    assert read({"start": 5, "end": 8, "text": "fox"}, q, "") == {"start": 4, "end": 7, "text": "fox"}
    for odd in ({"start": 0, "end": 3, "text": "cat"}, {"start": -1, "end": 3}, {"start": 1.5, "end": 3}):
        with pytest.raises(InvalidAnswer):
            read(odd, q, "")


def test_a_reply_is_read_as_a_whole_or_not_at_all() -> None:
    entry = {"result": [], "score": 0.5}
    assert parse_predictions(json.dumps({"results": [entry], "model_version": "m 1"}).encode(), 1) == ("m 1", [entry])
    for odd in (b"", b"[]", b"\xff", b'{"results": {}}', b'{"results": [1]}', b'{"results": [], "results": []}'):
        with pytest.raises(Problem):
            parse_predictions(odd, 1)
