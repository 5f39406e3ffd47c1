from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from labeling.errors import InvalidAnswer
from labeling.formats.augmented import Stamp, augment
from labeling.formats.labels import confidences_of, failure_of, found_labels, read_label, truth_of
from labeling.formats.strictjson import dumps, parse_object
from labeling.task_types.base import LabelAttribute
from tests.formats.lines_of import Line, adjusted, boxes, failed, image, one_class, verdict


def test_what_was_written_is_read_back(stamp: Stamp) -> None:
    label = LabelAttribute(1, {"class-name": "basalt", "confidence": 0.9}, ours={"v": 1})
    found = read_label(
        parse_object(augment(dumps(image()), name="rock", label=label, stamp=stamp, profile="extended")), "rock"
    )
    assert found is not None
    assert found.attribute == label
    assert (found.type, found.job_name, found.human) == ("groundtruth/image-classification", "rock", True)
    assert found.created == stamp.created


def test_labels_are_found_in_the_order_of_the_line() -> None:
    assert [one.name for one in found_labels(verdict())] == ["stones", "check"]
    assert [one.name for one in found_labels(adjusted())] == ["stones", "stones-2"]
    assert found_labels({**image(), "photo-metadata": {"iso": 100}}) == ()


@pytest.mark.parametrize(
    "line", [image(), failed(), {**image(), "stones": {}}, {**image(), "stones": 1, "stones-metadata": 7}]
)
def test_a_line_without_usable_label_has_none(line: Line) -> None:
    assert read_label(line, "stones") is None


def test_a_failure_is_told_with_its_reason() -> None:
    assert (failure_of(failed(), "stones") or "").startswith("ClientError: Annotation tasks expired")
    assert failure_of(boxes(), "stones") is None
    assert failure_of(image(), "stones") is None


def test_a_foreign_label_may_lack_everything_but_its_metadata_object() -> None:
    found = read_label({**image(), "rock": 1, "rock-metadata": {"creation-date": "soon"}}, "rock")
    assert found is not None
    assert (found.type, found.job_name, found.human, found.created) == ("", "", None, None)


@pytest.mark.parametrize(
    ("text", "second", "microsecond"),
    [
        ("2026-03-01T10:00:05.123456", 5, 123456),
        ("2026-03-01T10:00:05.123", 5, 123000),
        ("2026-03-01T10:00:05", 5, 0),
        ("2026-03-01T10:00:05+0000", 5, 0),
        ("2026-03-01T10:00:05.123+00:00", 5, 123000),
        ("2026-03-01T10:00:05.123456Z", 5, 123456),
    ],
)
def test_dates_of_every_form_met_in_real_files_are_read(text: str, second: int, microsecond: int) -> None:
    line = one_class()
    line["rock-metadata"]["creation-date"] = text
    found = read_label(line, "rock")
    assert found is not None
    assert found.created == datetime(2026, 3, 1, 10, 0, second, microsecond, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-03-01", "2026-03-01 10:00:05", "2026-03-01T10:00:05.1", "2026-13-01T10:00:05", "2026-03-01T10:00:05+02:00"],
)
def test_other_dates_are_not_guessed_at(text: str) -> None:
    line = one_class()
    line["rock-metadata"]["creation-date"] = text
    found = read_label(line, "rock")
    assert found is not None
    assert found.created is None


@pytest.mark.parametrize(
    ("line", "truth"),
    [
        (one_class(), LabelAttribute(1, {"class-name": "basalt", "confidence": 0.9})),
        ({**image(), "rock": 1}, LabelAttribute(1, {})),
        ({**image(), "rock": 1, "rock-metadata": None}, LabelAttribute(1, {})),
        ({**image(), "rock": 1, "rock-metadata": {"x-ours": 7}}, LabelAttribute(1, {})),
        (image(), None),
    ],
)
def test_a_truth_is_its_value_whatever_stands_beside_it(line: Line, truth: Any) -> None:
    assert truth_of(line, "rock") == truth


def test_spans_have_a_list_of_their_own() -> None:
    attribute = LabelAttribute({}, {"entities": [{"confidence": 0.5}, {}]})
    assert confidences_of(attribute, by_people=False) == (None, (0.5, None))
    with pytest.raises(InvalidAnswer) as caught:
        confidences_of(LabelAttribute({}, {"entities": [{"confidence": 2}]}), by_people=False)
    assert caught.value.pointer.endswith("/entities/0/confidence")
