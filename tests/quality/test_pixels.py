from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from labeling.quality.crowd import Crowd, decide
from labeling.quality.pixels import LOOKS, Decision, looks, merged, voted

some = settings(max_examples=40, deadline=None)
Bits = NDArray[np.bool_]


def disc(cx: float, cy: float, radius: float, size: int = 40) -> Bits:
    y, x = np.mgrid[:size, :size] + 0.5
    return np.asarray((x - cx) ** 2 + (y - cy) ** 2 <= radius**2)


def overlap(a: Bits, b: Bits) -> float:
    return float((a & b).sum() / (a | b).sum())


def equal_workers(told: list[int]) -> Decision:
    chosen, _, posterior = decide([(f"w{place}", one) for place, one in enumerate(told)], Crowd(), 4)
    return chosen, posterior


# One thing


def test_equal_masks_give_that_mask() -> None:
    one = disc(20, 20, 9)
    assert (merged([one, one, one], np.ones(3)) == one).all()


@some
@given(seed=st.integers(0, 999), workers=st.integers(1, 5))
def test_what_all_painted_stays_and_what_nobody_painted_never_comes(seed: int, workers: int) -> None:
    generator = np.random.default_rng(seed)
    crops = [generator.random((9, 11)) < 0.6 for _ in range(workers)]
    result = merged(crops, generator.uniform(0.1, 2, workers))
    assert (np.logical_and.reduce(crops) <= result).all()
    assert (result <= np.logical_or.reduce(crops)).all()


def test_the_heavier_side_wins() -> None:
    left, right = disc(15, 20, 8), disc(26, 20, 8)
    assert overlap(merged([left, right, right], np.array([3.0, 1, 1])), left) > 0.9
    assert overlap(merged([left, right, right], np.array([1.0, 1, 1])), right) > 0.9


def test_two_who_agree_to_the_pixel_lose_no_edge_to_a_third() -> None:
    one, other = np.zeros((30, 30), dtype=bool), np.zeros((30, 30), dtype=bool)
    one[5:25, 5:25] = True
    lost = one & ~merged([one, one, other], np.ones(3))
    assert lost.sum() <= 4  # the very corners


def test_two_who_differ_at_an_edge_meet_in_the_middle() -> None:
    small, large = disc(20, 20, 8), disc(20, 20, 12)
    for crops in ([small, large], [large, small]):
        assert overlap(merged(crops, np.ones(2)), disc(20, 20, 10)) > 0.9


def test_rough_hands_give_a_better_mask_together_than_alone() -> None:
    generator = np.random.default_rng(5)
    truth = disc(30, 30, 18, 60)
    distance = ndimage.distance_transform_edt(truth) - ndimage.distance_transform_edt(~truth)
    crops = []
    for _ in range(5):
        slip = ndimage.gaussian_filter(generator.standard_normal(truth.shape), 2)
        crops.append(distance + 2.5 * slip / slip.std() > 0)
    alone = float(np.mean([overlap(crop, truth) for crop in crops]))
    assert overlap(merged(crops, np.ones(5)), truth) > alone + 0.02


# Many classes


def test_pixels_that_nobody_contests_stand() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(3, 4) % 4
    outcome = voted(np.stack([picture, picture]), equal_workers)
    assert (outcome.labels == picture).all()
    assert outcome.likeness.keys() == {0, 1, 2, 3}


def test_two_against_one_win_and_the_order_does_not_matter() -> None:
    a, b = np.zeros((9, 9), dtype=np.uint8), np.zeros((9, 9), dtype=np.uint8)
    a[2:7, 2:7], b[2:7, 2:7] = 1, 2
    assert (voted(np.stack([a, b, b]), equal_workers).labels == b).all()
    assert (voted(np.stack([b, a, b]), equal_workers).labels == b).all()


@some
@given(seed=st.integers(0, 999), workers=st.integers(1, 4))
def test_a_pixel_gets_a_class_that_somebody_gave_near_it(seed: int, workers: int) -> None:
    labels = np.random.default_rng(seed).integers(0, 4, (workers, 6, 7)).astype(np.uint8)
    outcome = voted(labels, equal_workers)
    assert set(np.unique(outcome.labels)) <= set(np.unique(labels))
    agreed = (labels == labels[0]).all(axis=0)
    assert (outcome.labels[agreed] == labels[0][agreed]).all()
    assert outcome.likeness.keys() == set(np.unique(outcome.labels).tolist())
    assert all(0 <= one <= 1 for one in outcome.likeness.values())


def test_a_mask_that_all_drew_alike_is_expected_to_be_right_and_a_contested_one_less() -> None:
    one, other = np.zeros((20, 20), dtype=np.uint8), np.zeros((20, 20), dtype=np.uint8)
    one[5:15, 5:15] = 1
    other[5:15, 10:20] = 1
    alike = voted(np.stack([one, one, one]), equal_workers).likeness[1]
    contested = voted(np.stack([one, one, other]), equal_workers).likeness[1]
    assert alike > 0.99
    assert contested < 0.95


def test_nothing_at_all_is_nothing() -> None:
    outcome = voted(np.zeros((3, 0, 0), dtype=np.uint8), equal_workers)
    assert (outcome.labels.shape, outcome.likeness) == ((0, 0), {})


def test_looks_are_few_and_as_contested_as_what_was_painted() -> None:
    one, other = np.zeros((30, 30), dtype=np.uint8), np.zeros((30, 30), dtype=np.uint8)
    one[:20], other[5:20] = 1, 1
    found = looks(np.stack([one, other]))
    assert len(found) == LOOKS
    assert sum(a != b for a, b in found) == pytest.approx(LOOKS / 4, abs=1)
    assert [0, 0] not in found
    assert looks(np.zeros((2, 9, 9), dtype=np.uint8)) == [[0, 0]]
    assert looks(np.zeros((3, 0, 0), dtype=np.uint8)) == [[0, 0, 0]]


@pytest.mark.parametrize("workers", [2, 5])
def test_a_large_picture_costs_less_than_two_seconds(workers: int) -> None:
    generator = np.random.default_rng(1)
    y, x = np.mgrid[:540, :960]
    labels = []
    for _ in range(workers):
        wave = 30 * np.sin(x / 90 + generator.uniform(0, 0.3)) + generator.uniform(-4, 4)
        labels.append(np.clip((y + wave) // 110, 0, 3).astype(np.uint8))
    begun = time.process_time()
    voted(np.stack(labels), equal_workers)
    assert time.process_time() - begun < 2
