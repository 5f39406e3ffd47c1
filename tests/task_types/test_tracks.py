from __future__ import annotations

import json
import uuid
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer, InvalidJob
from labeling.task_types.attributes import instance_fields
from labeling.task_types.base import Answered, Attribute, Category, LabelAttribute, MediaFacts, Question, Verdict, Vote
from labeling.task_types.bounding_box import BOX, Box
from labeling.task_types.frames import Stretch, agreed_stretches, joined
from labeling.task_types.instances import Instances
from labeling.task_types.tracks import Key, Track, shapes_at, shown
from labeling.task_types.tracks_merging import merged, pieced
from labeling.task_types.video_object_detection import VideoObjectDetection
from labeling.task_types.video_object_tracking import VideoObjectTracking
from tests.task_types.strategies.videos import detection_answers, tracking_answers, video_questions

BOX_WEIGHTS = np.ones(3)
TRACKING, DETECTION = VideoObjectTracking(), VideoObjectDetection()
CATEGORIES = (Category("boat"), Category("buoy"))
generated = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


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


def test_before_the_first_key_frame_and_after_the_end_a_track_is_absent_and_absent_stretches_are_not_crossed() -> None:
    one = track((10, box(0)), (20, box(100)), (25, None), (40, box(7)), end=50)
    shapes = shapes_at(BOX, one, list(range(60)), 59)
    assert shown(one, 59) == [(10, 24), (40, 50)]
    assert sorted(shapes) == [*range(10, 25), *range(40, 51)]
    assert shapes[15] == box(50)
    assert shapes[24] == box(100)  # held: the way to what comes after an absence is not known
    assert shapes[50] == box(7)


def test_without_an_end_a_track_is_held_to_the_last_frame_that_is_asked_for() -> None:
    assert shown(track((10, box(0))), 59) == [(10, 59)]
    q = asked(frames=60)
    assert TRACKING.parse(TRACKING.dump(answer(q, track((10, box(0))))), q).instances[0].geometry.end is None


def test_absence_told_twice_is_told_once_and_has_no_end() -> None:
    q = asked()
    told = answer(q, track((0, box(0)), (5, None), (9, None), end=30)).instances[0].geometry
    assert told == track((0, box(0)), (5, None))


def test_a_chunk_of_a_long_video_takes_only_its_own_frames() -> None:
    q = asked(frames=1000, tools=("box",))
    chunk = Question(q.categories, q.media, tools=q.tools, frames=(100, 200))
    answer(chunk, track((100, box(0)), (199, box(9))))
    with pytest.raises(InvalidAnswer, match="asks for 100 to 199"):
        answer(chunk, track((99, box(0))))


def test_too_many_tracks_are_refused() -> None:
    with pytest.raises(InvalidAnswer, match="at most 2,000"):
        TRACKING.parse({"instances": [{}] * 2001}, asked())


def test_class_names_with_a_colon_are_refused_in_tracking_jobs_only() -> None:
    with pytest.raises(InvalidJob, match="colon"):
        TRACKING.check_settings({}, (Category("boat: sail"),))
    TRACKING.check_settings({}, CATEGORIES)
    DETECTION.check_settings({}, (Category("boat: sail"),))


def test_a_track_has_attributes_as_a_whole_and_frame_by_frame() -> None:
    fields = (
        Attribute("flag", "text", scope="track"),
        Attribute("lit", "tick"),
        Attribute("fog", "tick", scope="frame"),
    )
    q = asked(attributes=fields)
    raw = {
        "instances": [
            {
                "id": str(uuid.UUID(int=1)),
                "shape": "box",
                "category": 0,
                "geometry": {
                    "keys": [{"frame": 0, "at": BOX.dump(box(0))}],
                    "end": 2,
                    "values": [
                        {"from": 0, "to": 0, "attributes": {"lit": True}},
                        {"from": 1, "to": 1, "attributes": {"lit": True}},
                    ],
                },
                "attributes": {"flag": "red"},
            }
        ],
        "frames": [{"from": 2, "to": 2, "attributes": {"fog": True}}],
    }
    parsed = TRACKING.parse(raw, q)
    assert parsed.instances[0].geometry.values == (Stretch(0, 1, (("lit", True),)),)
    file = _file(TRACKING.to_manifest(Verdict(parsed, 1.0), q))["tracking-annotations"]
    told = [frame["annotations"][0]["label-category-attributes"] for frame in file[:3]]
    assert told == [{"flag": "red", "lit": "true"}, {"flag": "red", "lit": "true"}, {"flag": "red"}]
    assert [frame["frame-attributes"] for frame in file[1:3]] == [{}, {"fog": "true"}]
    assert instance_fields(q, 0, "track") == fields[:1]


def test_stretches_agree_frame_by_frame() -> None:
    field = Attribute("fog", "tick", scope="frame")
    yes, no = (("fog", True),), (("fog", False),)
    given_ = [(Stretch(0, 9, yes),), (Stretch(5, 20, yes),), (Stretch(0, 30, no),)]
    made = agreed_stretches((field,), given_, [0.9, 0.9, 0.8], ["a", "b", "c"])
    told = {frame: one.values for one in made for frame in range(one.first, one.last + 1)}
    assert all(told[frame] == yes for frame in range(5, 10))
    assert 25 not in told
    assert made == agreed_stretches((field,), given_[::-1], [0.8, 0.9, 0.9], ["c", "b", "a"])
    assert joined([Stretch(0, 1, yes), Stretch(2, 3, yes), Stretch(4, 5, ())]) == (Stretch(0, 3, yes),)


# Files


def _file(label: LabelAttribute) -> Any:
    return json.loads(next(iter(label.side_files.values())))


def test_a_file_holds_every_frame_in_order_boxes_in_whole_pixels_and_names_by_class() -> None:
    q = asked(frames=12)
    label = TRACKING.to_manifest(
        Verdict(answer(q, track((2, box(0.4)), (6, box(10))), track((3, box(90)), end=4)), 1.0), q
    )
    frames = _file(label)["tracking-annotations"]
    assert [one["frame-no"] for one in frames] == list(range(12))
    assert [len(one["annotations"]) for one in frames] == [0, 0, 1, 2, 2, *[1] * 7]
    entry = frames[4]["annotations"][0]
    assert entry == {
        "left": 5, "top": 20, "width": 40, "height": 30, "class-id": "0", "label-category-attributes": {},
        "object-id": str(uuid.UUID(int=0)), "object-name": "boat:1",
    }  # fmt: skip
    assert frames[4]["annotations"][1]["object-name"] == "boat:2"
    assert all(type(entry[key]) is int for key in ("left", "top", "width", "height"))
    assert label.metadata == {"class-map": {"0": "boat"}}


def test_several_tools_are_several_labels_that_are_read_together() -> None:
    q = asked(tools=("box", "polygon"))
    outline = {"vertices": [{"x": 10, "y": 10}, {"x": 60, "y": 12}, {"x": 40, "y": 70}]}
    more = {
        "id": str(uuid.UUID(int=9)),
        "shape": "polygon",
        "category": 1,
        "geometry": {"keys": [{"frame": 3, "at": outline}]},
    }
    whole = TRACKING.dump(answer(q, track((2, box(0)), (9, box(28)), end=20)))
    both = TRACKING.parse({"instances": [*whole["instances"], more]}, q)
    verdict = Verdict(both, 1.0)
    first, further = TRACKING.to_manifest(verdict, q), TRACKING.further_labels(verdict, q)
    assert list(further) == ["polygon"]
    assert first.metadata == {"class-map": {"0": "boat"}}
    assert further["polygon"].metadata == {"class-map": {"1": "buoy"}}
    assert first.value != further["polygon"].value
    pure = [LabelAttribute(one.value, one.metadata, one.side_files) for one in (first, further["polygon"])]
    assert TRACKING.from_manifests(pure, q) == both
    assert TRACKING.from_manifest(first, q) == both  # the exact answer stands beside the first


def test_few_key_frames_come_back_from_a_file_without_any() -> None:
    q = asked(frames=300)
    told = answer(q, track((0, box(0)), (100, box(300)), (200, None), (250, box(7))))
    label = TRACKING.to_manifest(Verdict(told, 1.0), q)
    read = TRACKING.from_manifest(LabelAttribute(label.value, label.metadata, label.side_files), q)
    keys = read.instances[0].geometry.keys
    assert len(keys) <= 8
    assert _file(TRACKING.to_manifest(Verdict(read, 1.0), q)) == _file(label)


@generated
@given(data=st.data())
def test_a_file_that_is_read_and_written_again_is_the_same_file(data: st.DataObject) -> None:
    q = data.draw(video_questions())
    for kind, answers in ((TRACKING, tracking_answers), (DETECTION, detection_answers)):
        verdict = Verdict(data.draw(answers(q)), 1.0)
        labels = [kind.to_manifest(verdict, q), *kind.further_labels(verdict, q).values()]
        pure = [LabelAttribute(one.value, one.metadata, one.side_files) for one in labels]
        again = Verdict(kind.from_manifests(pure, q), 1.0)
        written = [kind.to_manifest(again, q), *kind.further_labels(again, q).values()]
        for one, other in zip(labels, written, strict=True):
            assert _unordered(one) == _unordered(other)


def _unordered(label: LabelAttribute) -> Any:
    """Names go by the order of tracks, which a file does not keep."""
    frames = next(iter(_file(label).values()))
    for frame in frames:
        for listed in frame.values():
            if isinstance(listed, list):
                for one in listed:
                    one.pop("object-name", None)
                listed.sort(key=json.dumps)
    return frames


def test_a_file_that_somebody_changed_counts_for_more_than_what_stands_beside_it() -> None:
    q = asked()
    label = TRACKING.to_manifest(Verdict(answer(q, track((0, box(0)), (9, box(30)))), 1.0), q)
    changed = _file(label)
    for frame in changed["tracking-annotations"]:
        for one in frame["annotations"]:
            one["top"] += 5
    files = {label.value: json.dumps(changed).encode()}
    read = TRACKING.from_manifest(LabelAttribute(label.value, label.metadata, files, label.ours), q)
    assert read.instances[0].geometry.keys[0].at.top == 25


def test_old_files_call_frames_by_text_and_numbers_out_of_the_video_are_refused() -> None:
    q = asked(frames=3)
    entry = {"left": 1, "top": 2, "width": 3, "height": 4, "class-id": "0", "object-id": "x", "object-name": "boat:1"}

    def read(number: Any) -> Instances:
        content = json.dumps({"tracking-annotations": [{"frame-no": number, "annotations": [entry]}]}).encode()
        return TRACKING.from_manifest(LabelAttribute("f", {"class-map": {"0": "boat"}}, {"f": content}), q)

    assert read("1").instances[0].geometry.keys[0].frame == 1
    with pytest.raises(InvalidAnswer, match="no such frame"):
        read(3)


# Several workers


def test_the_middle_of_tracks_has_few_key_frames_within_a_pixel() -> None:
    q = asked(frames=200)
    tracks = [track((0, box(at)), (100, box(200 + at)), (199, box(100 + at)), end=198) for at in (0.0, 2.0, 4.0)]
    made = merged(BOX, tracks, BOX_WEIGHTS, q)
    assert len(made.keys) <= 4
    frames = list(range(199))
    want = shapes_at(BOX, tracks[1], frames, 199)
    assert all(abs(one.left - want[frame].left) <= 1.01 for frame, one in shapes_at(BOX, made, frames, 199).items())
    assert made.end == 198


def test_where_most_say_a_thing_is_absent_it_is() -> None:
    q = asked(frames=100)
    tracks = [
        track((0, box(0)), (40, None), (60, box(0))),
        track((0, box(0)), (42, None), (60, box(0))),
        track((0, box(0.5))),
    ]
    assert shown(merged(BOX, tracks, BOX_WEIGHTS, q), 99) == [(0, 41), (60, 99)]


def test_a_track_of_parts_of_tracks_runs_as_they_ran() -> None:
    q = asked(frames=100)
    a, b = track((0, box(0)), (90, box(90))), track((0, box(300)), (90, box(390)), end=95)
    made = pieced(BOX, [(a, 0, 49), (b, 50, 99)], q)
    assert made is not None
    shapes = shapes_at(BOX, made, list(range(100)), 99)
    assert shapes[30].left == pytest.approx(30)
    assert shapes[49].left == pytest.approx(49)
    assert shapes[50].left == pytest.approx(350)
    assert shown(made, 99) == [(0, 95)]
    assert pieced(BOX, [(b, 97, 99)], q) is None


def test_a_worker_who_swaps_two_things_is_put_right_by_the_others_and_told_of() -> None:
    q = asked(frames=100)
    left, right = track((0, box(0))), track((0, box(300)))
    swapped = track((0, box(1)), (49, box(1)), (50, box(301))), track((0, box(301)), (49, box(301)), (50, box(1)))
    votes = (
        Vote("ana", answer(q, left, right)),
        Vote("ben", answer(q, track((0, box(0.5))), track((0, box(300.5))), first_id=10)),
        Vote("cem", answer(q, *swapped, first_id=20)),
    )
    verdict = TRACKING.consolidate(Answered(q, votes), {})
    assert len(verdict.answer.instances) == 2
    for one in verdict.answer.instances:
        lefts = [shape.left for shape in shapes_at(BOX, one.geometry, list(range(100)), 99).values()]
        assert len(lefts) == 100
        assert max(lefts) - min(lefts) < 2
    assert {note.frame for note in verdict.notes} == {50}
    assert {note.part for note in verdict.notes} == {one.id for one in verdict.answer.instances}


def test_a_track_that_was_broken_in_two_is_one_thing() -> None:
    q = asked(frames=100)
    votes = (
        Vote("ana", answer(q, track((0, box(0))))),
        Vote("ben", answer(q, track((0, box(1))), first_id=10)),
        Vote("cem", answer(q, track((0, box(0)), end=44), track((45, box(0))), first_id=20)),
    )
    (one,) = TRACKING.consolidate(Answered(q, votes), {}).answer.instances
    assert shown(one.geometry, 99) == [(0, 99)]


def test_where_all_are_late_the_label_begins_before_most_of_them() -> None:
    """Twelve videos show how late each one is; in each, three things are there from frame 40 on."""
    q, generator = asked(frames=200), np.random.default_rng(5)
    late = {"ana": 1, "ben": 4, "cem": 6, "dua": 8, "eva": 10}
    votes = [
        [
            Vote(name, answer(q, *(track((40 + int(generator.exponential(by)), box(0, top))) for top in (0, 100, 200))))
            for name, by in late.items()
        ]
        for _ in range(12)
    ]
    job = [Answered(q, tuple(one)) for one in votes]
    skills = TRACKING.skills(job)
    begins = [
        [
            shown(one.geometry, 199)[0][0] - 40
            for each in job
            for one in TRACKING.consolidate(each, known).answer.instances
        ]
        for known in (skills, {})
    ]
    assert len(begins[0]) == len(begins[1]) == 36
    assert np.mean(begins[0]) < 0.6 * np.mean(begins[1])


def test_identities_that_the_first_label_mixed_up_are_looked_at_again() -> None:
    """Who drew one of two things only, and who lost it half way, leave a first label with tracks of both."""
    q = asked(frames=120)
    left, right = track((0, box(0))), track((0, box(300)))
    votes = (
        Vote("ana", answer(q, left, right)),
        Vote("ben", answer(q, track((0, box(1))), track((0, box(301)), end=70), first_id=10)),
        Vote("cem", answer(q, track((0, box(2)), (59, box(2)), (60, box(302))), first_id=20)),
    )
    verdict = TRACKING.consolidate(Answered(q, votes), {})
    for one in verdict.answer.instances:
        lefts = [shape.left for shape in shapes_at(BOX, one.geometry, list(range(120)), 119).values()]
        assert max(lefts) - min(lefts) < 3
    assert len(verdict.answer.instances) == 2


def lefts_of(verdict: Verdict[Instances], frames: int) -> list[list[float]]:
    return [
        [shape.left for shape in shapes_at(BOX, one.geometry, list(range(frames)), frames - 1).values()]
        for one in verdict.answer.instances
    ]


def test_two_who_swap_two_things_at_the_same_place_do_not_outvote_where_the_things_are() -> None:
    q = asked(frames=100)
    swapped = track((0, box(1)), (49, box(1)), (50, box(301))), track((0, box(301)), (49, box(301)), (50, box(1)))
    votes = (
        Vote("ana", answer(q, track((0, box(0))), track((0, box(300))))),
        Vote("ben", answer(q, *swapped, first_id=10)),
        Vote("cem", answer(q, *swapped, first_id=20)),
    )
    lefts = lefts_of(TRACKING.consolidate(Answered(q, votes), {}), 100)
    assert sorted(round(one[0], -2) for one in lefts) == [0, 300]
    assert all(len(one) == 100 and max(one) - min(one) < 2 for one in lefts)


def test_things_that_pass_through_one_another_are_who_people_say_they_are() -> None:
    q = asked(frames=101)

    def crossing(by: float) -> tuple[Track, Track]:
        """They meet in frame 50, and each goes back where it came from."""
        return (
            track((0, box(by)), (50, box(100 + by)), (100, box(by))),
            track((0, box(200 + by)), (50, box(101 + by)), (100, box(200 + by))),
        )

    names = ("ana", "ben", "cem")
    votes = tuple(Vote(name, answer(q, *crossing(at), first_id=10 * at)) for at, name in enumerate(names))
    lefts = lefts_of(TRACKING.consolidate(Answered(q, votes), {}), 101)
    assert sorted((round(one[0]), round(one[50]), round(one[-1])) for one in lefts) == [(1, 101, 1), (201, 102, 201)]


def test_a_thing_that_comes_back_elsewhere_is_the_same_where_most_say_so() -> None:
    q = asked(frames=100)
    whole = track((0, box(0)), (30, None), (60, box(300)))
    votes = (
        Vote("ana", answer(q, whole)),
        Vote("ben", answer(q, track((0, box(1)), (31, None), (61, box(301))), first_id=10)),
        Vote("cem", answer(q, track((0, box(0)), end=29), track((60, box(300))), first_id=20)),
    )
    (one,) = TRACKING.consolidate(Answered(q, votes), {}).answer.instances
    assert [last - first for first, last in shown(one.geometry, 99)] == pytest.approx([30, 39], abs=2)


def test_turned_boxes_and_other_shapes_are_joined_by_a_first_label() -> None:
    turning = asked(frames=100, settings={"rotation": True})
    leaning = [
        track((0, Box(left, 20.0, 40.0, 30.0, 10.0)), (49, Box(left, 20.0, 40.0, 30.0, 10.0)), (50, box(far)))
        for left, far in ((0, 300), (300, 0))
    ]
    straight = [track((0, Box(left, 20.0, 40.0, 30.0, 10.0))) for left in (0.0, 300.0)]
    votes = (
        Vote("ana", answer(turning, *straight)),
        Vote("ben", answer(turning, *(track((0, one.keys[0].at)) for one in straight), first_id=10)),
        Vote("cem", answer(turning, *leaning, first_id=20)),
    )
    lefts = lefts_of(TRACKING.consolidate(Answered(turning, votes), {}), 100)
    assert len(lefts) == 2
    assert all(max(one) - min(one) < 12 for one in lefts)
