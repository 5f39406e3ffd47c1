from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from labeling.geometry.filling import filled
from labeling.geometry.masks import Window, full_mask
from labeling.geometry.outlines import area_of, outlines, simplified
from tests.geometry.masks import pictures

some = settings(max_examples=80, deadline=None)
Picture = NDArray[np.bool_]


@some
@given(image=pictures(14, 14))
def test_an_outline_filled_again_is_exactly_the_mask(image: Picture) -> None:
    mask = full_mask(image)
    rings = [ring for part in outlines(mask) for ring in part.rings]
    assert filled(rings, mask.size) == mask


@some
@given(image=pictures(14, 14))
def test_each_part_is_one_outer_ring_with_its_own_holes(image: Picture) -> None:
    mask = full_mask(image)
    parts, count = ndimage.label(image)
    found = outlines(mask)
    assert len(found) == count
    for one in found:
        alone = filled(list(one.rings), mask.size)
        number = int(parts[int(one.outer[0, 1]), int(one.outer[0, 0])])
        assert alone == full_mask(parts == number)
        assert all(abs(area_of(hole)) < abs(area_of(one.outer)) for hole in one.holes)


def test_a_ring_of_pixels_is_an_outline_with_a_hole() -> None:
    image = np.ones((5, 5), dtype=bool)
    image[2, 2] = False
    (one,) = outlines(full_mask(image))
    assert one.outer.tolist() == [[0, 0], [5, 0], [5, 5], [0, 5]]
    assert [hole.tolist() for hole in one.holes] == [[[2, 2], [3, 2], [3, 3], [2, 3]]]


def test_pixels_that_touch_at_a_corner_are_two_parts() -> None:
    assert len(outlines(full_mask(np.eye(2, dtype=bool)))) == 2
    assert len(outlines(full_mask(np.eye(2, dtype=bool)[::-1]))) == 2


def test_nothing_has_no_outline() -> None:
    assert outlines(full_mask(np.zeros((3, 3), dtype=bool))) == ()


@some
@given(seed=st.integers(0, 500), tolerance=st.sampled_from([0.5, 1.0, 2.0]))
def test_a_simpler_outline_changes_only_pixels_near_the_old_one(seed: int, tolerance: float) -> None:
    image = ndimage.gaussian_filter(np.random.default_rng(seed).random((40, 50)), 3) > 0.5
    mask = full_mask(image)
    exact, simple = outlines(mask), outlines(mask, tolerance)
    again = filled([ring for part in simple for ring in part.rings], mask.size)
    changed = again.crop(Window(0, 0, 50, 40)) != image
    near = _distance_to([ring for part in exact for ring in part.rings], (40, 50)) <= tolerance + 1e-9
    assert not (changed & ~near).any()
    assert sum(len(r) for p in simple for r in p.rings) <= sum(len(r) for p in exact for r in p.rings)


def test_a_ring_that_would_collapse_stays_as_it_is() -> None:
    ring = np.array([[0.0, 0], [1, 0], [1, 1], [2, 1], [2, 2], [0, 2]])
    assert simplified(ring, 50.0).tolist() == ring.tolist()


def test_a_ragged_mask_is_traced_in_a_second() -> None:
    image = ndimage.gaussian_filter(np.random.default_rng(3).random((270, 480)), 2) > 0.5
    mask = full_mask(image)
    begun = time.process_time()
    rings = [ring for part in outlines(mask, 1.0) for ring in part.rings]
    assert time.process_time() - begun < 1
    assert rings


@pytest.mark.parametrize("tolerance", [0.0, 1.0])
def test_outlines_stand_where_the_mask_stands(tolerance: float) -> None:
    image = np.zeros((30, 40), dtype=bool)
    image[12:20, 21:33] = True
    (one,) = outlines(full_mask(image), tolerance)
    assert one.outer.tolist() == [[21, 12], [33, 12], [33, 20], [21, 20]]


def _distance_to(rings: list[NDArray[np.float64]], size: tuple[int, int]) -> NDArray[np.float64]:
    """Of each pixel's centre from the nearest edge."""
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    best = np.full(size, np.inf)
    for ring in rings:
        for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            along = b - a
            t = np.clip(((x - a[0]) * along[0] + (y - a[1]) * along[1]) / (along @ along), 0, 1)
            best = np.minimum(best, np.hypot(x - a[0] - t * along[0], y - a[1] - t * along[1]))
    return best
