from __future__ import annotations

import numpy as np
import pytest

from labeling.task_types.base import Answered, Verdict, Vote
from labeling.task_types.bounding_box import BOX, Box
from labeling.task_types.instances import Instances
from labeling.task_types.tracks import Track, shapes_at, shown
from labeling.task_types.tracks_merging import merged, pieced
from tests.task_types.tracking import TRACKING, answer, asked, box, track

BOX_WEIGHTS = np.ones(3)


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


def test_what_stands_still_up_to_a_seam_does_not_drift_to_where_the_next_part_has_it() -> None:
    q = asked(frames=40)
    made = pieced(BOX, [(track((0, box(10))), 0, 19), (track((20, box(18))), 20, 39)], q)
    assert made is not None
    lefts = [one.left for one in shapes_at(BOX, made, list(range(40)), 39).values()]
    assert lefts == [10.0] * 20 + [18.0] * 20
