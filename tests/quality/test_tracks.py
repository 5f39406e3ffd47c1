from __future__ import annotations

import numpy as np
import pytest

from labeling.quality.tracks import Sightings, followed, homes, hota, idf1

Row = tuple[int, int, int, float]


def seen(rows: list[Row], own_frames: list[int], other_frames: list[int]) -> Sightings:
    table = np.array(rows, dtype=float).reshape(-1, 4)
    frame, own, other = (table[:, column].astype(np.intp) for column in range(3))
    return Sightings(frame, own, other, table[:, 3], np.array(own_frames), np.array(other_frames))


PERFECT = seen([(frame, one, one, 1.0) for frame in range(10) for one in (0, 1)], [10, 10], [10, 10])
SWITCH = seen(
    [(frame, one, one if frame < 5 else 1 - one, 1.0) for frame in range(10) for one in (0, 1)], [10, 10], [10, 10]
)
MISSED = seen([(frame, 0, 0, 1.0) for frame in range(10)], [10, 10], [10])
FALSE = seen([(frame, 0, 0, 1.0) for frame in range(10)], [10], [10, 10])
BROKEN = seen([(frame, 0, frame // 5, 1.0) for frame in range(10)], [10], [5, 5])


@pytest.mark.parametrize(
    ("sightings", "identity", "higher"),
    [
        (PERFECT, 1.0, 1.0),
        (SWITCH, 0.5, (1 * 1 / 3) ** 0.5),  # each pair: 5 frames together of 15 in either
        (MISSED, 2 * 10 / 30, 0.5**0.5),
        (FALSE, 2 * 10 / 30, 0.5**0.5),
        (BROKEN, 2 * 5 / 20, 0.5**0.5),  # found always, each half with 5 of 10 frames
        (seen([], [10], [10]), 0.0, 0.0),
        (seen([], [], []), 1.0, 1.0),
        (seen([], [], [4]), 0.0, 0.0),
    ],
)
def test_measures_of_cases_done_by_hand(sightings: Sightings, identity: float, higher: float) -> None:
    assert idf1(sightings) == pytest.approx(identity)
    assert hota(sightings) == pytest.approx(higher)


def test_likeness_counts_for_as_many_thresholds_as_it_passes() -> None:
    half = seen([(frame, 0, 0, 0.5) for frame in range(4)], [4], [4])
    assert hota(half) == pytest.approx(10 / 19)
    assert idf1(half) == 1
    assert idf1(half, 0.6) == 0


def test_a_matching_of_a_frame_prefers_those_that_fit_over_all_frames() -> None:
    rows = [(frame, one, one, 0.9) for frame in range(10) for one in (0, 1)]
    crossing = [(5, 0, 1, 0.95), (5, 1, 0, 0.95)]
    assert hota(seen(rows + crossing, [10, 10], [10, 10])) == pytest.approx(
        18 / 19 + 1 / 361
    )  # at 0.95 only they are left


def test_a_track_is_at_home_where_it_is_most_and_a_part_of_a_broken_one_too() -> None:
    assert homes(BROKEN, np.zeros((1, 2))).tolist() in ([0], [1])
    other_way = seen([(frame, frame // 5, 0, 1.0) for frame in range(10)], [5, 5], [10])
    assert homes(other_way, np.zeros((2, 1))).tolist() == [0, 0]
    assert homes(seen([], [3], [3]), np.zeros((1, 1))).tolist() == [-1]
    twins = seen([(frame, i, j, 1.0) for frame in range(5) for i in (0, 1) for j in (0, 1)], [5, 5], [5, 5])
    assert homes(twins, np.array([[0.0, 1.0], [1.0, 0.0]])).tolist() == [1, 0]


def test_a_track_stays_at_home_while_another_only_crosses_and_follows_a_switch() -> None:
    rows = [(frame, one, one, 0.9) for frame in range(20) for one in (0, 1)]
    crossing = [(frame, one, 1 - one, 1.0) for frame in (8, 9) for one in (0, 1)]
    crossed = seen(rows + crossing, [20, 20], [20, 20])
    assert _others(crossed, [0, 1]) == {0: [0] * 20, 1: [1] * 20}
    assert _others(SWITCH, [0, 1]) == {0: [0] * 5 + [1] * 5, 1: [1] * 5 + [0] * 5}


def test_what_goes_astray_for_a_moment_is_left_out() -> None:
    brief = [(frame, 0, 0, 0.9) for frame in range(20) if frame not in (8, 9)] + [(8, 0, 1, 0.9), (9, 0, 1, 0.9)]
    assert _others(seen(brief, [20], [20, 2]), [0]) == {0: [0] * 18}


def _others(s: Sightings, home: list[int]) -> dict[int, list[int]]:
    frame, own, other = followed(s, np.array(home))
    order = np.lexsort((frame, own))
    return {one: other[order][own[order] == one].tolist() for one in set(own.tolist())}
