from __future__ import annotations

from typing import Any

import pytest

from labeling.formats.augmented import Stamp, augment, fail, unlabelled
from labeling.formats.strictjson import dumps
from labeling.task_types.base import LabelAttribute
from tests.formats.lines_of import Line, boxes, failed, findings, image, manifest, one_class


def compared(output: list[Any], came: list[Any]) -> list[tuple[int, str, str]]:
    found = findings(*output, input_stream=manifest(*came))
    return [(one.line, one.pointer, one.message) for one in found if one.rule == "X-LINES"]


def test_an_output_that_holds_all_of_its_input_is_clean() -> None:
    came = [{**image(1), "note": {"b": 1.5, "a": [True, None]}}, image(2)]
    assert compared([{**one_class(), **came[0]}, image(2)], came) == []


def test_a_missing_last_line_is_told_once() -> None:
    ((line, _, said),) = compared([image(1)], [image(1), image(2), image(3)])
    assert line == 1
    assert "2 more" in said


def test_lines_beyond_the_input_are_told_once() -> None:
    ((line, _, said),) = compared([image(1), image(2), image(3)], [image(1)])
    assert line == 2
    assert "ends after 1 lines" in said


@pytest.mark.parametrize(
    ("came", "written"),
    [(1, 2), (1, True), (None, 0), ("a", "b"), ([1, 2], [2, 1]), ({"k": 1}, {}), (0.1, 0.2)],
)
def test_a_changed_value_is_told_with_its_place(came: object, written: object) -> None:
    ((line, place, _),) = compared([image(1), {**image(2), "n": written}], [image(1), {**image(2), "n": came}])
    assert (line, place) == (2, "/n")


@pytest.mark.parametrize(("came", "written"), [("1.10", "1.1"), ("1e5", "100000"), ('"\\u00e9"', '"é"'), ("1", "1.0")])
def test_another_spelling_of_the_same_value_is_no_change(came: str, written: str) -> None:
    assert compared([f'{{"source":"a","n":{written}}}'], [f'{{ "n": {came}, "source":"a"}}']) == []


def test_a_digit_that_only_exact_numbers_show_is_a_change() -> None:
    assert compared(['{"source":"a","n":0.1}'], ['{"source":"a","n":0.10000000000000000001}'])


def test_a_dropped_key_is_told() -> None:
    ((_, _, said),) = compared([image()], [{**image(), "camera": "west"}])
    assert "'camera'" in said


def test_a_failure_record_gives_way_to_a_label() -> None:
    assert compared([boxes()], [failed()]) == []
    assert compared([image()], [failed()]) == []


def test_an_earlier_label_must_stay_as_it_was() -> None:
    other = one_class()
    other["rock"] = 0
    assert [place for _, place, _ in compared([other], [one_class()])] == ["/rock"]


def test_a_relative_reference_may_be_mapped_below_an_address_and_nowhere_else() -> None:
    came: list[Line] = [{"source-ref": "stones/1.jpg"}]
    assert compared([{"source-ref": "s3://quarry/in/stones/1.jpg"}], came) == []
    assert compared([{"source-ref": "s3://quarry/in/stones/2.jpg"}], came)
    assert compared([{"source-ref": "other/stones/1.jpg"}], came)


def test_a_line_of_the_input_that_nobody_can_read_is_told() -> None:
    assert compared([image()], ["{"])


def test_what_the_writer_writes_passes_beside_what_came(stamp: Stamp) -> None:
    came = [
        '{ "camera" : 1.10, "source-ref":"s3://quarry/1.jpg","big":12345678901234567890.5}',
        dumps(image(2)),
        dumps(image(3)),
    ]
    label = LabelAttribute(1, {"class-name": "basalt", "confidence": 0.9})
    written = [
        augment(came[0], name="rock", label=label, stamp=stamp),
        fail(came[1], name="rock", reason="ClientError: Unreadable image."),
        unlabelled(came[2]),
    ]
    assert findings(*written, strict=True, input_stream=manifest(*came)) == []
