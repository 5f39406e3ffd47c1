from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry.turned import (
    between,
    box_corners,
    ellipse_outlines,
    mean_box,
    mean_ellipse,
    upright,
    wrapped,
)

quick = settings(max_examples=60, deadline=None)
angles = st.floats(-180, 180, exclude_min=True)
sizes = st.floats(1, 200)
turned = st.tuples(st.floats(0, 640), st.floats(0, 480), sizes, sizes, angles).map(np.array)


def polygon(corners: np.ndarray) -> shapely.Polygon:
    return shapely.Polygon(corners)


@quick
@given(turned)
def test_a_box_keeps_its_area_and_its_centre_however_it_is_turned(box: np.ndarray) -> None:
    made = polygon(box_corners(box[None])[0])
    assert made.area == pytest.approx(box[2] * box[3])
    assert (made.centroid.x, made.centroid.y) == pytest.approx((box[0], box[1]))


@quick
@given(turned)
def test_turning_forth_and_back_gives_the_box_within_a_billionth_of_a_pixel(box: np.ndarray) -> None:
    centre, angle = box[:2], np.radians(-box[4])
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = (box_corners(box[None])[0] - centre) @ back.T + centre
    flat = box_corners(np.array([[*box[:4], 0.0]]))[0]
    assert np.abs(corners - flat).max() < 1e-9


def test_angles_run_clockwise_as_y_runs_down() -> None:
    corners = box_corners(np.array([[0.0, 0.0, 20.0, 2.0, 90.0]]))[0]
    assert corners[0] == pytest.approx([1, -10])  # what was top left is top right
    assert upright(np.array([[0.0, 0.0, 20.0, 2.0, 90.0]]))[0] == pytest.approx([-1, -10, 1, 10])


@quick
@given(turned)
def test_an_ellipse_of_64_corners_has_its_area_and_strays_by_a_thousandth_of_its_radius(ellipse: np.ndarray) -> None:
    outline = polygon(ellipse_outlines(ellipse[None])[0])
    assert outline.area == pytest.approx(np.pi * ellipse[2] * ellipse[3])
    turn = np.linspace(0, 2 * np.pi, 4_001)
    x, y = ellipse[2] * np.cos(turn), ellipse[3] * np.sin(turn)
    rad = np.radians(ellipse[4])
    exact = np.column_stack(
        [ellipse[0] + x * np.cos(rad) - y * np.sin(rad), ellipse[1] + x * np.sin(rad) + y * np.cos(rad)]
    )
    far = shapely.distance(shapely.points(exact), outline.exterior).max()
    assert far <= 1e-3 * max(ellipse[2:4])


@pytest.mark.parametrize(("apart", "turn"), [(0.0, 20.0), (3.0, 0.0), (10.0, 45.0), (30.0, 90.0)])
def test_the_overlap_of_two_ellipses_is_within_three_thousandths_of_the_fine_one(apart: float, turn: float) -> None:
    def overlap(corners: int) -> float:
        at = np.arange(corners) * 2 * np.pi / corners
        made = []
        for shift, angle in ((0.0, 0.0), (apart, np.radians(turn))):
            x, y = 40 * np.cos(at), 15 * np.sin(at)
            made.append(
                polygon(
                    np.column_stack(
                        [shift + x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)]
                    )
                )
            )
        shared = shapely.intersection(*made).area
        return shared / (made[0].area + made[1].area - shared)

    ours = [polygon(one) for one in ellipse_outlines(np.array([[0, 0, 40, 15, 0.0], [apart, 0, 40, 15, turn]]))]
    shared = shapely.intersection(*ours).area
    assert shared / (ours[0].area + ours[1].area - shared) == pytest.approx(overlap(8_192), abs=0.003)


@quick
@given(turned, st.lists(st.integers(0, 3), min_size=2, max_size=5))
def test_a_box_written_in_any_of_its_four_ways_has_itself_as_mean(box: np.ndarray, quarters: list[int]) -> None:
    ways = []
    for quarter in quarters:
        width, height = (box[2], box[3]) if quarter % 2 == 0 else (box[3], box[2])
        ways.append([*box[:2], width, height, wrapped(float(box[4]) + 90 * quarter, 360)])
    mean = mean_box(np.array(ways), np.ones(len(ways)))
    assert polygon(box_corners(mean[None])[0]).symmetric_difference(
        polygon(box_corners(box[None])[0])
    ).area == pytest.approx(0, abs=1e-6 * box[2] * box[3] + 1e-6)
    assert -180 < mean[4] <= 180


@quick
@given(turned, st.lists(st.booleans(), min_size=2, max_size=5))
def test_an_ellipse_with_swapped_axes_has_itself_as_mean(ellipse: np.ndarray, swaps: list[bool]) -> None:
    first = [*ellipse[:4], wrapped(float(ellipse[4]), 180)]
    second = [*ellipse[:2], ellipse[3], ellipse[2], wrapped(float(ellipse[4]) + 90, 180)]
    mean = mean_ellipse(np.array([second if swap else first for swap in swaps]), np.ones(len(swaps)))
    away = polygon(ellipse_outlines(mean[None])[0]).symmetric_difference(polygon(ellipse_outlines(ellipse[None])[0]))
    assert away.area < 0.005 * ellipse[2] * ellipse[3] + 1e-6  # the corners of the two lie apart
    assert -90 < mean[4] <= 90


def test_angles_on_either_side_of_the_turn_meet_there_and_not_opposite() -> None:
    ellipses = np.array([[0, 0, 40, 10, 88.0], [0, 0, 40, 10, -88.0]])
    assert abs(mean_ellipse(ellipses, np.ones(2))[4]) == pytest.approx(90)
    boxes = np.array([[0, 0, 40, 10, 178.0], [0, 0, 40, 10, -176.0]])
    assert mean_box(boxes, np.ones(2))[4] == pytest.approx(-179)


def test_one_who_turned_it_otherwise_is_outvoted() -> None:
    boxes = np.array([[0, 0, 40, 10, 10.0], [0, 0, 40, 10, 12.0], [0, 0, 40, 10, 50.0]])
    assert mean_box(boxes, np.ones(3))[4] < 20


@quick
@given(angles, angles, st.floats(0, 1))
def test_between_two_angles_is_the_shorter_way(a: float, b: float, t: float) -> None:
    made = between(a, b, t, 360)
    assert abs(wrapped(made - a, 360)) <= abs(wrapped(b - a, 360)) + 1e-9
    assert between(a, b, 0, 360) == pytest.approx(wrapped(a, 360))


def test_exactly_half_a_turn_goes_clockwise() -> None:
    assert between(-90, 90, 0.5, 360) == 0
    assert between(90, -90, 0.5, 360) == 180
