from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.quality.edges import BEGINS, ENDS, Edge, Habits, edges_told, inside, learn_habits, majority, settled

NAMES = ("ana", "ben", "cem", "dua", "eva")
stretches = st.lists(st.integers(0, 30), max_size=6, unique=True).map(
    lambda edges: [(a, b - 1) for a, b in zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False)]
)


def late_people(rng: np.random.Generator, count: int) -> tuple[list[Edge], list[int]]:
    """Everybody begins late by a few frames, some by many; and where each thing truly begins."""
    late = np.linspace(1, 10, len(NAMES))
    truths = rng.integers(100, 1_000, count).tolist()
    edges = [Edge(BEGINS, NAMES, tuple((true + rng.exponential(late).astype(int)).tolist())) for true in truths]
    return edges, truths


def off(habits: Habits, edges: list[Edge], truths: list[int]) -> float:
    return float(np.mean([abs(habits.place(edge) - true) for edge, true in zip(edges, truths, strict=True)]))


def test_where_all_begin_late_the_truth_is_before_the_middle_of_them() -> None:
    edges, truths = late_people(np.random.default_rng(1), 60)
    habits = learn_habits(edges)
    middles = np.mean([abs(np.median(edge.places) - true) for edge, true in zip(edges, truths, strict=True)])
    assert off(habits, edges, truths) < 0.4 * middles
    assert habits.of("ana", BEGINS).short < habits.of("eva", BEGINS).short
    assert habits.of("eva", BEGINS).cuts > 0.8


def test_where_people_err_to_both_sides_the_middle_stays() -> None:
    rng = np.random.default_rng(2)
    truths = rng.integers(100, 1_000, 80).tolist()
    edges = [
        Edge(ENDS, NAMES, tuple((true + np.round(rng.laplace(0, 4, len(NAMES))).astype(int)).tolist()))
        for true in truths
    ]
    middles = np.mean([abs(np.median(edge.places) - true) for edge, true in zip(edges, truths, strict=True)])
    assert off(learn_habits(edges), edges, truths) < 1.3 * middles


def test_one_who_is_far_from_everybody_else_moves_nothing() -> None:
    edges, _ = late_people(np.random.default_rng(3), 60)
    habits = learn_habits(edges)
    assert habits.place(Edge(BEGINS, NAMES, (500, 501, 502, 503, 20))) >= 500
    assert habits.place(Edge(BEGINS, NAMES, (500, 500, 500, 500, 500))) == 500
    assert 10 <= Habits().place(Edge(BEGINS, NAMES[:3], (10, 14, 40))) <= 14


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_neither_the_order_of_edges_nor_of_workers_matters(data: st.DataObject) -> None:
    edges, _ = late_people(np.random.default_rng(4), 12)
    shuffled = []
    for edge in data.draw(st.permutations(edges)):
        rows = data.draw(st.permutations(list(zip(edge.workers, edge.places, strict=True))))
        shuffled.append(Edge(edge.kind, tuple(one for one, _ in rows), tuple(one for _, one in rows)))
    habits = learn_habits(edges)
    assert learn_habits(shuffled) == habits
    for edge in edges:
        told = data.draw(st.permutations(list(zip(edge.workers, edge.places, strict=True))))
        again = Edge(edge.kind, tuple(one for one, _ in told), tuple(one for _, one in told))
        assert habits.place(again) == habits.place(edge)


def test_without_edges_nothing_is_learned() -> None:
    assert learn_habits([]) == Habits()


@settings(max_examples=100, deadline=None)
@given(st.lists(stretches, min_size=1, max_size=5))
def test_a_majority_holds_frame_by_frame(tracks: list[list[tuple[int, int]]]) -> None:
    frames = list(range(-1, 32))
    votes = np.sum([inside(frames, one) for one in tracks], axis=0)
    agreed = majority(tracks, np.ones(len(tracks)))
    assert inside(frames, agreed).tolist() == (2 * votes >= max(len(tracks), 1)).tolist()
    assert all(one[1] + 1 < other[0] for one, other in pairwise(agreed))


def test_half_of_them_is_enough_where_they_have_half_of_the_weight() -> None:
    assert majority([[(0, 9)], [(5, 9)]], np.array([2.0, 1.0])) == [(0, 9)]
    assert majority([[(0, 9)], [(5, 9)]], np.array([1.0, 2.0])) == [(5, 9)]


def test_a_worker_tells_of_an_edge_what_is_next_to_it() -> None:
    tracks = [[(0, 10), (20, 30)], [(2, 30)], [(0, 9), (22, 29)], [(0, 12)]]
    agreed = [(0, 10), (20, 30)]
    (first, _), (_, last) = edges_told(tracks, NAMES[:4], agreed)
    ((_, goes), (comes, _)) = edges_told(tracks, NAMES[:4], agreed)
    assert first.places == (0, 2, 0, 0)
    assert goes == Edge(ENDS, ("ana", "cem", "dua"), (-10, -9, -12))  # ben saw it all the time
    assert comes == Edge(BEGINS, ("ana", "cem"), (20, 22))  # dua lost it
    assert last.places == (-30, -30, -29)


@settings(max_examples=100, deadline=None)
@given(st.lists(stretches, min_size=1, max_size=5))
def test_settled_stretches_ascend_and_stay_within_what_somebody_shows(tracks: list[list[tuple[int, int]]]) -> None:
    made = settled(tracks, NAMES[: len(tracks)], np.ones(len(tracks)), Habits())
    assert all(one[1] + 1 < other[0] for one, other in pairwise(made))
    assert all(first <= last for first, last in made)
    told = [edge for one in tracks for pair in one for edge in pair]
    assert all(min(told) <= first <= last <= max(told) for first, last in made)


def test_who_agree_are_not_corrected() -> None:
    habits = learn_habits(late_people(np.random.default_rng(5), 40)[0])
    assert settled([[(3, 9), (12, 20)]] * 3, NAMES[:3], np.ones(3), habits) == [(3, 9), (12, 20)]
    assert settled([[]], NAMES[:1], np.ones(1), habits) == []
