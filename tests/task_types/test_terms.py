"""Terms whose class is known, found in texts."""

from __future__ import annotations

import time

import pytest

from labeling.errors import InvalidJob
from labeling.task_types.base import Category, MediaFacts, Question
from labeling.task_types.named_entities import NamedEntities
from labeling.task_types.terms import found_terms, terms_of

KIND = NamedEntities()
CATEGORIES = (Category("place"), Category("person"))


def question(text: str, *terms: str, ignore_case: bool = False) -> Question:
    listed = [{"text": one, "category": "place", "ignore_case": ignore_case} for one in terms]
    return Question(CATEGORIES, MediaFacts("text", text=text), (), ("span",), {"terms": listed})


def places(q: Question) -> list[tuple[int, int]]:
    return [(one.geometry.start, one.geometry.end) for one in found_terms(q, terms_of(q)).answer.instances]


@pytest.mark.parametrize(
    ("text", "terms", "wanted"),
    [
        ("Oban, Obans, SOban: Oban", ["Oban"], [(0, 4), (20, 24)]),
        ("New York and York", ["York", "New York"], [(0, 8), (13, 17)]),
        ("cafe\u0301 cafe", ["cafe"], [(6, 10)]),  # the first goes on with an accent
        ("cafe\u0301 caf\u00e9", ["caf\u00e9"], [(6, 10)]),  # nothing is normalised
        ("\u79c1\u306f\u6771\u4eac\u90fd", ["\u6771\u4eac"], [(2, 4)]),  # no space tells words apart
        ("\u6771\u4eacOban\u90fd", ["Oban"], [(2, 6)]),
        ("\u05d1\u05d7\u05d9\u05e4\u05d4, \u05d7\u05d9\u05e4\u05d4", ["\u05d7\u05d9\u05e4\u05d4"], [(7, 11)]),
        ("\U0001f468\u200d\U0001f692 \U0001f692", ["\U0001f692"], [(4, 5)]),  # not half of a picture
        ("a+b", ["+", "b"], [(1, 2), (2, 3)]),
        ("oban", ["Oban"], []),
        ("", ["x"], []),
    ],
)
def test_a_term_is_found_where_it_stands_for_itself(text: str, terms: list[str], wanted: list[tuple[int, int]]) -> None:
    assert places(question(text, *terms)) == wanted


@pytest.mark.parametrize("text", ["OBAN oBaN", "\u0130oban OBAN oban"])
def test_case_may_be_ignored_and_places_stay_what_they_are(text: str) -> None:
    q = question(text, "Oban", ignore_case=True)
    found = found_terms(q, terms_of(q)).answer
    assert [one.geometry.text for one in found.instances] == text.split()[-2:]
    assert KIND.parse(KIND.dump(found), q) == found


def test_asking_twice_gives_the_same_ids_and_other_objects_others() -> None:
    q = question("Oban and Oban", "Oban")
    assert found_terms(q, terms_of(q), "17") == found_terms(q, terms_of(q), "17")
    assert found_terms(q, terms_of(q), "17") != found_terms(q, terms_of(q), "18")


def test_five_thousand_terms_in_a_million_characters_take_moments() -> None:
    q = question("Ferry to Oban leaves at noon. " * 33_334, *(f"word{place}" for place in range(4_998)), "Oban", "at")
    began = time.process_time()
    assert len(places(q)) == 5_000
    assert time.process_time() - began < 4


def test_a_term_of_a_class_that_is_not_there_makes_no_job() -> None:
    settings = {"terms": [{"text": "Oban", "category": "place"}, {"text": "Ada", "category": "Person"}]}
    with pytest.raises(InvalidJob) as caught:
        KIND.check_settings(settings, CATEGORIES)
    assert caught.value.where == "settings/terms/1/category"
    assert '"Person"' in str(caught.value)
