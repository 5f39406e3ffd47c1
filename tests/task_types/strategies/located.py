"""Questions and answers of located types: everything of an instance but its geometry, which each shape supplies."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

from hypothesis import strategies as st

from labeling.task_types.attributes import instance_fields
from labeling.task_types.base import Attribute, Category, Json, MediaFacts, Question
from labeling.task_types.instances import Instance, Instances, Origin
from labeling.task_types.located import Located
from tests.task_types.strategies.attributes import object_attributes, object_values, values_of

OCCLUDED = Attribute("occluded", "tick")
NOTE = Attribute("note", "text")
LANE = Attribute("lane", "number", minimum=1, maximum=4)
STATE = Attribute("state", "choice", choices=("rot", "grün", "黄"), required=True)
CATEGORIES = (Category("Car", attributes=(LANE,)), Category("Fußgänger"), Category("Ампель", attributes=(STATE,)))
GROUPS = st.sampled_from([None, None, "family", "家族", "2", "07"])
ORIGINS = st.sampled_from([None, Origin("boxes-3", "accepted"), Origin("boxes-3", "corrected")])
Geometries: TypeAlias = Callable[[Question, int], st.SearchStrategy[tuple[str, Any]]]
"""Shape and geometry of an instance of a category; a little outside of the image is right, as parse clips it."""


def located_questions(
    tools: tuple[str, ...], categories: tuple[Category, ...] = CATEGORIES, settings: Json | None = None
) -> st.SearchStrategy[Question]:
    fields = st.sampled_from([(), (OCCLUDED,), (OCCLUDED, NOTE)])
    return st.builds(
        lambda width, height, count, extra, whole: Question(
            categories[:count], MediaFacts("image", width, height), (*extra, *whole), tools, settings or {}
        ),
        st.integers(120, 4000),
        st.integers(90, 4000),
        st.integers(1, len(categories)),
        fields,
        object_attributes(),
    )


@st.composite
def located_answers(draw: st.DrawFn, q: Question, task_type: Located, geometries: Geometries) -> Instances:
    """Parsed, so that they lie inside the image; ids are few, so that workers share some."""
    ids = draw(st.lists(st.integers(0, 9), max_size=5, unique=True))
    drawn: dict[int, tuple[Any, Any]] = {}  # strategies are dear to make
    made = []
    for ident in ids:
        category = draw(st.integers(0, len(q.categories) - 1))
        if category not in drawn:
            drawn[category] = geometries(q, category), values_of(instance_fields(q, category))
        (shape, geometry), values = (draw(one) for one in drawn[category])
        where = str(uuid.UUID(int=ident))
        made.append(Instance(where, shape, category, geometry, values, draw(GROUPS), draw(ORIGINS)))
    return task_type.parse(task_type.dump(Instances(tuple(made), draw(object_values(q)))), q)
