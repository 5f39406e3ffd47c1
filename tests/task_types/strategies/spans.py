"""Spans that gather around a few places of texts in several scripts, so that workers' ones meet, nest and coincide."""

from __future__ import annotations

import uuid

from hypothesis import strategies as st

from labeling.task_types.attributes import instance_fields
from labeling.task_types.base import Category, MediaFacts, Question
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.named_entities import NamedEntities
from labeling.task_types.relations import Relation, relation_types
from labeling.task_types.span import covering
from tests.task_types.strategies.attributes import object_attributes, object_values, values_of
from tests.task_types.strategies.located import GROUPS, LANE, NOTE, OCCLUDED, ORIGINS, STATE

TEXTS = (
    "Ferry to Oban leaves at noon.",
    "x",
    "\ufeff\r\nA\r\n\u200f\u05d0\u05e0\u05d9 \u05d2\u05e8 \u05d1\u05d7\u05d9\u05e4\u05d4\u2028"
    "\u79c1\u306f\u6771\u4eac\u90fd\u306b",
    "\U0001f468\U0001f3fb\u200d\U0001f692 firemen cafe\u0301 \u00e9\U0001f1eb\U0001f1ee \u0e01\u0e34\x01\t ",
    "\u0301 a lone mark, and at the end a lone joiner \u200d",
)
CATEGORIES = (Category("person"), Category("place", attributes=(LANE,)), Category("時 / а", attributes=(STATE,)))
JOINS = [{"name": "lives in", "from": ["person"], "to": ["place"]}, {"name": "与 any"}]


def span_questions() -> st.SearchStrategy[Question]:
    return st.builds(
        lambda text, count, extra, whole, related: Question(
            CATEGORIES[:count],
            MediaFacts("text", text=text),
            (*extra, *whole),
            ("span",),
            {"relations": JOINS[1:] if count == 1 else JOINS} if related else {},
        ),
        st.sampled_from(TEXTS),
        st.integers(1, len(CATEGORIES)),
        st.sampled_from([(), (OCCLUDED,), (OCCLUDED, NOTE)]),
        object_attributes(),
        st.booleans(),
    )


@st.composite
def span_answers(draw: st.DrawFn, q: Question) -> Instances:
    """Few ids and few places, so that workers share some; no two of a class in the very same place."""
    longest = len(q.media.text)
    made: dict[tuple[int, int, int], Instance] = {}
    for ident in draw(st.lists(st.integers(0, 9), max_size=5, unique=True)):
        start = draw(st.integers(0, min(longest - 1, 12)))
        end = draw(st.integers(start + 1, min(longest, start + 9)) | st.just(longest))
        category = draw(st.integers(0, len(q.categories) - 1))
        values = draw(values_of(instance_fields(q, category)))
        where = str(uuid.UUID(int=ident))
        geometry = covering(start, end, q.media)
        made[start, end, category] = Instance(where, "span", category, geometry, values, draw(GROUPS), draw(ORIGINS))
    listed = tuple(made.values())
    answer = Instances(listed, draw(object_values(q)), draw(_relations(q, listed)))
    return NamedEntities().parse(NamedEntities().dump(answer), q)


@st.composite
def _relations(draw: st.DrawFn, q: Question, listed: tuple[Instance, ...]) -> tuple[Relation, ...]:
    fitting = [
        (a.id, b.id, kind.name)
        for kind in relation_types(q).values()
        for a in listed
        for b in listed
        if a is not b and a.category in kind.sources and b.category in kind.targets
    ]
    chosen = draw(st.lists(st.sampled_from(fitting), max_size=3, unique=True)) if fitting else []
    ids = draw(st.permutations(range(20, 26)))
    return tuple(Relation(str(uuid.UUID(int=ids[place])), *ends) for place, ends in enumerate(chosen))
