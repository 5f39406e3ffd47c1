from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeling.task_types.base import Category, MediaFacts, Question
from labeling.task_types.bounding_box import BOX, Box
from labeling.task_types.tracks import Key, Track, key_before, reach, shapes_at
from labeling.task_types.tracks_boxes import alike, films, seen_together, upright
from labeling.task_types.tracks_motion import needed, within_px
from labeling.task_types.tracks_shapes import LOOKED_AT, TRACKS, TrackShape

FRAMES = 120
Q = Question((Category("boat"),), MediaFacts("video", 640, 360, frames=FRAMES), tools=("box",))
SHAPE = TRACKS["box"]
places = st.builds(Box, st.floats(0, 60, width=16), st.floats(0, 60, width=16), st.just(40.0), st.just(30.0))
generated = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    frames = sorted(draw(st.sets(st.integers(0, FRAMES - 1), min_size=1, max_size=6)))
    keys: list[Key] = []
    for frame in frames:
        absent = bool(keys) and keys[-1].at is not None and draw(st.integers(0, 3)) == 0
        keys.append(Key(frame, None if absent else draw(places), not absent and draw(st.booleans())))
    end = None if keys[-1].at is None else draw(st.one_of(st.none(), st.integers(frames[-1], FRAMES - 1)))
    return Track(tuple(keys), end)


@generated
@given(st.lists(tracks(), min_size=1, max_size=4))
def test_all_frames_at_once_show_what_each_frame_shows(listed: list[Track]) -> None:
    known, frames = films(listed, FRAMES - 1), list(range(FRAMES))
    grid = known.grid(frames)
    for place, track in enumerate(listed):
        shapes = shapes_at(BOX, track, frames, FRAMES - 1)
        assert np.flatnonzero(~np.isnan(grid[place, :, 0])).tolist() == sorted(shapes)
        for frame, one in shapes.items():
            assert grid[place, frame] == pytest.approx(
                [one.left, one.top, one.left + one.width, one.top + one.height], abs=1e-9
            )
            assert known.hidden_at(np.array([place]), np.array([frame]))[0] == key_before(track, frame).occluded
        assert tuple(known.reaches[place]) == reach(track, FRAMES - 1)


@generated
@given(st.lists(tracks(), max_size=3), st.lists(tracks(), max_size=3))
def test_tracks_of_upright_boxes_are_as_alike_as_one_after_the_other(a: list[Track], b: list[Track]) -> None:
    slow = TrackShape.similarity(SHAPE, a, b, 1e-9, Q)
    fast = SHAPE.similarity(a, b, 1e-9, Q)
    assert [one.tolist() for one in fast[:2]] == [one.tolist() for one in slow[:2]]
    assert fast[2] == pytest.approx(slow[2], abs=1e-9)


def test_thousands_of_pairs_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [Track((Key(0, Box(float(at), 0.0, 40.0, 30.0)),)) for at in range(9)]
    known = films(listed, FRAMES - 1)
    whole = alike(known, known, LOOKED_AT)
    monkeypatch.setattr("labeling.task_types.tracks_boxes.AT_ONCE", 7)
    assert [one.tolist() for one in alike(known, known, LOOKED_AT)] == [one.tolist() for one in whole]


@generated
@given(st.lists(tracks(), max_size=3), st.lists(tracks(), max_size=3))
def test_what_is_seen_together_overlaps_in_that_frame(a: list[Track], b: list[Track]) -> None:
    frames = list(range(0, FRAMES, 7))
    rows: dict[tuple[int, int, int], float] = {}
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            mine, theirs = (shapes_at(BOX, each, frames, FRAMES - 1) for each in (one, other))
            for place, frame in enumerate(frames):
                if frame in mine and frame in theirs:
                    value: Any = BOX.similarity([mine[frame]], [theirs[frame]], 0.05, Q)[2]
                    rows |= {(place, i, j): float(value[0])} if len(value) else {}
    grids = [films(side, FRAMES - 1).grid(frames) for side in (a, b)]
    found = seen_together(grids[0], grids[1], 0.05)
    told = list(zip(*(one.tolist() for one in found[:3]), strict=True))
    assert told == sorted(rows)
    assert found[3] == pytest.approx([rows[one] for one in told])


def test_boxes_that_are_turned_are_not_upright() -> None:
    straight = Track((Key(0, Box(1, 2, 3, 4)), Key(5, None)))
    assert upright([straight])
    assert not upright([straight, Track((Key(0, Box(1, 2, 3, 4, 5.0)),))])
    assert not upright([Track((Key(0, 7),))])
    assert upright([])


@generated
@given(st.lists(places, min_size=2, max_size=30), st.floats(0.5, 8))
def test_key_frames_of_boxes_are_those_that_their_corners_need(boxes: list[Box], most: float) -> None:
    frames = list(range(len(boxes)))
    upright_ = within_px(BOX, frames, boxes, most)
    kept = needed(frames, boxes, upright_)
    track = Track(tuple(Key(frames[place], boxes[place]) for place in kept))
    for frame, one in shapes_at(BOX, track, frames, len(boxes) - 1).items():
        corners = np.array([[one.left - boxes[frame].left, one.top - boxes[frame].top]])
        assert np.hypot(*corners.T).max() <= most + 1e-6
