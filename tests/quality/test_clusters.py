from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labeling.geometry.boxes import overlaps
from labeling.quality.clusters import Drawn, cluster

Box = tuple[float, float, float, float]


def _overlaps(a: Sequence[Box], b: Sequence[Box], least: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return overlaps(np.array(a, dtype=float).reshape(-1, 4), np.array(b, dtype=float).reshape(-1, 4), least)


def _voices(*answers: list[tuple[Box, int]]) -> list[list[Drawn[Box]]]:
    return [
        [Drawn(voice, category, f"{voice}-{i}", box) for i, (box, category) in enumerate(answer)]
        for voice, answer in enumerate(answers)
    ]


def test_like_boxes_meet_whatever_their_class() -> None:
    found = cluster(_voices([((0, 0, 10, 10), 0)], [((1, 0, 11, 10), 1)], [((0, 1, 10, 11), 0)]), _overlaps, 0.4)
    assert found.of.tolist() == [0, 0, 0]
    assert len(found.first) == 3


def test_far_boxes_are_things_of_their_own() -> None:
    found = cluster(_voices([((0, 0, 10, 10), 0)], [((7, 0, 17, 10), 0), ((50, 50, 60, 60), 0)]), _overlaps, 0.4)
    assert found.of.tolist() == [0, 1, 2]
    assert found.n_clusters == 3
    assert len(found.first) == 0


def test_a_careless_box_far_from_all_others_still_means_the_only_thing_near_it() -> None:
    thing, careless, apart = (0, 0, 10, 10), (5, 0, 15, 10), (7, 0, 17, 10)  # IoU 1/3 and 3/17
    assert cluster(_voices([(thing, 0)], [(careless, 1)]), _overlaps, 0.4).of.tolist() == [0, 0]
    assert cluster(_voices([(thing, 0)], [(apart, 0)]), _overlaps, 0.4).of.tolist() == [0, 1]


def test_a_careless_box_between_two_things_is_neither() -> None:
    two = [((0, 0, 10, 10), 0), ((11, 0, 21, 10), 0)]
    assert cluster(_voices(two, [((5.5, 0, 15.5, 10), 0)]), _overlaps, 0.4).of.tolist() == [0, 1, 2]


def test_a_worker_has_at_most_one_instance_in_a_cluster() -> None:
    twice = [((0, 0, 10, 10), 0), ((0, 0, 10, 9), 0)]
    found = cluster(_voices([((0, 0, 10, 10), 0)], twice), _overlaps, 0.4)
    assert found.of.tolist() == [0, 0, 1]


def test_the_best_total_decides_not_the_first_that_fits() -> None:
    """The second worker's first box fits both; only the other assignment leaves none alone."""
    first = [((0, 0, 10, 10), 0), ((4, 0, 14, 10), 0)]
    second = [((3, 0, 13, 10), 0), ((6, 0, 16, 10), 0)]
    assert cluster(_voices(first, second), _overlaps, 0.4).of.tolist() == [0, 1, 0, 1]


def test_class_decides_between_two_boxes_on_one_spot() -> None:
    first = [((0, 0, 10, 10), 0), ((0, 0, 10, 10), 1)]
    found = cluster(_voices(first, list(reversed(first))), _overlaps, 0.4)
    assert found.of.tolist() == [0, 1, 1, 0]


def test_nobody_drew_anything() -> None:
    found = cluster(_voices([], []), _overlaps, 0.4)
    assert found.n_clusters == 0
    assert cluster([], _overlaps, 0.4).n_clusters == 0
