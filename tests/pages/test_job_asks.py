"""Rows of the new-job form: what is typed becomes classes, attributes and settings, or a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from labeling.pages.job_asks import (
    AttributeRow,
    ClassRow,
    attribute_of,
    looks,
    number_of,
    read_attributes,
    read_classes,
    setting_value,
    settings_of,
    skeleton_of,
)
from labeling.task_types.base import Attribute
from labeling.task_types.registry import TASK_TYPES, task_type


def posted(**lists: list[str]) -> QueryDict:
    post = QueryDict(mutable=True)
    for name, values in lists.items():
        post.setlist(name, values)
    return post


def test_a_chosen_key_is_kept_and_the_others_take_the_next_that_is_free() -> None:
    rows = [ClassRow("a"), ClassRow("b", key="1"), ClassRow("c", key="none"), ClassRow("d", colour="7"), ClassRow("e")]
    assert looks(rows) == [(1, "2"), (2, "1"), (3, ""), (7, "3"), (5, "4")]
    assert [key for _, key in looks([ClassRow("x")] * 12)] == [*"1234567890", "", ""]


def test_attributes_follow_their_class_over_rows_without_a_name() -> None:
    rows, places = read_classes(
        posted(category=["", "Car", " ", "Bus"], colour=["", "4", "", ""], key=["", "", "", "9"])
    )
    assert rows == [ClassRow("Car", colour="4"), ClassRow("Bus", key="9")]
    post = posted(
        attribute_name=["seats", "gone", "whole", ""],
        attribute_kind=["number", "tick", "text", "choice"],
        attribute_of=["class-3", "class-2", "object", "object"],
        attribute_required=["", "yes", "", ""],
    )
    assert [(row.name, row.of, row.required) for row in read_attributes(post, places)] == [
        ("seats", "class-1", False),
        ("gone", "instance", True),
        ("whole", "object", False),
    ]


def test_a_form_without_the_newer_fields_reads_as_before() -> None:
    rows, _ = read_classes(posted(category=["a", "b"], category_list=["c\n\n d "]))
    assert [row.name for row in rows] == ["a", "b", "c", "d"]
    assert read_attributes(posted(category=["a"]), {}) == []


def test_an_attribute_is_what_its_row_says() -> None:
    row = AttributeRow("light", "choice", "class-0", choices="day\n\n night \n", minimum="x", required=True)
    assert attribute_of(row) == Attribute("light", "choice", choices=("day", "night"), required=True)
    row = AttributeRow("n", "number", "object", choices="day", minimum="0,5", maximum="")
    assert attribute_of(row) == Attribute("n", "number", scope="object", minimum=0.5)


@pytest.mark.parametrize("typed", ["many", "1e999", "nan", "--1", "1 000"])
def test_what_is_no_number_is_said_with_what_was_typed(typed: str) -> None:
    with pytest.raises(ValueError, match=typed):
        number_of(typed)


def test_a_kind_of_attribute_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="filled in"):
        attribute_of(AttributeRow("a", "password"))


def test_points_and_edges_are_lines() -> None:
    assert skeleton_of(ClassRow("a")) is None
    row = ClassRow("a", points="nose\nleft-most ear\n", edges="nose - left-most ear")
    assert skeleton_of(row) == {"points": ["nose", "left-most ear"], "edges": [["nose", "left-most ear"]]}


@pytest.mark.parametrize("kind", TASK_TYPES, ids=lambda kind: kind.name)
def test_settings_left_as_they_are_say_nothing(kind: Any) -> None:
    for one in settings_of(kind, None):
        assert setting_value(one) is None
        assert one.label


def test_settings_are_read_within_their_bounds() -> None:
    (none,) = settings_of(
        task_type("image-classification-multilabel"), {"setting-image-classification-multilabel-allow_none": "on"}
    )
    assert setting_value(none) is True
    named = "setting-bounding-box-match_threshold"
    for typed, value in (("0,5", 0.5), ("0.4", None), ("", None)):
        one = next(one for one in settings_of(task_type("bounding-box"), {named: typed}) if one.id == named)
        assert setting_value(one) == value
    one.value = "0.95"
    with pytest.raises(ValueError, match="from 0"):
        setting_value(one)


def test_lists_of_settings_are_written_a_line_each() -> None:
    kind = task_type("named-entities")
    typed = "works for | person | organisation, place\n\n  beside \n"
    listed = {one.id.rpartition("-")[2]: one for one in settings_of(kind, {"setting-named-entities-relations": typed})}
    assert listed["relations"].form == "name | from, from … | to, to …"
    assert setting_value(listed["relations"]) == [
        {"name": "works for", "from": ["person"], "to": ["organisation", "place"]},
        {"name": "beside"},
    ]
    terms = settings_of(kind, {"setting-named-entities-terms": "Oban | place | yes\nAda | person"})
    assert [setting_value(one) for one in terms if one.kind == "lines"][1] == [
        {"text": "Oban", "category": "place", "ignore_case": True},
        {"text": "Ada", "category": "person"},
    ]


@pytest.mark.parametrize(("typed", "said"), [("Oban", "has no category"), ("a | b | yes | c", "has 4 parts")])
def test_a_line_that_lacks_a_part_or_has_too_many_is_named(typed: str, said: str) -> None:
    listed = settings_of(task_type("named-entities"), {"setting-named-entities-terms": typed})
    with pytest.raises(ValueError, match=said):
        setting_value(listed[-1])
