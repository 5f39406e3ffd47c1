from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labeling.geometry.masks import Mask, Window, around, first_overlap, full_mask, iou, mask_of, overlaps, shared
from labeling.geometry.rle import BadCounts, decode, encode
from tests.geometry.masks import VECTORS, WITH_RUNS, ids, pictures
from tests.geometry.slow_masks import area_of, bounds_of, counts_of, runs_of

some = settings(max_examples=80, deadline=None)
Picture = NDArray[np.bool_]


def spread(mask: Mask) -> Picture:
    return mask.crop(Window(0, 0, mask.size[1], mask.size[0]))


# The text


@pytest.mark.parametrize("one", WITH_RUNS, ids=ids)
def test_runs_and_their_text_turn_into_each_other(one: dict[str, Any]) -> None:
    size = one["size"][0] * one["size"][1]
    assert encode(np.array(one["runs"], dtype=np.int64)) == one["counts"]
    assert decode(one["counts"], size).tolist() == one["runs"]


@pytest.mark.parametrize("one", VECTORS, ids=ids)
def test_a_text_tells_bounds_and_area_without_a_picture(one: dict[str, Any]) -> None:
    mask = Mask((one["size"][0], one["size"][1]), one["counts"])
    assert mask.area == one["area"]
    assert mask.bounds == Window(*one["bounds"])
    assert encode(mask.runs) == one["counts"]


@some
@given(image=pictures())
def test_a_picture_has_the_runs_and_the_text_that_the_slow_way_gives(image: Picture) -> None:
    rows = image.astype(int).tolist()
    mask = full_mask(image)
    assert mask.runs.tolist() == runs_of(rows)
    assert mask.counts == counts_of(runs_of(rows))
    assert mask.area == area_of(rows)
    assert mask.bounds == Window(*bounds_of(rows))
    assert (spread(mask) == image).all()


@some
@given(runs=st.lists(st.integers(1, 2**33), min_size=1, max_size=12), leading=st.booleans())
def test_runs_of_any_length_come_back_from_their_text(runs: list[int], leading: bool) -> None:
    runs = [0, *runs] if leading else runs
    text = encode(np.array(runs, dtype=np.int64))
    assert text == counts_of(runs)
    assert decode(text, sum(runs)).tolist() == runs


def test_runs_of_no_length_are_read_and_never_written() -> None:
    odd = counts_of([3, 0, 2, 4, 0, 1, 2, 0])
    assert decode(odd, 12).tolist() == [5, 5, 2]
    assert decode(counts_of([12, 0]), 12).tolist() == [12]
    assert decode(counts_of([0, 0, 12]), 12).tolist() == [12]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("é", "none of this encoding"),
        ("/", "none of this encoding"),
        ("p", "none of this encoding"),
        ("5`", "cut off"),
        ("P" * 8 + "0", "more characters"),
        ("O", "below 0"),
        (counts_of([5, 3]), "8 pixels; the image has 12"),
        (counts_of([5, 9]), "14 pixels; the image has 12"),
        (counts_of([5, 30]), "longer than the image, which has 12"),
        (counts_of([2**33, 2**33]), "longer than the image"),
    ],
)
def test_a_text_that_is_no_encoding_of_this_image_is_refused_with_its_reason(text: str, said: str) -> None:
    with pytest.raises(BadCounts, match=said):
        decode(text, 12)


def test_huge_promises_are_refused_at_once() -> None:
    begun = time.process_time()
    with pytest.raises(BadCounts):
        decode(encode(np.full(1000, 2**33, dtype=np.int64)), 1920 * 1080)
    assert time.process_time() - begun < 0.5


def test_runs_that_come_round_to_the_right_sum_are_refused() -> None:
    """Of 64 bits: 131,071 runs add up to 2^64 px and those of the image."""
    size, n = 1920 * 1080, 65_535
    steps = n * (n + 1) // 2
    rest = 2**64 + size - 2**33 * steps
    runs = np.empty(2 * n + 1, dtype=np.int64)
    runs[0] = rest % steps
    runs[1::2] = np.arange(1, n + 1) * 2**33
    runs[2::2] = np.arange(1, n + 1) * (rest // steps)
    assert int(runs.sum()) == size  # as the machine adds
    with pytest.raises(BadCounts, match="longer than the image"):
        decode(encode(runs), size)


@some
@given(text=st.text(st.characters(min_codepoint=40, max_codepoint=115), max_size=12), size=st.integers(0, 64))
def test_any_text_is_an_image_of_its_size_or_refused(text: str, size: int) -> None:
    try:
        runs = decode(text, size)
    except BadCounts:
        return
    assert int(runs.sum()) == size
    assert (runs[1:] > 0).all()
    assert decode(encode(runs), size).tolist() == runs.tolist()


# Crops


@some
@given(image=pictures(), data=st.data())
def test_a_crop_is_that_part_of_the_picture(image: Picture, data: st.DataObject) -> None:
    height, width = image.shape
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    window = Window(left, top, data.draw(st.integers(1, width - left)), data.draw(st.integers(1, height - top)))
    part = image[top : top + window.height, left : left + window.width]
    assert (full_mask(image).crop(window) == part).all()
    there = np.zeros_like(image)
    there[top : top + window.height, left : left + window.width] = part
    assert mask_of(part, window, (height, width)) == full_mask(there)


def test_a_crop_takes_the_mask_s_own_bounds_and_memory() -> None:
    one = next(one for one in WITH_RUNS if "one pixel at its end" in one["name"])
    assert Mask((10000, 10000), one["counts"]).crop().shape == (1, 1)


def test_an_empty_mask_has_an_empty_crop() -> None:
    nothing = full_mask(np.zeros((4, 5), dtype=bool))
    assert nothing.crop().shape == (0, 0)
    assert around([nothing]) == Window(0, 0, 0, 0)


# Likeness


@some
@given(a=pictures(8, 8), b=pictures(8, 8))
def test_shared_pixels_are_counted_from_the_runs(a: Picture, b: Picture) -> None:
    height, width = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    a, b = a[:height, :width], b[:height, :width]
    both, either = int((a & b).sum()), int((a | b).sum())
    one, other = full_mask(a), full_mask(b)
    assert shared(one, other) == shared(other, one) == both
    assert iou(one, other) == (both / either if either else 0.0)
    assert first_overlap([one, other]) == ((0, 1) if both else None)


@some
@given(data=st.data(), least=st.sampled_from([0.1, 0.4, 0.9]))
def test_pairs_are_those_of_comparing_everything(data: st.DataObject, least: float) -> None:
    generator = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    masks = [full_mask(_rectangle(generator)) for _ in range(data.draw(st.integers(0, 8)))]
    others = [full_mask(_rectangle(generator)) for _ in range(data.draw(st.integers(0, 8)))]
    slow = [(i, j, iou(a, b)) for i, a in enumerate(masks) for j, b in enumerate(others) if iou(a, b) >= least]
    first, second, likeness = overlaps(masks, others, least)
    assert list(zip(first.tolist(), second.tolist(), likeness.tolist(), strict=True)) == slow


def test_the_first_two_masks_that_share_a_pixel_are_named() -> None:
    a, b, c = (np.zeros((6, 6), dtype=bool) for _ in range(3))
    a[0:2], b[2:4], c[3:5] = True, True, True
    assert first_overlap([full_mask(c), full_mask(a), full_mask(b)]) == (0, 2)
    assert first_overlap([full_mask(a), full_mask(b)]) is None
    assert first_overlap([]) is None


def test_three_hundred_masks_of_a_large_picture_are_compared_in_no_time() -> None:
    size = (1080, 1920)
    rng = np.random.default_rng(1)
    ragged = [
        mask_of(rng.random((60, 60)) < 0.7, Window(60 * (i % 30), 60 * (i // 30), 60, 60), size) for i in range(150)
    ]
    begun = time.process_time()
    first, second, _ = overlaps(ragged, ragged, 0.4)
    assert first.tolist() == second.tolist() == list(range(150))
    assert time.process_time() - begun < 1


def _rectangle(generator: np.random.Generator) -> Picture:
    image = np.zeros((10, 10), dtype=bool)
    top, left = generator.integers(8, size=2)
    image[top : top + generator.integers(1, 6), left : left + generator.integers(1, 6)] = True
    return image
