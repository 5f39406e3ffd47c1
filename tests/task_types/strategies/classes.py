"""Questions and answers of the whole-answer types."""

from __future__ import annotations

from hypothesis import strategies as st

from labeling.task_types.base import Category, MediaFacts, Medium, Question
from labeling.task_types.classes import Choice

NAMES = ("heron", "Fußgänger", "鷺", "none / unclear", "🦆", "مالك", "a~b")


def class_questions(kind: Medium) -> st.SearchStrategy[Question]:
    media = MediaFacts(kind, width=64, height=48, text="Ferry to Oban 👩🏽‍✈️", frames=24, duration=1.0)
    names = st.lists(st.sampled_from(NAMES), min_size=2, unique=True)
    return names.map(lambda chosen: Question(tuple(Category(name) for name in chosen), media))


def choices(q: Question) -> st.SearchStrategy[Choice]:
    return st.integers(0, len(q.categories) - 1).map(Choice)
