from __future__ import annotations

import time
import uuid

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Answered, Category, LabelAttribute, MediaFacts, Question, Verdict, Vote
from labeling.task_types.bounding_box import BOX, BoundingBox, Box
from labeling.task_types.instances import MOST, Instance, Instances, Origin

KIND = BoundingBox()
Q = Question((Category("boat"), Category("heron")), MediaFacts("image", 640, 480), tools=("box",))


def ident(number: int) -> str:
    return str(uuid.UUID(int=number))


def boxes(*rows: tuple[float, float, float, float], category: int = 0, first: int = 1, **more: object) -> Instances:
    return Instances(
        tuple(Instance(ident(first + i), "box", category, Box(*row), **more) for i, row in enumerate(rows))
    )


def asked(**votes: Instances) -> Answered[Instances]:
    return Answered(Q, tuple(Vote(worker, answer) for worker, answer in votes.items()))


def raw(**geometry: object) -> dict[str, object]:
    sides = {"left": 10, "top": 10, "width": 20, "height": 20, **geometry}
    return {"instances": [{"id": ident(1), "shape": "box", "category": 0, "geometry": sides}]}


# Reading


def test_a_box_up_to_half_a_pixel_outside_is_clipped() -> None:
    parsed = KIND.parse(raw(left=-0.5, top=-0.25, width=640.9, height=480.5), Q)
    assert parsed.instances[0].geometry == Box(0, 0, 640, 480)


@pytest.mark.parametrize(
    "geometry", [{"left": -0.51}, {"top": -3}, {"left": 630}, {"height": 470.6}, {"left": 640.2, "width": 0.1}]
)
def test_a_box_further_outside_is_refused(geometry: dict[str, float]) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        KIND.parse(raw(**geometry), Q)
    assert caught.value.pointer == "/instances/0/geometry"
    assert "image" in caught.value.what


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "20", True, None, 10**400, [20]])
@pytest.mark.parametrize("side", ["left", "top", "width", "height"])
def test_a_side_is_a_finite_number(side: str, value: object) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        KIND.parse(raw(**{side: value}), Q)
    assert caught.value.pointer == f"/instances/0/geometry/{side}"


def test_more_than_twenty_thousand_instances_are_refused_at_once() -> None:
    with pytest.raises(InvalidAnswer) as caught:
        KIND.parse({"instances": [None] * (MOST + 1)}, Q)
    assert caught.value.pointer == "/instances"
    assert "20,000" in caught.value.what


def test_attributes_group_and_origin_may_be_left_out() -> None:
    assert KIND.parse(raw(), Q) == boxes((10, 10, 20, 20))


def test_where_an_instance_came_from_does_not_make_it_another() -> None:
    assert boxes((1, 1, 9, 9), origin=Origin("m-1", "accepted")) == boxes((1, 1, 9, 9))


# Consolidation


def test_two_of_three_workers_make_a_box_and_one_of_three_does_not() -> None:
    verdict = KIND.consolidate(
        asked(
            ana=boxes((100, 100, 50, 40)),
            ben=boxes((102, 100, 50, 40), (300, 300, 30, 30)),
            cem=boxes((400, 50, 60, 60)),
        ),
        {},
    )
    assert [one.geometry.left for one in verdict.answer.instances] == [101]


def test_a_single_workers_boxes_all_stand_with_a_confidence() -> None:
    answer = boxes((10, 10, 40, 40), (200, 10, 40, 40))
    verdict = KIND.consolidate(asked(ana=answer), {})
    assert verdict.answer == answer
    assert all(0.6 < confidence < 0.95 for confidence in verdict.parts.values())
    assert verdict.confidence < min(verdict.parts.values())


def test_class_is_voted_among_boxes_of_one_place() -> None:
    verdict = KIND.consolidate(
        asked(
            ana=boxes((10, 10, 40, 40), category=1),
            ben=boxes((11, 10, 40, 40), category=1),
            cem=boxes((10, 11, 40, 40)),
        ),
        {},
    )
    assert [one.category for one in verdict.answer.instances] == [1]


def test_one_careless_corner_does_not_drag_the_box_along() -> None:
    verdict = KIND.consolidate(
        asked(ana=boxes((100, 100, 100, 100)), ben=boxes((100, 100, 101, 100)), cem=boxes((100, 100, 190, 100))), {}
    )
    assert verdict.answer.instances[0].geometry.width < 112


def test_exact_workers_weigh_more_than_careless_ones() -> None:
    rng = np.random.default_rng(8)
    job = []
    for _ in range(40):
        left, top = rng.uniform(50, 300, 2)
        noise = {"exact": 1.0, "also": 1.5, "careless": 18.0}
        job.append(
            asked(
                **{
                    name: boxes((left + rng.normal(0, by), top + rng.normal(0, by), 120, 120))
                    for name, by in noise.items()
                }
            )
        )
    skills = KIND.skills(job)
    merged = KIND.consolidate(
        asked(exact=boxes((100, 100, 120, 120)), careless=boxes((120, 120, 120, 120))), skills
    ).answer.instances[0]
    assert merged.geometry.left < 103


def test_a_worker_who_sees_ghosts_is_doubted_alone() -> None:
    rng = np.random.default_rng(9)
    job = []
    for _ in range(30):
        left = float(rng.uniform(0, 300))
        true = (left, 10, 50, 50)
        job.append(asked(ana=boxes(true), ben=boxes(true), ghost=boxes(true, (left, 300, 60, 60))))
    verdict = KIND.consolidate(asked(ana=boxes(), ghost=boxes((10, 10, 50, 50))), KIND.skills(job))
    assert verdict.answer == Instances()


def test_empty_answers_agree_that_nothing_is_there() -> None:
    verdict = KIND.consolidate(asked(ana=Instances(), ben=Instances()), {})
    assert verdict.answer == Instances()
    assert 0.9 < verdict.confidence < 1
    assert KIND.consolidate(asked(ana=Instances()), {}).confidence < verdict.confidence


def test_two_things_under_one_proposals_id_get_two_ids() -> None:
    """Both workers kept the proposal's id, and moved the box to different things."""
    ana, ben = boxes((10, 10, 40, 40)), boxes((300, 300, 40, 40))
    both = Instances((*ana.instances, *boxes((300, 300, 40, 40), first=2).instances))
    also = Instances((*ben.instances, *boxes((10, 10, 40, 40), first=2).instances))
    verdict = KIND.consolidate(asked(ana=both, ben=also), {})
    ids = [one.id for one in verdict.answer.instances]
    assert len(ids) == len(set(ids)) == 2
    assert KIND.parse(KIND.dump(verdict.answer), Q) == verdict.answer


def test_the_match_threshold_is_the_jobs_to_set() -> None:
    strict = Question(Q.categories, Q.media, tools=("box",), settings={"match_threshold": 0.9})
    votes = asked(ana=boxes((10, 10, 40, 40)), ben=boxes((18, 10, 40, 40), first=5)).votes
    assert len(KIND.consolidate(Answered(Q, votes), {}).answer.instances) == 1
    assert KIND.agreement(votes[0].answer, votes[1].answer, strict) == 0
    assert KIND.agreement(votes[0].answer, votes[1].answer, Q) == pytest.approx(2 / 3)


# What an audit counts


@pytest.mark.parametrize(
    ("machine", "right"),
    [
        (boxes((10, 10, 40, 40)), True),
        (boxes((20, 10, 40, 40)), True),
        (boxes((30, 10, 40, 40)), False),
        (boxes((10, 10, 40, 40), category=1), False),
        (boxes((10, 10, 40, 40), (200, 200, 9, 9)), False),
        (Instances(), False),
    ],
)
def test_a_machines_boxes_are_right_when_each_meets_one_of_the_peoples(machine: Instances, *, right: bool) -> None:
    assert KIND.right(machine, boxes((10, 10, 40, 40), first=7), Q) is right


# Manifests


@given(st.floats(0, 639.9), st.floats(0, 479.9), st.floats(0.001, 640), st.floats(0.001, 480))
def test_written_boxes_have_two_decimals_at_most_and_lie_inside(
    left: float, top: float, width: float, height: float
) -> None:
    answer = boxes((left, top, min(width, 640 - left), min(height, 480 - top)))
    written = KIND.to_manifest(Verdict(answer, 1.0, votes=2), Q).value["annotations"][0]
    assert written["left"] >= 0
    assert written["top"] >= 0
    assert written["left"] + written["width"] <= 640
    assert written["top"] + written["height"] <= 480
    for key in ("left", "top", "width", "height"):
        assert written[key] == round(written[key], 2)
        assert isinstance(written[key], int) == float(written[key]).is_integer()
        assert abs(written[key] - getattr(answer.instances[0].geometry, key)) < 0.0151
    assert written["width"] > 0
    assert written["height"] > 0


def test_only_classes_that_occur_stand_in_the_class_map() -> None:
    written = KIND.to_manifest(Verdict(boxes((1, 1, 9, 9), category=1), 0.5, {ident(1): 0.777}, votes=3), Q)
    assert written.metadata == {"objects": [{"confidence": 0.78}], "class-map": {"1": "heron"}}
    assert KIND.to_manifest(Verdict(Instances(), 0.5), Q).metadata == {"objects": [], "class-map": {}}


@pytest.mark.parametrize(("votes", "written"), [(0, 0.9), (1, 0), (2, 0.9)])
def test_confidence_is_written_as_zero_when_one_worker_answered(votes: int, written: float) -> None:
    verdict = Verdict(boxes((1, 1, 9, 9)), 0.5, {ident(1): 0.9}, votes)
    assert KIND.to_manifest(verdict, Q).metadata["objects"] == [{"confidence": written}]


def test_names_decide_where_a_manifest_numbers_the_classes_otherwise() -> None:
    value = {"annotations": [{"class_id": 0, "left": 1, "top": 1, "width": 9, "height": 9}]}
    assert KIND.from_manifest(LabelAttribute(value, {"class-map": {"0": "heron"}}), Q).instances[0].category == 1


def test_reading_a_manifest_twice_gives_the_same_ids() -> None:
    written = KIND.to_manifest(Verdict(boxes((1, 1, 9, 9), (1, 1, 9, 9)), 1.0), Q)
    read = [KIND.from_manifest(LabelAttribute(written.value, written.metadata), Q) for _ in range(2)]
    assert read[0] == read[1]
    assert len({one.id for one in read[0].instances}) == 2


def test_what_a_manifest_has_no_place_for_comes_back_from_ours() -> None:
    answer = boxes((1, 1, 9, 9), (20, 20, 9, 9), group="pair")
    written = KIND.to_manifest(Verdict(answer, 1.0, votes=2), Q)
    assert KIND.from_manifest(written, Q) == answer


def test_workers_answers_name_labels_and_the_images_size() -> None:
    assert KIND.worker_answer(boxes((35, 20.5, 81, 60), category=1), Q) == {
        "boundingBox": {
            "boundingBoxes": [{"label": "heron", "left": 35, "top": 20.5, "width": 81, "height": 60}],
            "inputImageProperties": {"width": 640, "height": 480},
        }
    }


# Shapes and size


def test_boxes_between_key_frames_move_evenly() -> None:
    a, b = Box(0, 0, 10, 10), Box(100, 50, 30, 20)
    assert BOX.interpolate(a, b, 0) == a
    assert BOX.interpolate(a, b, 1) == b
    assert BOX.interpolate(a, b, 0.5) == Box(50, 25, 20, 15)


def test_thousands_of_boxes_are_compared_and_consolidated_in_seconds() -> None:
    rng = np.random.default_rng(10)
    places = np.column_stack([rng.uniform(0, 620, 1500), rng.uniform(0, 460, 1500), np.full(1500, 8), np.full(1500, 8)])
    answers = [boxes(*(map(tuple, places + rng.normal(0, 0.4, (1500, 4)) * [0, 0, 1, 1]))) for _ in range(2)]
    started = time.process_time()
    assert KIND.agreement(*answers, Q) > 0.7
    KIND.consolidate(asked(ana=answers[0], ben=answers[1]), {})
    assert time.process_time() - started < 6


def test_what_holds_for_the_whole_label_beside_the_lists_does_not_disturb_reading() -> None:
    raw = {"class_id": 1, "left": 1, "top": 2, "width": 3, "height": 4}
    value = {"image_size": [{"width": 640, "height": 480, "depth": 3}], "annotations": [raw]}
    plain = LabelAttribute(value, {"class-map": {"1": "heron"}})
    extended = LabelAttribute(value, {"class-map": {"1": "heron"}}, ours={"v": 1, "annotators": 3, "model": "m"})
    assert KIND.from_manifest(plain, Q) == KIND.from_manifest(extended, Q)


def test_the_lead_says_from_which_overlap_a_machines_box_is_right() -> None:
    for settings, right in (({}, True), ({"right_from": 0.9}, False)):
        q = Question(Q.categories, Q.media, tools=Q.tools, settings=settings)
        machine, people = boxes((0, 0, 50, 50)), boxes((10, 0, 50, 50))
        assert KIND.right(machine, people, q) is right, "an overlap of two thirds"
