"""Long videos in parts: cutting tracks up and joining the parts gives the tracks back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labeling.errors import InvalidJob
from labeling.task_types.base import Category, MediaFacts, Note, Question, Verdict
from labeling.task_types.frames import by_frame
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.tracks import key_before, shapes_at
from labeling.task_types.tracks_chunks import CUT, in_turn, linked_parts, part_of_track, ranges
from labeling.task_types.tracks_motion import apart
from labeling.task_types.video_object_detection import VideoObjectDetection
from labeling.task_types.video_object_tracking import INNER, VideoObjectTracking
from tests.task_types.strategies.videos import detection_answers, tracking_answers, video_questions

TRACKING, DETECTION = VideoObjectTracking(), VideoObjectDetection()
FRAMES = 40


def asked(frames: int = FRAMES, tools: tuple[str, ...] = ("box",)) -> Question:
    return Question((Category("Car"), Category("Bus")), MediaFacts("video", 900, 900, frames=frames), tools=tools)


def cut(q: Question, most: int, common: int) -> list[Question]:
    return [replace(q, frames=one) for one in ranges(q.media.frames, most, common)]


def joined(
    kind: Any, answer: Instances, q: Question, parts: Sequence[Question], *, renamed: bool = False
) -> Verdict[Any]:
    """The answer asked for in parts, by workers who agree; `renamed`: each part has ids of its own."""
    verdicts = []
    for number, part in enumerate(parts):
        own = kind.part_of(answer, part)
        assert kind.parse(kind.dump(own), part) == own, "a part is an answer to its question"
        if renamed:
            own = replace(own, instances=tuple(replace(one, id=renaming(one, number)) for one in own.instances))
        verdicts.append((part, Verdict(own, 0.9, parts={one.id: 0.5 + number / 100 for one in own.instances}, votes=2)))
    return kind.whole_of(verdicts, q)


def renaming(one: Instance, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{one.id} {number}"))


def moving(number: int, keys: dict[int, float], *, end: int | None = None, category: int = 0) -> dict[str, Any]:
    """A box in a lane of its own; frame -> how far to the right."""
    at = {frame: {"left": left, "top": 60 * number, "width": 40, "height": 30} for frame, left in keys.items()}
    geometry = {"keys": [{"frame": frame, "at": box} for frame, box in at.items()], "end": end}
    return {"id": str(uuid.UUID(int=number)), "shape": "box", "category": category, "geometry": geometry}


def same_everywhere(a: Instance, b: Instance, last: int, tolerance: float) -> bool:
    frames = list(range(last + 1))
    one, other = (shapes_at(INNER[track.shape], track.geometry, frames, last) for track in (a, b))
    hidden = [[key_before(track.geometry, frame).occluded for frame in one] for track in (a, b)]
    values = [{f: v for f, v in by_frame(track.geometry.values).items() if f in one} for track in (a, b)]
    close = one.keys() == other.keys() and (apart([*one.values()], [other[f] for f in one]) <= tolerance).all()
    alike = (a.category, a.attributes, a.group) == (b.category, b.attributes, b.group)
    return bool(close and hidden[0] == hidden[1] and values[0] == values[1] and alike)


@given(st.integers(1, 5_000), st.integers(4, 900), st.integers(2, 300))
def test_ranges_cover_all_frames_and_share_enough_with_their_neighbours(frames: int, most: int, common: int) -> None:
    assume(most >= 2 * common)
    found = ranges(frames, most, common)
    if frames <= most:
        assert found == ()
        return
    assert (found[0][0], found[-1][1]) == (0, frames)
    assert all(stop - first <= most for first, stop in found)
    assert all(one[1] - other[0] >= common for one, other in pairwise(found))
    turns = in_turn([(first, stop - 1) for first, stop in found])
    assert [frame for first, last in turns for frame in range(first, last + 1)] == list(range(frames))


def test_a_video_is_asked_for_as_a_whole_where_the_job_says_so_or_it_is_short() -> None:
    media = MediaFacts("video", 64, 48, frames=3_001)
    assert TRACKING.parts_asked({}, media) == ((0, 1516), (1485, 3001))
    assert TRACKING.parts_asked({}, replace(media, frames=3_000)) == ()
    assert TRACKING.parts_asked({"frames_at_once": 0}, media) == ()
    assert len(DETECTION.parts_asked({"frames_at_once": 1_000, "frames_in_common": 10}, media)) == 4
    with pytest.raises(InvalidJob) as caught:
        TRACKING.check_settings({"frames_at_once": 50}, ())
    assert caught.value.where == "settings/frames_at_once"


@settings(max_examples=60, deadline=None)
@given(st.data(), video_questions())
def test_cutting_tracks_up_and_joining_the_parts_gives_them_back(data: st.DataObject, q: Question) -> None:
    q = replace(q, frames=None, settings={})
    assume(q.media.frames >= 6 and not any(one.required for one in (*q.attributes, *q.categories[-1].attributes)))
    answer = data.draw(tracking_answers(q))
    parts = cut(q, data.draw(st.integers(4, 8)), 2)
    assume(parts)
    found = joined(TRACKING, answer, q, parts)
    assert {one.id for one in found.answer.instances} == {one.id for one in answer.instances}
    before = {one.id: one for one in answer.instances}
    for one in found.answer.instances:
        loose = 0.05 if one.shape in ("box", "keypoint") else 2.0  # outlines are laid on one another anew at a cut
        assert same_everywhere(before[one.id], one, q.media.frames - 1, loose)
    assert found.answer.frames == answer.frames
    assert found.answer.attributes == answer.attributes
    assert TRACKING.parse(TRACKING.dump(found.answer), q) == found.answer


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 800, width=16), min_size=2, max_size=6), min_size=1, max_size=8), st.randoms())
def test_tracks_are_known_again_by_where_they_are(lanes: list[list[float]], chance: Any) -> None:
    q = asked()
    listed = []
    for number, places in enumerate(lanes):
        frames = [0, *sorted(chance.sample(range(1, FRAMES), len(places) - 1))]
        listed.append(moving(number, dict(zip(frames, places, strict=True)), category=number % 2))
    answer = TRACKING.parse({"instances": listed}, q)
    found = joined(TRACKING, answer, q, cut(q, 16, 4), renamed=True)
    assert len(found.answer.instances) == len(answer.instances)
    for one, other in zip(answer.instances, found.answer.instances, strict=True):
        assert same_everywhere(one, other, FRAMES - 1, 0.05)
        assert len(other.geometry.keys) <= len(one.geometry.keys), "nothing of the seams is left"
    assert found.notes == ()
    assert (found.confidence, found.votes) == (0.9, 2)
    assert set(found.parts.values()) == {0.5}, "as sure as its least sure part"


def test_what_only_one_part_knows_stays_and_is_told() -> None:
    q = asked()
    parts = cut(q, 22, 4)
    assert [one.frames for one in parts] == [(0, 22), (18, 40)]
    both, first, second = moving(1, {0: 10}), moving(2, {0: 100, 21: 200}), moving(3, {18: 300}, end=30)
    tracks = [
        TRACKING.parse(
            {
                "instances": [
                    TRACKING.dump(TRACKING.part_of(TRACKING.parse({"instances": [one]}, q), part))["instances"][0]
                    for one in listed
                ]
            },
            part,
        ).instances
        for part, listed in zip(parts, ([both, first], [both, second]), strict=True)
    ]
    made = linked_parts(list(zip(parts, tracks, strict=True)), INNER, q, least=0.3)
    assert [one.id for one in made.tracks] == [both["id"], first["id"], second["id"]]
    assert [(note.part, note.frame) for note in made.notes] == [(first["id"], 21), (second["id"], 18)]
    assert {note.said for note in made.notes} == {CUT}
    assert made.sources[both["id"]] == ((0, both["id"]), (1, both["id"]))
    assert made.tracks[1].geometry.end == 21
    assert (made.tracks[2].geometry.keys[0].frame, made.tracks[2].geometry.end) == (18, 30)


def test_a_note_of_a_part_names_the_joined_track() -> None:
    q = asked()
    answer = TRACKING.parse({"instances": [moving(1, {0: 10})]}, q)
    parts = cut(q, 22, 4)
    verdicts = []
    for number, part in enumerate(parts):
        own = TRACKING.part_of(answer, part)
        own = replace(own, instances=(replace(own.instances[0], id=renaming(own.instances[0], number)),))
        verdicts.append((part, Verdict(own, 0.8, notes=(Note("Look.", own.instances[0].id, 20),))))
    found = TRACKING.whole_of(verdicts, q)
    assert [note.part for note in found.notes] == [found.answer.instances[0].id] * 2


def test_a_track_that_a_part_does_not_show_is_no_part_of_it() -> None:
    q = asked()
    (track,) = TRACKING.parse({"instances": [moving(1, {3: 10}, end=9)]}, q).instances
    assert part_of_track(track, INNER, replace(q, frames=(10, 20))) is None
    part = part_of_track(track, INNER, replace(q, frames=(5, 20)))
    assert part is not None
    assert ([key.frame for key in part.geometry.keys], part.geometry.end) == ([5], 9)


@settings(deadline=None)
@given(st.data(), video_questions())
def test_shapes_of_single_frames_come_back_each_once(data: st.DataObject, q: Question) -> None:
    q = replace(q, frames=None)
    assume(q.media.frames >= 6)
    answer = data.draw(detection_answers(q))
    parts = cut(q, data.draw(st.integers(4, 8)), 2)
    assume(parts)
    found = joined(DETECTION, answer, q, parts).answer
    assert sorted(found.instances, key=lambda one: one.id) == sorted(answer.instances, key=lambda one: one.id)
    assert (found.frames, found.attributes) == (answer.frames, answer.attributes)
