from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from labeling.errors import InvalidAnswer
from labeling.geometry.masks import Window, mask_of
from labeling.task_types.base import Answered, Category, LabelAttribute, MediaFacts, Question, Verdict, Vote
from labeling.task_types.index_png import GREY, PALETTE, read_png, write_png
from labeling.task_types.instance_segmentation import InstanceSegmentation
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.masks import PNG_NAME

KIND = InstanceSegmentation()
SIZE = (40, 60)
Q = Question((Category("boat"), Category("鳥")), MediaFacts("image", SIZE[1], SIZE[0]), tools=("mask",))


def thing(number: int, left: int, top: int, side: int = 10, category: int = 0) -> Instance:
    mask = mask_of(np.ones((side, side), dtype=bool), Window(left, top, side, side), SIZE)
    return Instance(f"00000000-0000-4000-8000-{number:012d}", "mask", category, mask)


def answer(*things: Instance) -> Instances:
    return Instances(things)


def labelled(given: Instances, votes: int = 3) -> LabelAttribute:
    return KIND.to_manifest(Verdict(given, 0.9, {one.id: 0.5 for one in given.instances}, votes), Q)


def picture_of(label: LabelAttribute) -> np.ndarray:
    return read_png(label.side_files[PNG_NAME], size=SIZE, kind=GREY).picture


TWO = answer(thing(1, 2, 3), thing(2, 30, 20, category=1))


def test_the_picture_s_values_are_places_and_all_entries_name_the_one_file() -> None:
    label = labelled(TWO)
    assert label.value["instances"] == [
        {"class_id": 0, "mask-uri": PNG_NAME},
        {"class_id": 1, "mask-uri": PNG_NAME},
    ]
    assert label.metadata == {"objects": [{"confidence": 0.5}] * 2, "class-map": {"0": "boat", "1": "鳥"}}
    assert np.bincount(picture_of(label).ravel()).tolist() == [2200, 100, 100]
    assert KIND.side_names(label) == (PNG_NAME,)


def test_without_instances_there_is_no_picture() -> None:
    label = labelled(Instances())
    assert (label.value["instances"], dict(label.side_files)) == ([], {})
    assert KIND.from_manifest(label, Q) == Instances()


def test_what_lies_below_is_kept_beside_the_label_and_lost_without() -> None:
    below, on_top, hidden = thing(1, 5, 5), thing(2, 8, 8, 12), thing(3, 10, 10, 3, category=1)
    given = answer(hidden, below, on_top)
    label = labelled(given)
    assert len(label.value["instances"]) == 2
    through = json.loads(json.dumps([label.value, label.metadata, label.ours]))
    assert KIND.from_manifest(LabelAttribute(through[0], through[1], label.side_files, through[2]), Q) == given
    pure = KIND.from_manifest(LabelAttribute(label.value, label.metadata, label.side_files), Q)
    assert [one.geometry.area for one in pure.instances] == [100 - 49, 144]


def test_more_masks_than_the_picture_has_values_are_refused_while_labeling() -> None:
    dumped = KIND.dump(answer(*(thing(n, n % 50, n // 50, 3) for n in range(256))))
    with pytest.raises(InvalidAnswer, match="255 at most") as caught:
        KIND.parse(dumped, Q)
    assert caught.value.pointer == "/instances"
    KIND.parse({"instances": dumped["instances"][:255]}, Q)


def test_of_too_many_consolidated_masks_the_surest_stay() -> None:
    votes = [answer(*(thing(1000 * w + n, 4 * (n % 15), 4 * (n // 15), 3) for n in range(w, 149 + w))) for w in (0, 1)]
    far = answer(*(thing(9000 + n, 2 + 4 * (n % 14), 2 + 4 * (n // 14), 1) for n in range(120)))
    many = Answered(Q, tuple(Vote(f"w{place}", one) for place, one in enumerate([*votes, far])))
    verdict = KIND.consolidate(many, {})
    assert len(verdict.answer.instances) <= 255
    KIND.parse(KIND.dump(verdict.answer), Q)


@pytest.mark.parametrize(("side", "right"), [(9, True), (8, False)])
def test_right_is_an_iou_of_seven_tenths(side: int, right: bool) -> None:
    assert KIND.right(answer(thing(1, 5, 5)), answer(thing(2, 5, 5, side)), Q) is right


def test_a_thing_that_one_of_three_drew_is_dropped_and_the_others_are_merged() -> None:
    votes = [answer(thing(1, 5, 5)), answer(thing(2, 6, 5)), answer(thing(3, 5, 6), thing(4, 40, 20))]
    verdict = KIND.consolidate(Answered(Q, tuple(Vote(name, one) for name, one in zip("abc", votes, strict=True))), {})
    (one,) = verdict.answer.instances
    assert abs(one.geometry.area - 100) < 15
    assert verdict.parts[one.id] > 0.9


GOOD = write_png((np.arange(2400).reshape(SIZE) < 300).astype(np.uint8))
TWO_VALUES = write_png((np.arange(2400).reshape(SIZE) % 3).astype(np.uint8))


def entries(*uris: Any) -> Any:
    return {"instances": [{"class_id": 0, "mask-uri": uri} for uri in uris]}


@pytest.mark.parametrize(
    ("value", "png", "pointer"),
    [
        ("m.png", GOOD, ""),
        ({"instances": 3}, GOOD, ""),
        ({"instances": [3]}, GOOD, "/instances/0"),
        (entries(None), GOOD, "/instances/0/mask-uri"),
        (entries("n.png"), GOOD, "/instances/0/mask-uri"),
        (entries("m.png", "n.png"), GOOD, "/instances/1/mask-uri"),
        (entries("m.png", "m.png"), GOOD, "/instances/1"),
        (entries("m.png"), TWO_VALUES, "/instances"),
        (entries("m.png"), write_png(np.ones(SIZE, np.uint8), [(1, 1, 1)]), "/instances/0/mask-uri"),
        (entries("m.png"), write_png(np.ones((3, 3), np.uint8)), "/instances/0/mask-uri"),
    ],
)
def test_a_label_that_does_not_fit_its_picture_is_refused_where_it_is_wrong(
    value: Any, png: bytes, pointer: str
) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        KIND.from_manifest(LabelAttribute(value, {}, {"m.png": png}), Q)
    assert caught.value.pointer == pointer
    read = KIND.from_manifest(LabelAttribute(entries("m.png"), {}, {"m.png": GOOD}), Q)
    assert read.instances[0].geometry.area == 300


def test_what_stands_beside_a_label_is_not_believed() -> None:
    label = labelled(answer(thing(3, 5, 5), thing(1, 4, 4, 20)))
    for ours in ({"covered": [3]}, {"covered": [{"at": 0, "instance": {"id": 3}}]}, {"masks": ["!"]}, {"masks": [7]}):
        with pytest.raises(InvalidAnswer):
            KIND.from_manifest(replace(label, ours={**label.ours, **ours}, value=entries_of(label)), Q)


def entries_of(label: LabelAttribute) -> Any:
    return {**label.value, "instances": [dict(one) for one in label.value["instances"]]}


def test_a_worker_s_answer_names_a_colour_for_each_thing() -> None:
    content = KIND.worker_answer(TWO, Q)["crowd-instance-segmentation"]
    assert content["instances"] == [{"color": "#2ca02c", "label": "boat"}, {"color": "#1f77b4", "label": "鳥"}]
    png = read_png(base64.b64decode(content["labeledImage"]["pngImageData"]), size=SIZE, kind=PALETTE)
    assert png.palette[2] == (0x1F, 0x77, 0xB4)
    assert (png.picture[20:30, 30:40] == 2).all()


def test_a_careless_answer_is_never_right() -> None:
    assert not any(KIND.right(KIND.careless(TWO, Q, np.random.default_rng(seed)), TWO, Q) for seed in range(40))
