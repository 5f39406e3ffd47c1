from __future__ import annotations

import json
from typing import Any

import pytest

from labeling.errors import InvalidJob
from labeling.formats.categories import categories_from_names, read_categories, read_category_file, write_categories
from labeling.task_types.base import Attribute, Category


def named(*names: Any, **more: Any) -> str:
    return json.dumps({"document-version": "2018-11-28", "labels": [{"label": name} for name in names], **more})


def read(data: str | bytes, min_count: int = 1) -> tuple[Category, ...]:
    return read_categories(data, min_count=min_count, where="classes.json")


def test_the_place_in_the_file_gives_id_colour_and_key() -> None:
    found = read(named(*(f"class {place}" for place in range(13))))
    assert [one.name for one in found[:2]] == ["class 0", "class 1"]
    assert [one.colour for one in found] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1]
    assert [one.key for one in found] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "", "", ""]


@pytest.mark.parametrize("version", [{"document-version": "2018-11-28"}, {"documentVersion": "2020-03-01"}, {}])
def test_both_spellings_are_read(version: dict[str, str]) -> None:
    assert [one.name for one in read(json.dumps({**version, "labels": [{"label": "boat"}]}))] == ["boat"]


def test_a_byte_order_mark_is_no_harm_here() -> None:
    assert read(b"\xef\xbb\xbf" + named("boat").encode())[0].name == "boat"


WRONG: list[tuple[str | bytes, str]] = [
    ("[]", "classes.json"),
    ("{", "classes.json"),
    (b"\xff", "classes.json"),
    (named("a", document_version=1).replace("2018-11-28", "2017-01-01"), "classes.json document-version"),
    (named(), "classes.json labels"),
    (named("a"), "classes.json labels"),
    ("{}", "classes.json labels"),
    ('{"labels":{"label":"a"}}', "classes.json labels"),
    ('{"labels":["a","b"]}', "classes.json labels"),
    ('{"labels":[{"label":"a"},{"name":"b"}]}', "classes.json labels[1].label"),
    (named("a", 7), "classes.json labels[1].label"),
    (named("a", ""), "classes.json labels[1].label"),
    (named("a", "  "), "classes.json labels[1].label"),
    (named("a", "b\nc"), "classes.json labels[1].label"),
    (named("a", "b" * 257), "classes.json labels[1].label"),
    (named("a", "b", "a"), "classes.json labels[2].label"),
    (named("a", "b", instructions="draw"), "classes.json instructions"),
    (named("a", "b", instructions={"shortInstruction": 1}), "classes.json instructions.shortInstruction"),
    (named("a", "b", frameAttributes=[{}]), "classes.json frameAttributes[0].name"),
    (named("a", "b", frameAttributes=[{"name": "w", "type": "date"}]), "classes.json frameAttributes[0].type"),
    (named("a", "b", frameAttributes=[{"name": "w", "enum": [1]}]), "classes.json frameAttributes[0].enum"),
    (named("a", "b", frameAttributes=[{"name": "n", "type": "number"}]), "classes.json frameAttributes[0]"),
    (
        named("a", "b", frameAttributes=[{"name": "n", "type": "number", "minimum": 2, "maximum": 1}]),
        "classes.json frameAttributes[0]",
    ),
    (
        named("a", "b", frameAttributes=[{"name": "n", "type": "number", "minimum": "2", "maximum": 1}]),
        "classes.json frameAttributes[0].minimum",
    ),
    (named("a", "b", frameAttributes=[{"name": "n"}, {"name": "n"}]), "classes.json frameAttributes"),
]


@pytest.mark.parametrize(("data", "where"), WRONG)
def test_a_wrong_file_is_told_by_its_name_and_field(data: str | bytes, where: str) -> None:
    with pytest.raises(InvalidJob) as caught:
        read(data, min_count=2)
    assert caught.value.where == where
    assert caught.value.todo


def test_a_name_may_hold_joined_emoji_and_no_turning_of_text() -> None:
    assert read(named("👨‍👩‍👧"))[0].name == "👨‍👩‍👧"
    with pytest.raises(InvalidJob):
        read(named("safe\u202egpj"))


def test_one_class_is_enough_where_the_kind_of_job_says_so() -> None:
    assert len(read(named("a"), min_count=1)) == 1
    assert len(read(named("a", "b" * 256), min_count=2)) == 2


def test_attributes_of_classes_frames_and_the_whole_are_read() -> None:
    number = {"name": "age", "type": "number", "minimum": 0, "maximum": 9, "isRequired": True}
    choice = {"name": "flag", "type": "string", "enum": ["red", "blue"]}
    whole = {
        "documentVersion": "2020-03-01",
        "labels": [{"label": "boat", "categoryAttributes": [choice]}],
        "frameAttributes": [number],
        "categoryGlobalAttributes": [{"name": "note", "type": "string"}],
        "annotationType": "Polygon",
        "instructions": {"shortInstruction": "Draw.", "fullInstruction": "Draw them all."},
        "auditLabelAttributeName": "boats-ref",
    }
    found = read_category_file(json.dumps(whole), min_count=1, where="classes.json")
    assert found.categories[0].attributes == (Attribute("flag", "choice", choices=("red", "blue")),)
    assert found.attributes == (
        Attribute("age", "number", "frame", minimum=0, maximum=9, required=True),
        Attribute("note", "text"),
    )
    assert (found.short_instruction, found.full_instruction) == ("Draw.", "Draw them all.")
    assert (found.annotation_type, found.audits) == ("Polygon", "boats-ref")


@pytest.mark.parametrize("video", [False, True])
def test_what_is_written_is_read_back(video: bool) -> None:
    made = (
        Category("Grüße", 1, "1", (Attribute("n", "number", minimum=1, maximum=2, required=True),)),
        Category("b", 2, "2", (Attribute("c", "choice", choices=("x", "y")), Attribute("t", "text"))),
    )
    data = write_categories(made, video=video, short_instruction="Draw.")
    assert read(data) == made
    assert read_category_file(data, min_count=1, where="x").short_instruction == "Draw."
    assert ("documentVersion" in json.loads(data)) is video


def test_names_from_a_form_pass_the_same_checks() -> None:
    assert categories_from_names(["a", "b"], min_count=2, where="form")[1] == Category("b", 2, "2")
    with pytest.raises(InvalidJob):
        categories_from_names(["a", "a"], min_count=2, where="form")


def person(**skeleton: Any) -> str:
    return json.dumps({"labels": [{"label": "person", "skeleton": skeleton}]})


def test_a_category_may_have_a_skeleton_and_it_is_written_again() -> None:
    raw = {"points": ["nose", "左目"], "edges": [["nose", "左目"]]}
    found = read(person(**raw))
    assert found[0].skeleton == raw
    assert read(write_categories(found)) == found


def test_a_skeleton_needs_no_edges_and_a_category_no_skeleton() -> None:
    assert read(person(points=["nose"]))[0].skeleton == {"points": ["nose"], "edges": []}
    assert read(named("person"))[0].skeleton is None


@pytest.mark.parametrize(
    ("skeleton", "field"),
    [
        ({}, "skeleton.points"),
        ({"points": []}, "skeleton.points"),
        ({"points": "nose"}, "skeleton.points"),
        ({"points": ["p"] * 201}, "skeleton.points"),
        ({"points": ["nose", " "]}, "skeleton.points[1]"),
        ({"points": ["nose", 7]}, "skeleton.points[1]"),
        ({"points": ["n" * 101]}, "skeleton.points[0]"),
        ({"points": ["nose", "eye", "nose"]}, "skeleton.points[2]"),
        ({"points": ["nose"], "edges": {}}, "skeleton.edges"),
        ({"points": ["nose", "eye"], "edges": [["nose"]]}, "skeleton.edges[0]"),
        ({"points": ["nose", "eye"], "edges": [["nose", "eye"], ["nose", "ear"]]}, "skeleton.edges[1]"),
        ({"points": ["nose", "eye"], "edges": [["nose", {}]]}, "skeleton.edges[0]"),
        ({"points": ["nose", "eye"], "edges": [["eye", "eye"]]}, "skeleton.edges[0]"),
    ],
)
def test_a_broken_skeleton_is_refused_with_its_field(skeleton: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidJob) as caught:
        read(person(**skeleton))
    assert caught.value.where == f"classes.json labels[0].{field}"
    assert caught.value.todo


def test_attributes_of_the_whole_object_and_ticks_are_ours() -> None:
    light = {"name": "light", "enum": ["day", "night"], "isRequired": True}
    whole = {
        "document-version": "2018-11-28",
        "labels": [{"label": "car"}],
        "objectAttributes": [light, {"name": "blurred", "type": "boolean"}],
    }
    assert read_category_file(json.dumps(whole), min_count=1, where="c.json").attributes == (
        Attribute("light", "choice", scope="object", choices=("day", "night"), required=True),
        Attribute("blurred", "tick", scope="object"),
    )
