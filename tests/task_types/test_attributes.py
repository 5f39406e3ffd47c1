from __future__ import annotations

import pytest

from labeling.errors import InvalidAnswer
from labeling.task_types.attributes import LONGEST_TEXT, agreed_values, instance_fields, parse_values
from labeling.task_types.base import Attribute, Category, MediaFacts, Question

LANE = Attribute("lane", "number", minimum=1, maximum=4)
STATE = Attribute("state", "choice", choices=("red", "green"), required=True)
NOTE = Attribute("note", "text", required=True)
WORKERS = ("ana", "ben", "cem")


@pytest.mark.parametrize("value", [0.99, 4.01, "2", True, None, float("nan"), float("inf"), 10**400, [2]])
def test_a_number_outside_its_bounds_or_of_another_kind_is_refused(value: object) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        parse_values({"lane": value}, "/attributes", [LANE])
    assert caught.value.pointer == "/attributes/lane"


def test_bounds_are_inclusive() -> None:
    assert parse_values({"lane": 1}, "", [LANE]) == (("lane", 1.0),)
    assert parse_values({"lane": 4}, "", [LANE]) == (("lane", 4.0),)


@pytest.mark.parametrize("value", ["", "x" * (LONGEST_TEXT + 1), "\ud800", 5, None])
def test_a_required_text_is_there_readable_and_not_endless(value: object) -> None:
    with pytest.raises(InvalidAnswer):
        parse_values({"note": value}, "", [NOTE])


def test_a_required_attribute_may_not_be_missing() -> None:
    with pytest.raises(InvalidAnswer) as caught:
        parse_values({}, "/attributes", [STATE])
    assert caught.value.pointer == "/attributes/state"


def test_a_categorys_own_attribute_replaces_the_jobs_of_that_name() -> None:
    own = Attribute("lane", "text")
    q = Question((Category("car", attributes=(own,)), Category("bus")), MediaFacts("image"), attributes=(LANE,))
    assert instance_fields(q, 0) == (own,)
    assert instance_fields(q, 1) == (LANE,)


def test_attributes_of_other_scopes_are_no_instances_attributes() -> None:
    whole = Attribute("weather", "text", scope="object")
    assert instance_fields(Question((Category("car"),), MediaFacts("image"), attributes=(whole,)), 0) == ()


def test_choices_are_voted_by_trust_and_numbers_take_the_middle() -> None:
    values = [
        (("lane", 1.0), ("state", "red")),
        (("lane", 2.0), ("state", "green")),
        (("lane", 4.0), ("state", "green")),
    ]
    assert agreed_values([LANE, STATE], values, [0.5, 0.5, 0.5], WORKERS) == (("lane", 2.0), ("state", "green"))
    assert agreed_values([LANE, STATE], values, [0.9, 0.2, 0.2], WORKERS) == (("lane", 1.0), ("state", "red"))


def test_leaving_an_attribute_out_is_a_vote_too() -> None:
    assert agreed_values([LANE], [(("lane", 3.0),), (), ()], [0.8, 0.8, 0.8], WORKERS) == ()
    assert agreed_values([LANE], [(("lane", 3.0),), (("lane", 3.0),), ()], [0.8, 0.8, 0.8], WORKERS) == (("lane", 3.0),)
