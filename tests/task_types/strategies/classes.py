"""Questions and answers of the whole-answer types."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from labeling.task_types.base import Category, MediaFacts, Medium, Question
from labeling.task_types.classes import Choice
from labeling.task_types.several_classes import Choices, allows_none
from tests.task_types.strategies.attributes import object_attributes, object_values

NAMES = ("heron", "Fußgänger", "鷺", "none / unclear", "🦆", "مالك", "a~b")


def class_questions(kind: Medium) -> st.SearchStrategy[Question]:
    media = MediaFacts(kind, width=64, height=48, text="Ferry to Oban 👩🏽‍✈️", frames=24, duration=1.0)
    names = st.lists(st.sampled_from(NAMES), min_size=2, unique=True)
    return st.builds(
        lambda chosen, fields: Question(tuple(Category(name) for name in chosen), media, attributes=fields),
        names,
        object_attributes(),
    )


def choices(q: Question) -> st.SearchStrategy[Choice]:
    return st.builds(Choice, st.integers(0, len(q.categories) - 1), object_values(q))


def several_questions(kind: Medium) -> st.SearchStrategy[Question]:
    settings = st.sampled_from([{}, {"allow_none": False}, {"allow_none": True}])
    return st.builds(lambda q, chosen: replace(q, settings=chosen), class_questions(kind), settings)


def several(q: Question) -> st.SearchStrategy[Choices]:
    places = st.sets(st.integers(0, len(q.categories) - 1), min_size=0 if allows_none(q) else 1)
    return st.builds(lambda chosen, values: Choices(tuple(sorted(chosen)), values), places, object_values(q))
