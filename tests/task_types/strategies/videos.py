"""Questions and answers of videos: a few frames, shapes that gather around a few places, tracks that come and go."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import strategies as st

from labeling.task_types.attributes import dump_values, instance_fields
from labeling.task_types.base import Attribute, Category, Json, MediaFacts, Question
from labeling.task_types.frames import asked_frames, frame_fields
from labeling.task_types.instances import Instances
from labeling.task_types.video_object_detection import VideoObjectDetection
from labeling.task_types.video_object_tracking import VideoObjectTracking
from tests.task_types.strategies.attributes import object_attributes, object_values, values_of

LANE = Attribute("lane", "number", minimum=1, maximum=4)
FLAG = Attribute("flag", "choice", scope="track", choices=("red", "зелёный"))
STATE = Attribute("state", "choice", choices=("rot", "grün"), required=True)
OCCLUDED = Attribute("occluded", "tick")
WEATHER = Attribute("weather", "choice", scope="frame", choices=("fog", "sun"))
GOOD = Attribute("good", "tick", scope="frame")
CATEGORIES = (Category("Car", attributes=(LANE, FLAG)), Category("Fußgänger"), Category("Ампель", attributes=(STATE,)))
TOOLS = ("box", "polygon", "polyline", "keypoint")
OUTLINES = (
    [(10, 10), (60, 12), (40, 70)],
    [(11, 9.5), (61.25, 12), (42, 71), (20, 44)],
    [(0, 0), (9, 0), (9, 9), (0, 9)],
)
LINES = ([(5, 5), (60, 40), (110, 42)], [(110.5, 41), (62, 40.5), (4, 6)], [(0, 0), (0, 80)])
places = st.sampled_from([(10.0, 10.0, 30.0, 20.0), (15.5, 12.25, 30.0, 20.0), (80.0, 5.0, 8.0, 40.0), (0, 0, 120, 90)])


@st.composite
def video_questions(draw: st.DrawFn) -> Question:
    frames = draw(st.integers(1, 24))
    asked = draw(st.sampled_from([None, None, (0, frames), (frames // 2, frames)]))
    media = MediaFacts("video", draw(st.integers(120, 900)), draw(st.integers(90, 900)), frames=frames)
    extra = draw(st.sampled_from([(), (OCCLUDED,), (OCCLUDED, WEATHER, GOOD)]))
    tools = draw(st.sampled_from([("box",), ("polygon",), ("keypoint",), ("polyline",), ("box", "polygon"), TOOLS]))
    categories = CATEGORIES[: draw(st.integers(1, 3))]
    settings = draw(st.sampled_from([{}, {"rotation": True}]))
    return Question(categories, media, (*extra, *draw(object_attributes())), tools, settings, asked)


@st.composite
def _shapes(draw: st.DrawFn, tool: str, q: Question) -> Json:
    dx, dy = draw(st.floats(0, 3, width=16)), draw(st.floats(0, 3, width=16))
    if tool == "box":
        left, top, width, height = draw(places)
        box = {"left": left, "top": top, "width": width, "height": height}
        if q.settings.get("rotation"):
            box["angle"] = draw(st.sampled_from([0, 0, 90, 180, -45, 30.125]))
        return box
    if tool == "keypoint":
        return {"x": 60 + dx, "y": 40 + dy, **draw(st.sampled_from([{}, {"visibility": 1}]))}
    points = draw(st.sampled_from(OUTLINES if tool == "polygon" else LINES))
    return {"vertices": [{"x": x + dx, "y": y + dy} for x, y in points]}


@st.composite
def _stretches(draw: st.DrawFn, q: Question, fields: Any) -> list[Json]:
    first, last = asked_frames(q)
    edges = sorted(draw(st.sets(st.integers(first, last), max_size=4)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    return [{"from": a, "to": b, "attributes": dump_values(draw(values_of(fields)))} for a, b in pairs]


@st.composite
def _answer(draw: st.DrawFn, q: Question, scope: Any, geometry: Any) -> Json:
    listed = []
    for ident in draw(st.lists(st.integers(0, 9), max_size=4, unique=True)):
        category, shape = draw(st.integers(0, len(q.categories) - 1)), draw(st.sampled_from(q.tools))
        fields = instance_fields(q, category, scope)
        listed.append(
            {
                "id": str(uuid.UUID(int=ident)),
                "shape": shape,
                "category": category,
                "geometry": draw(geometry(q, shape, category)),
                "attributes": dump_values(draw(values_of(fields))),
                "group": draw(st.sampled_from([None, None, "family", "2"])),
            }
        )
    framed = frame_fields(q)
    made = {"instances": listed, "attributes": dump_values(draw(object_values(q)))}
    return {**made, "frames": draw(_stretches(q, framed))} if framed else made


@st.composite
def _moments(draw: st.DrawFn, q: Question, shape: str, category: int) -> Json:
    return {"frame": draw(st.integers(*asked_frames(q))), "at": draw(_shapes(shape, q))}


@st.composite
def _tracks(draw: st.DrawFn, q: Question, shape: str, category: int) -> Json:
    first, last = asked_frames(q)
    frames = sorted(draw(st.sets(st.integers(first, last), min_size=1, max_size=5)))
    keys: list[Json] = []
    for frame in frames:
        if keys and draw(st.integers(0, 4)) == 0:
            keys.append({"frame": frame, "at": None})
        else:
            hidden = draw(st.sampled_from([{}, {}, {"occluded": True}]))
            keys.append({"frame": frame, "at": draw(_shapes(shape, q)), **hidden})
    end = draw(st.one_of(st.none(), st.integers(frames[-1], last)))
    return {"keys": keys, "end": end, "values": draw(_stretches(q, instance_fields(q, category)))}


def detection_answers(q: Question) -> st.SearchStrategy[Instances]:
    kind = VideoObjectDetection()
    return _answer(q, "instance", _moments).map(lambda raw: kind.parse(raw, q))


def tracking_answers(q: Question) -> st.SearchStrategy[Instances]:
    kind = VideoObjectTracking()
    return _answer(q, "track", _tracks).map(lambda raw: kind.parse(raw, q))
