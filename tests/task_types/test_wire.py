from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from labeling.task_types.base import Attribute, Base, Category, MediaFacts, Question
from labeling.task_types.wire import question_as_json, question_from_json

attributes = st.builds(
    Attribute,
    name=st.text(min_size=1, max_size=5),
    kind=st.sampled_from(["choice", "number", "text", "tick"]),
    scope=st.sampled_from(["object", "frame", "instance", "track"]),
    choices=st.lists(st.text(max_size=3), max_size=3).map(tuple),
    minimum=st.none() | st.floats(-9, 9),
    required=st.booleans(),
)
fields = st.lists(attributes, max_size=2).map(tuple)
categories = st.builds(
    Category,
    name=st.text(min_size=1, max_size=5),
    colour=st.integers(1, 12),
    key=st.sampled_from(["", "1", "0"]),
    attributes=fields,
    skeleton=st.none() | st.just({"points": ["nose"]}),
)
questions = st.builds(
    Question,
    categories=st.lists(categories, max_size=3).map(tuple),
    media=st.builds(
        MediaFacts, kind=st.sampled_from(["image", "text", "video"]), width=st.integers(0, 9), text=st.text(max_size=9)
    ),
    attributes=fields,
    tools=st.sampled_from([(), ("box",), ("box", "polygon")]),
    settings=st.just({"match_threshold": 0.5}) | st.just({}),
    frames=st.none() | st.tuples(st.integers(0, 9), st.integers(10, 20)),
    base=st.none() | st.builds(Base, task_type=st.just("bounding-box"), answer=st.just({"instances": []})),
)


@given(questions)
def test_a_question_survives_the_wire(q: Question) -> None:
    assert question_from_json(json.loads(json.dumps(question_as_json(q)))) == q


def test_ids_on_the_wire_are_places_in_the_list() -> None:
    q = Question((Category("a"), Category("b")), MediaFacts("text", text="x"))
    assert [one["id"] for one in question_as_json(q)["categories"]] == [0, 1]


def test_what_an_earlier_version_left_out_takes_its_default() -> None:
    read = question_from_json({"categories": [{"name": "a"}], "media": {"kind": "image"}})
    assert read == Question((Category("a"),), MediaFacts("image"))
