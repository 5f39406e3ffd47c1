from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry.areas import even_odd, iou_pairs, smoothed, tangled, vote

quick = settings(max_examples=40, deadline=None)
whole = st.integers(0, 12).map(float)
rings = st.lists(st.tuples(whole, whole), min_size=3, max_size=8).map(lambda one: np.array(one))


def square(left: float, top: float, side: float) -> np.ndarray:
    return np.array([(left, top), (left + side, top), (left + side, top + side), (left, top + side)])


def inside(ring: np.ndarray, x: float, y: float) -> bool:
    """Crossings to the left, counted one by one: the rule in its slowest form."""
    odd = False
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if min(y0, y1) <= y < max(y0, y1) and x0 + (y - y0) * (x1 - x0) / (y1 - y0) <= x:
            odd = not odd
    return odd


@quick
@given(st.lists(rings, min_size=1, max_size=3))
def test_a_region_holds_the_points_that_an_odd_number_of_crossings_says(several: list[np.ndarray]) -> None:
    region = even_odd(several)
    for x, y in np.random.default_rng(1).uniform(0, 12, (40, 2)):
        odd = sum(inside(ring, x, y) for ring in several) % 2 == 1
        if shapely.distance(shapely.Point(x, y), shapely.boundary(region)) > 1e-3:
            assert shapely.contains_xy(region, x, y) == odd


def test_a_bow_tie_is_two_triangles_and_a_hole_that_is_the_outline_leaves_nothing() -> None:
    assert even_odd([np.array([(0, 0), (4, 4), (4, 0), (0, 4)], dtype=float)]).area == pytest.approx(8)
    assert even_odd([square(0, 0, 4), square(0, 0, 4)]).area == 0
    assert even_odd([square(0, 0, 4), square(1, 1, 2)]).area == pytest.approx(12)
    assert even_odd([np.array([(0, 0), (4, 0), (2, 0)], dtype=float)]).area == 0


def test_meetings_of_sides_are_counted_but_for_neighbours_and_points_that_stand_still() -> None:
    bow = np.array([(0, 0), (4, 4), (4, 4), (4, 0), (0, 4)], dtype=float)
    assert not tangled([bow], most=1)
    assert tangled([bow], most=0)
    assert not tangled([np.array([(0, 0), (4, 0), (2, 0)], dtype=float)], most=0)
    assert not tangled([square(0, 0, 4), square(2, 2, 4)], most=2)
    assert tangled([square(0, 0, 4), square(2, 2, 4)], most=1)
    assert not tangled([np.full((5000, 2), 3.0)])
    assert not tangled([square(0, 0, 40), *(square(x, 1, 1) for x in range(1, 39, 2))], most=0)


@quick
@given(st.lists(rings, min_size=1, max_size=5), st.lists(rings, min_size=1, max_size=5))
def test_likeness_is_symmetric_in_bounds_and_whole_for_equals(a: list[np.ndarray], b: list[np.ndarray]) -> None:
    first, second = ([even_odd([ring]) for ring in several] for several in (a, b))
    forth, back = iou_pairs(first, second, 1e-6), iou_pairs(second, first, 1e-6)
    assert ((forth[2] > 0) & (forth[2] <= 1)).all()
    assert dict(zip(zip(*forth[:2], strict=True), forth[2], strict=True)) == pytest.approx(
        dict(zip(zip(*back[1::-1], strict=True), back[2], strict=True)), abs=1e-12
    )
    own = iou_pairs(first, first, 1e-6)
    same = own[0] == own[1]
    assert (own[2][same] == 1).all()
    assert same.sum() == sum(region.area > 0 for region in first)


@quick
@given(st.lists(rings, min_size=1, max_size=6), st.sampled_from([0.1, 0.5, 0.9]))
def test_the_filter_of_boxes_loses_no_pair(several: list[np.ndarray], least: float) -> None:
    regions = [region for ring in several if (region := even_odd([ring])).area > 0]
    found = iou_pairs(regions, regions, least)
    slow = {
        (i, j)
        for i, a in enumerate(regions)
        for j, b in enumerate(regions)
        if (shared := shapely.intersection(a, b).area) / (a.area + b.area - shared) >= least + 1e-9
    }
    assert slow <= set(zip(found[0].tolist(), found[1].tolist(), strict=True))


def test_thousands_of_outlines_need_no_full_matrix() -> None:
    places = np.random.default_rng(2).uniform(0, 20_000, (3_000, 2))
    regions = [even_odd([square(x, y, 20)]) for x, y in places]
    first, second, _ = iou_pairs(regions, regions, 0.99)
    assert (first == second).all()
    assert len(first) == 3_000


def test_a_vote_keeps_what_more_than_half_of_the_weight_covers() -> None:
    regions = [even_odd([square(x, 0, 10)]) for x in (0, 2, 4)]
    assert vote(regions, np.array([1.0, 1.0, 1.0])).bounds == (2, 0, 12, 10)
    assert vote(regions, np.array([5.0, 1.0, 1.0])).bounds == (0, 0, 10, 10)
    assert vote([regions[0], even_odd([square(50, 0, 10)])], np.array([1.0, 1.0])).is_empty


@quick
@given(rings.filter(lambda ring: even_odd([ring]).area > 0.1))
def test_smoothing_moves_no_outline_further_than_it_may(ring: np.ndarray) -> None:
    region = even_odd([ring])
    largest = max(shapely.get_parts(region), key=lambda part: (part.area, part.bounds))
    made = smoothed(region, 0.25)
    outer = shapely.Polygon(made[0])
    assert shapely.hausdorff_distance(outer.exterior, largest.exterior) <= 0.25 * 1.5 + 1e-9
