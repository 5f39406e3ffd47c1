"""Questions and answers of boxes. Boxes gather around a few places, so that workers' boxes meet."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import strategies as st

from labeling.task_types.attributes import instance_fields
from labeling.task_types.base import Attribute, Category, MediaFacts, Question
from labeling.task_types.bounding_box import BoundingBox, Box
from labeling.task_types.instances import Instance, Instances, Origin

OCCLUDED = Attribute("occluded", "tick")
NOTE = Attribute("note", "text")
LANE = Attribute("lane", "number", minimum=1, maximum=4)
STATE = Attribute("state", "choice", choices=("rot", "grün", "黄"), required=True)
CATEGORIES = (Category("Car", attributes=(LANE,)), Category("Fußgänger"), Category("Ампель", attributes=(STATE,)))
PLACES = ((10.0, 10.0, 30.0, 20.0), (15.5, 12.25, 30.0, 20.0), (80.0, 5.0, 8.0, 40.0), (0.0, 0.0, 120.0, 90.0))


def box_questions() -> st.SearchStrategy[Question]:
    sizes = st.tuples(st.integers(120, 4000), st.integers(90, 4000))
    counts = st.integers(1, len(CATEGORIES))
    fields = st.sampled_from([(), (OCCLUDED,), (OCCLUDED, NOTE)])
    return st.builds(
        lambda size, count, extra: Question(
            CATEGORIES[:count], MediaFacts("image", size[0], size[1]), attributes=extra, tools=("box",)
        ),
        sizes,
        counts,
        fields,
    )


@st.composite
def box_answers(draw: st.DrawFn, q: Question) -> Instances:
    """Parsed, so that they lie inside the image; ids are few, so that workers share some."""
    ids = draw(st.lists(st.integers(0, 9), max_size=5, unique=True))
    drawn = Instances(tuple(draw(_instances(q, ident)) for ident in ids))
    task_type = BoundingBox()
    return task_type.parse(task_type.dump(drawn), q)


@st.composite
def _instances(draw: st.DrawFn, q: Question, ident: int) -> Instance:
    category = draw(st.integers(0, len(q.categories) - 1))
    values = {
        field.name: draw(_values(field))
        for field in instance_fields(q, category)
        if field.required or draw(st.booleans())
    }
    return Instance(
        id=str(uuid.UUID(int=ident)),
        shape="box",
        category=category,
        geometry=draw(st.one_of(_near_places(q), _anywhere(q))),
        attributes=tuple(values.items()),
        group=draw(st.sampled_from([None, None, "family", "家族"])),
        origin=draw(st.sampled_from([None, Origin("boxes-3", "accepted"), Origin("boxes-3", "corrected")])),
    )


def _near_places(q: Question) -> st.SearchStrategy[Box]:
    shift = st.floats(0, 3, width=32)
    return st.builds(
        lambda place, dx, dy: Box(
            min(place[0] + dx, q.media.width - 1.0),
            min(place[1] + dy, q.media.height - 1.0),
            min(place[2], q.media.width - place[0] - dx),
            min(place[3], q.media.height - place[1] - dy),
        ),
        st.sampled_from(PLACES),
        shift,
        shift,
    ).filter(lambda box: box.width > 0 and box.height > 0)


@st.composite
def _anywhere(draw: st.DrawFn, q: Question) -> Box:
    left = draw(st.floats(0, q.media.width - 0.01))
    top = draw(st.floats(0, q.media.height - 0.01))
    width = draw(st.floats(1e-3, q.media.width - left + 0.4))
    height = draw(st.floats(1e-3, q.media.height - top + 0.4))
    return Box(left, top, width, height)


def _values(field: Attribute) -> st.SearchStrategy[Any]:
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "tick": st.booleans(),
        "number": st.floats(field.minimum or 0, field.maximum or 9),
        "choice": st.sampled_from(field.choices or ("",)),
        "text": st.text(max_size=5).filter(lambda text: not any("\ud800" <= one <= "\udfff" for one in text)),
    }
    return kinds[field.kind]
