"""What a lead may ask beside the question itself, and what is said of what they may not."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.errors import InvalidJob
from labeling.task_types.base import Attribute, Category
from labeling.task_types.checks import check_asked
from labeling.task_types.registry import TASK_TYPES, task_type

BOXES = task_type("bounding-box")
CLASSES = task_type("image-classification")
OF_EACH = Attribute("occluded", "tick")
OF_ALL = Attribute("weather", "choice", scope="object", choices=("sun", "fog"))


def refusal(kind: Any, categories: list[Category], attributes: list[Attribute]) -> InvalidJob:
    with pytest.raises(InvalidJob) as caught:
        check_asked(kind, categories, attributes)
    assert caught.value.what
    assert caught.value.todo
    return caught.value


def test_attributes_of_the_object_go_with_every_type() -> None:
    for kind in TASK_TYPES:
        check_asked(kind, [Category("a"), Category("b")], [OF_ALL])


def test_attributes_of_instances_go_only_where_there_are_instances() -> None:
    check_asked(BOXES, [Category("a", attributes=(OF_EACH,))], [OF_EACH, OF_ALL])
    assert refusal(CLASSES, [Category("a"), Category("b")], [OF_ALL, OF_EACH]).where == "attributes/1/scope"
    wrong = refusal(CLASSES, [Category("a"), Category("b", attributes=(OF_EACH,))], [])
    assert wrong.where == "categories/1/attributes/0/scope"


def test_what_is_asked_of_the_whole_belongs_to_no_class_alone() -> None:
    assert refusal(BOXES, [Category("a", attributes=(OF_ALL,))], []).where == "categories/0/attributes/0/scope"


@pytest.mark.parametrize(
    ("attribute", "field"),
    [
        (Attribute(" ", "tick"), "name"),
        (Attribute("x" * 257, "tick"), "name"),
        (Attribute("colour", "choice"), "choices"),
        (Attribute("colour", "choice", choices=("red",)), "choices"),
        (Attribute("colour", "choice", choices=("red", "red")), "choices"),
        (Attribute("colour", "choice", choices=("red", "")), "choices"),
        (Attribute("colour", "choice", choices=tuple(map(str, range(101)))), "choices"),
        (Attribute("lanes", "number", minimum=3, maximum=2), "minimum"),
    ],
)
def test_an_attribute_that_nobody_could_fill_in_is_refused_at_its_field(attribute: Attribute, field: str) -> None:
    assert refusal(BOXES, [Category("a")], [OF_EACH, attribute]).where == f"attributes/1/{field}"


def test_two_attributes_of_one_name_are_refused_but_for_a_class_s_own() -> None:
    assert refusal(BOXES, [Category("a")], [OF_EACH, OF_EACH]).where == "attributes/1/name"
    check_asked(BOXES, [Category("a", attributes=(OF_EACH,))], [OF_EACH])


@pytest.mark.parametrize(
    ("category", "field"),
    [(Category("b", colour=13), "colour"), (Category("b", colour=0), "colour"), (Category("b", key="x"), "key")],
)
def test_colours_and_keys_are_those_that_there_are(category: Category, field: str) -> None:
    assert refusal(BOXES, [Category("a"), category], []).where == f"categories/1/{field}"


def test_no_two_classes_share_a_key() -> None:
    assert refusal(BOXES, [Category("a", key="1"), Category("b", key="1")], []).where == "categories/1/key"
    check_asked(BOXES, [Category("a"), Category("b"), Category("c", key="0")], [])


def test_a_type_without_skeletons_refuses_one() -> None:
    assert refusal(BOXES, [Category("a", skeleton={"points": ["nose"]})], []).where == "categories/0/skeleton"


@pytest.mark.parametrize(
    ("skeleton", "field"),
    [
        ({}, "/points"),
        ({"points": []}, "/points"),
        ({"points": ["nose", ""]}, "/points"),
        ({"points": ["nose", "nose"]}, "/points"),
        ({"points": list(map(str, range(201)))}, "/points"),
        ({"points": ["nose", "tail"], "edges": [["nose", "ear"]]}, "/edges/0"),
        ({"points": ["nose", "tail"], "edges": [["nose", "tail"], ["nose", "nose"]]}, "/edges/1"),
        ({"points": ["nose", "tail"], "edges": ["nose"]}, "/edges/0"),
        ({"points": ["nose", "tail"], "faces": []}, ""),
    ],
)
def test_a_skeleton_has_points_of_different_names_and_edges_between_them(skeleton: dict[str, Any], field: str) -> None:
    kinds = [kind for kind in TASK_TYPES if kind.skeletons]
    for kind in kinds:
        assert refusal(kind, [Category("a", skeleton=skeleton)], []).where == f"categories/0/skeleton{field}"
        check_asked(kind, [Category("a", skeleton={"points": ["nose", "tail"], "edges": [["nose", "tail"]]})], [])
