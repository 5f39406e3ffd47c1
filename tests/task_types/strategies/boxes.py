"""Questions and answers of boxes. Boxes gather around a few places, so that workers' boxes meet."""

from __future__ import annotations

from hypothesis import strategies as st

from labeling.task_types.base import Question
from labeling.task_types.bounding_box import BoundingBox, Box
from labeling.task_types.instances import Instances
from tests.task_types.strategies.located import located_answers, located_questions

PLACES = ((10.0, 10.0, 30.0, 20.0), (15.5, 12.25, 30.0, 20.0), (80.0, 5.0, 8.0, 40.0), (0.0, 0.0, 120.0, 90.0))
ANGLES = (0.0, 180.0, -179.999, 90.0, 0.001, -45.0, 30.123456)


def box_questions() -> st.SearchStrategy[Question]:
    rotation = st.sampled_from([{}, {"rotation": False}, {"rotation": True}])
    return rotation.flatmap(lambda settings: located_questions(("box",), settings=settings))


def box_answers(q: Question) -> st.SearchStrategy[Instances]:
    return located_answers(q, BoundingBox(), lambda q, _: _boxes(q).map(lambda box: ("box", box)))


def _boxes(q: Question) -> st.SearchStrategy[Box]:
    upright = st.one_of(_near_places(q), _anywhere(q))
    return st.one_of(upright, _turned(q)) if q.settings.get("rotation") else upright


@st.composite
def _turned(draw: st.DrawFn, q: Question) -> Box:
    """Its centre lies in the image."""
    width, height = draw(st.floats(1e-3, 90)), draw(st.floats(1e-3, 90))
    cx, cy = draw(st.floats(0.01, q.media.width - 0.01)), draw(st.floats(0.01, q.media.height - 0.01))
    angle = draw(st.one_of(st.sampled_from(ANGLES[1:]), st.floats(-179.9, 180)).filter(bool))
    return Box(cx - width / 2, cy - height / 2, width, height, angle)


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
