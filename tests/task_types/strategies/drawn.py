"""Outlines, lines, points, skeletons and ellipses that gather around a few places, so that workers' ones meet."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from labeling.task_types.base import Category, Question
from labeling.task_types.ellipse import Ellipse, Ellipses
from labeling.task_types.instances import Instances
from labeling.task_types.keypoint import Keypoint, Keypoints
from labeling.task_types.points import Points
from labeling.task_types.polygon import Outline, Polygons, _solid
from labeling.task_types.polyline import Line, Polylines
from labeling.task_types.skeleton import Joint, Skeleton
from tests.task_types.strategies.located import CATEGORIES, located_answers, located_questions

OUTLINES: tuple[Points, ...] = (
    ((10.0, 10.0), (60.0, 12.0), (40.0, 70.0)),
    ((11.0, 9.5), (61.25, 12.0), (42.0, 71.0), (20.0, 44.0)),
    ((10.0, 10.0), (50.0, 50.0), (50.0, 10.0), (10.0, 50.0)),  # crosses itself
    ((0.0, 0.0), (120.0, 0.0), (120.0, 90.0), (0.0, 90.0)),
    ((30.0, 30.0), (30.004, 30.0), (30.0, 30.003)),  # vanishes when it is rounded
)
HOLE: Points = ((30.0, 20.0), (38.0, 21.0), (34.0, 30.0))
LINES: tuple[Points, ...] = (
    ((5.0, 5.0), (60.0, 40.0), (110.0, 42.0)),
    ((110.5, 41.0), (62.0, 40.5), (30.0, 22.0), (4.0, 6.0)),
    ((5.0, 80.0), (5.004, 80.0)),
    ((0.0, 0.0), (0.0, 90.0)),
)
PERSON = Category(
    "person", skeleton={"points": ["nose", "left eye", "右目"], "edges": [["nose", "left eye"], ["nose", "右目"]]}
)
DOG = Category("dog", skeleton={"points": ["tail", "nose"], "edges": []})
POINTED = (PERSON, CATEGORIES[0], DOG, CATEGORIES[2])


def polygon_questions() -> st.SearchStrategy[Question]:
    return located_questions(("polygon",))


def polygon_answers(q: Question) -> st.SearchStrategy[Instances]:
    return located_answers(q, Polygons(), lambda q, _: _outlines(q).map(lambda one: ("polygon", one)))


def polyline_questions() -> st.SearchStrategy[Question]:
    return located_questions(("polyline",))


def polyline_answers(q: Question) -> st.SearchStrategy[Instances]:
    lines = st.one_of(_shifted(LINES), _anywhere(q, 2).filter(lambda points: _far(points)))
    return located_answers(q, Polylines(), lambda *_: lines.map(lambda points: ("polyline", Line(points))))


def keypoint_questions() -> st.SearchStrategy[Question]:
    return located_questions(("keypoint", "skeleton"), POINTED)


def keypoint_answers(q: Question) -> st.SearchStrategy[Instances]:
    return located_answers(q, Keypoints(), _keypoints)


def ellipse_questions() -> st.SearchStrategy[Question]:
    return located_questions(("ellipse",))


def ellipse_answers(q: Question) -> st.SearchStrategy[Instances]:
    near = st.builds(
        lambda dx, dy, radii, angle: Ellipse(60 + dx, 40 + dy, *radii, angle),
        st.floats(0, 3, width=32),
        st.floats(0, 3, width=32),
        st.sampled_from([(30.0, 10.0), (10.0, 30.0), (20.0, 20.0)]),
        st.sampled_from([0.0, 90.0, 88.0, -89.0, -89.999, 45.0]),
    )
    far = st.builds(
        Ellipse,
        st.floats(0, q.media.width),
        st.floats(0, q.media.height),
        st.floats(1e-3, 99),
        st.floats(1e-3, 99),
        st.floats(-90, 90, exclude_min=True),
    )
    return located_answers(q, Ellipses(), lambda *_: st.one_of(near, far).map(lambda one: ("ellipse", one)))


def _outlines(q: Question) -> st.SearchStrategy[Outline]:
    holes = st.sampled_from([(), (), (HOLE,), (HOLE, HOLE)])
    return st.builds(Outline, st.one_of(_shifted(OUTLINES), _anywhere(q, 3)), holes).filter(_solid)


@st.composite
def _shifted(draw: st.DrawFn, several: tuple[Points, ...]) -> Points:
    """One of these, moved a little; it may stick out of the image by less than half a pixel."""
    dx, dy = draw(st.floats(-0.375, 0, width=32)), draw(st.floats(-0.375, 0, width=32))
    return tuple((x + dx, y + dy) for x, y in draw(st.sampled_from(several)))


def _anywhere(q: Question, least: int) -> st.SearchStrategy[Points]:
    point = st.tuples(st.floats(0, q.media.width), st.floats(0, q.media.height))
    return st.lists(point, min_size=least, max_size=6).map(tuple)


def _far(points: Points) -> bool:
    return any(abs(x - points[0][0]) + abs(y - points[0][1]) > 0.01 for x, y in points)


def _keypoints(q: Question, category: int) -> st.SearchStrategy[tuple[str, Any]]:
    skeleton = q.categories[category].skeleton
    place = st.one_of(
        st.tuples(st.floats(50, 53, width=32), st.floats(40, 43, width=32)),
        st.tuples(st.floats(-0.4, q.media.width), st.floats(0, q.media.height + 0.4)),
    )
    seen = st.sampled_from([1, 2, 2])
    if skeleton is None:
        return st.builds(lambda at, visible: ("keypoint", Keypoint(*at, visible)), place, seen)
    joint = st.one_of(st.none(), st.tuples(place, seen))
    placed = st.tuples(*[joint for _ in skeleton["points"]]).filter(any)
    return placed.map(
        lambda told: (
            "skeleton",
            Skeleton(
                tuple(
                    Joint(name) if one is None else Joint(name, *one[0], one[1])
                    for name, one in zip(skeleton["points"], told, strict=True)
                )
            ),
        )
    )
