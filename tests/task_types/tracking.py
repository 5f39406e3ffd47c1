"""Small questions and tracks for the tests of videos."""

from __future__ import annotations

import uuid
from typing import Any

from labeling.task_types.base import Category, MediaFacts, Question
from labeling.task_types.bounding_box import Box
from labeling.task_types.instances import Instances
from labeling.task_types.tracks import Key, Track
from labeling.task_types.video_object_tracking import VideoObjectTracking

TRACKING = VideoObjectTracking()
CATEGORIES = (Category("boat"), Category("buoy"))


def asked(frames: int = 60, tools: tuple[str, ...] = ("box",), **more: Any) -> Question:
    return Question(CATEGORIES, MediaFacts("video", 640, 360, frames=frames), tools=tools, **more)


def box(left: float, top: float = 20.0) -> Box:
    return Box(left, top, 40.0, 30.0)


def track(*keys: tuple[int, Box | None], end: int | None = None) -> Track:
    return Track(tuple(Key(frame, at) for frame, at in keys), end)


def answer(q: Question, *tracks: Track, first_id: int = 0) -> Instances:
    listed = [
        {
            "id": str(uuid.UUID(int=first_id + place)),
            "shape": "box",
            "category": 0,
            "geometry": TRACKING.shapes["box"].dump(one),
        }
        for place, one in enumerate(tracks)
    ]
    return TRACKING.parse({"instances": listed}, q)
