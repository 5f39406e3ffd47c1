"""Questions and answers of segmentation. Masks gather around a few places, so that workers' masks meet."""

from __future__ import annotations

import uuid

import numpy as np
from hypothesis import strategies as st

from labeling.geometry.masks import Mask, Window, mask_of
from labeling.task_types.attributes import instance_fields
from labeling.task_types.base import Attribute, Category, MediaFacts, Question
from labeling.task_types.instance_segmentation import InstanceSegmentation
from labeling.task_types.instances import Instance, Instances, Origin
from labeling.task_types.semantic_segmentation import SemanticSegmentation
from tests.task_types.strategies.attributes import object_attributes, object_values, values_of

WET = Attribute("wet", "tick")
STATE = Attribute("state", "choice", choices=("rot", "grün", "黄"), required=True)
CATEGORIES = (Category("water"), Category("Fußweg", attributes=(WET,)), Category("草", attributes=(STATE,)))
PLACES = ((0, 0, 6, 5), (1, 1, 7, 6), (8, 2, 5, 9), (3, 6, 4, 3))


def mask_questions() -> st.SearchStrategy[Question]:
    sizes = st.tuples(st.integers(14, 40), st.integers(12, 40))
    counts = st.integers(1, len(CATEGORIES))
    fields = st.sampled_from([(), (WET,)])
    return st.builds(
        lambda size, count, extra, object_s: Question(
            CATEGORIES[:count], MediaFacts("image", size[0], size[1]), attributes=(*extra, *object_s), tools=("mask",)
        ),
        sizes,
        counts,
        fields,
        object_attributes(),
    )


@st.composite
def semantic_answers(draw: st.DrawFn, q: Question) -> Instances:
    categories = draw(st.lists(st.integers(0, len(q.categories) - 1), unique=True))
    ids = draw(st.lists(st.integers(0, 5), min_size=len(categories), max_size=len(categories), unique=True))
    free = np.ones((q.media.height, q.media.width), dtype=bool)
    whole = Window(0, 0, q.media.width, q.media.height)
    listed = []
    for category, ident in zip(categories, ids, strict=True):
        image = draw(_masks(q)).crop(whole) & free
        if image.any():
            free &= ~image
            listed.append(draw(_instances(q, ident, category, mask_of(image, whole, image.shape))))
    kind = SemanticSegmentation()
    return kind.parse(kind.dump(Instances(tuple(listed), draw(object_values(q)))), q)


@st.composite
def instance_answers(draw: st.DrawFn, q: Question) -> Instances:
    ids = draw(st.lists(st.integers(0, 9), max_size=5, unique=True))
    listed = [draw(_instances(q, ident, draw(st.integers(0, len(q.categories) - 1)), draw(_masks(q)))) for ident in ids]
    kind = InstanceSegmentation()
    return kind.parse(kind.dump(Instances(tuple(listed), draw(object_values(q)))), q)


@st.composite
def _instances(draw: st.DrawFn, q: Question, ident: int, category: int, mask: Mask) -> Instance:
    return Instance(
        id=str(uuid.UUID(int=ident)),
        shape="mask",
        category=category,
        geometry=mask,
        attributes=draw(values_of(instance_fields(q, category))),
        group=draw(st.sampled_from([None, None, "family"])),
        origin=draw(st.sampled_from([None, Origin("masks-3", "accepted")])),
    )


@st.composite
def _masks(draw: st.DrawFn, q: Question) -> Mask:
    """Never empty: a rectangle near one of the places with a ragged edge, or noise in it."""
    left, top, width, height = draw(st.sampled_from(PLACES))
    left = min(left + draw(st.integers(0, 2)), q.media.width - 1)
    top = min(top + draw(st.integers(0, 2)), q.media.height - 1)
    window = Window(left, top, min(width, q.media.width - left), min(height, q.media.height - top))
    generator = np.random.default_rng(draw(st.integers(0, 200)))
    crop = generator.random((window.height, window.width)) < draw(st.sampled_from([0.5, 0.9, 1.0]))
    crop[0, 0] = True
    return mask_of(crop, window, (q.media.height, q.media.width))
