from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer, InvalidJob
from labeling.task_types.attributes import instance_fields
from labeling.task_types.base import Attribute, Category, LabelAttribute, Question, Verdict
from labeling.task_types.bounding_box import BOX
from labeling.task_types.frames import Stretch, agreed_stretches, joined
from labeling.task_types.instances import Instances
from labeling.task_types.tracks import shapes_at, shown
from labeling.task_types.video_object_detection import VideoObjectDetection
from tests.task_types.strategies.videos import detection_answers, tracking_answers, video_questions
from tests.task_types.tracking import CATEGORIES, TRACKING, answer, asked, box, track

DETECTION = VideoObjectDetection()
generated = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


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
