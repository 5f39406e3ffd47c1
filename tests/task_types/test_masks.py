"""What the two kinds of segmentation share: reading masks, pictures of numbers, colours, slips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer
from labeling.geometry.masks import Mask, Window, full_mask, mask_of, shared
from labeling.task_types.base import Category, MediaFacts, Question
from labeling.task_types.masks import MASK, MOST, MOST_COUNTS, colour, hex_of, masks_in, painted, palette, slipped
from tests.geometry.masks import pictures
from tests.geometry.slow_masks import counts_of

Q = Question((Category("a"),), MediaFacts("image", 8, 4), tools=("mask",))
BLOCK = mask_of(np.ones((2, 3), dtype=bool), Window(2, 1, 3, 2), (4, 8))


def test_other_texts_of_the_same_mask_are_read_and_kept_as_the_one() -> None:
    whole = MASK.parse({"size": [4, 8], "counts": counts_of([0, 32])}, Q, 0, "")
    assert MASK.parse({"size": [4.0, 8], "counts": counts_of([0, 20, 0, 12, 0])}, Q, 0, "") == whole
    assert MASK.dump(whole) == {"size": [4, 8], "counts": counts_of([0, 32])}


def test_a_mask_of_a_turned_picture_is_told_both_sizes() -> None:
    with pytest.raises(InvalidAnswer, match="4 x 8 px; this one has 8 x 4") as caught:
        MASK.parse({"size": [8, 4], "counts": counts_of([0, 32])}, Q, 0, "/g")
    assert caught.value.pointer == "/g/size"


def test_an_endless_text_is_refused_by_its_length_alone() -> None:
    with pytest.raises(InvalidAnswer, match="characters"):
        MASK.parse({"size": [4, 8], "counts": "1" * (MOST_COUNTS + 1)}, Q, 0, "")


def test_masks_without_a_common_majority_give_the_best_worker_s() -> None:
    other = mask_of(np.ones((1, 1), dtype=bool), Window(7, 3, 1, 1), (4, 8))
    third = mask_of(np.ones((1, 1), dtype=bool), Window(0, 0, 1, 1), (4, 8))
    assert MASK.merge([BLOCK, other, third], np.ones(3), Q) == BLOCK


def test_masks_are_held_between_key_frames() -> None:
    other = full_mask(np.ones((4, 8), dtype=bool))
    assert [MASK.interpolate(BLOCK, other, t) for t in (0, 0.99, 1)] == [BLOCK, BLOCK, other]


@settings(max_examples=40, deadline=None)
@given(image=pictures(9, 9), seed=st.integers(0, 99))
def test_a_picture_of_numbers_holds_each_mask_and_nothing_else(image: np.ndarray, seed: int) -> None:
    numbers = np.random.default_rng(seed).integers(1, 6, image.shape).astype(np.uint8) * image
    found = masks_in(numbers)
    assert found.keys() == set(np.unique(numbers).tolist()) - {0}
    assert all(found[value] == full_mask(numbers == value) for value in found)
    assert (painted([(mask, value) for value, mask in found.items()], image.shape) == numbers).all()


def test_later_masks_lie_on_top() -> None:
    whole = full_mask(np.ones((4, 8), dtype=bool))
    assert (painted([(whole, 1), (BLOCK, 2)], (4, 8))[1:3, 2:5] == 2).all()
    assert (painted([(BLOCK, 2), (whole, 1)], (4, 8)) == 1).all()


def test_colours_are_distinct_and_none_is_white_but_the_background_s() -> None:
    colours = palette(MOST)
    assert colours[0] == (255, 255, 255)
    assert len(set(colours)) == MOST + 1
    assert [hex_of(colour(place)) for place in (1, 2, 3, 4)] == ["#2ca02c", "#1f77b4", "#ff7f0e", "#d62728"]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 999))
def test_a_slip_moves_a_mask_inside_the_picture_and_off_the_others(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = (int(generator.integers(1, 12)), int(generator.integers(1, 12)))
    image = generator.random(size) < 0.4
    image[0, 0] = True
    others: list[Mask] = [full_mask(~image & (generator.random(size) < 0.3))]
    moved = slipped(full_mask(image), generator, others)
    assert moved is None or (moved.size == size and moved.area > 0 and shared(moved, others[0]) == 0)
