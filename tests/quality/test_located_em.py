from __future__ import annotations

import numpy as np
import pytest

from labeling.quality.located_em import Hand, Hands, Sightings, existence, learn_hands

GOOD, BLIND, EAGER = 0, 1, 2
NAMES = ("good", "blind", "eager", "also good")
DETECTS = (0.97, 0.6, 0.95, 0.95)
INVENTS = (0.03, 0.03, 0.6, 0.05)
ERRORS = (0.04, 0.1, 0.15, 0.06)


def _sightings(n_objects: int = 300, seed: int = 1) -> tuple[Sightings, np.ndarray]:
    """One thing an object, four workers, and the truth of each cluster."""
    rng = np.random.default_rng(seed)
    cluster_object: list[int] = []
    truth: list[bool] = []
    entries: list[tuple[int, int]] = []
    pairs: list[tuple[int, int, float]] = []
    for place in range(n_objects):
        drew = [worker for worker in range(4) if rng.random() < DETECTS[worker]]
        if drew:
            entries += [(len(truth), worker) for worker in drew]
            pairs += [(a, b, ERRORS[a] + ERRORS[b] + rng.normal(0, 0.01)) for a in drew for b in drew if a < b]
            cluster_object.append(place)
            truth.append(True)
        for worker in range(4):
            for _ in range(rng.poisson(INVENTS[worker])):
                entries.append((len(truth), worker))
                cluster_object.append(place)
                truth.append(False)
    array, ends = np.array(entries), np.array(pairs)
    present = np.array([(place, worker) for place in range(n_objects) for worker in range(4)])
    sightings = Sightings(
        names=NAMES,
        n_objects=n_objects,
        cluster_object=np.array(cluster_object),
        known=np.full(len(truth), -1),
        entry_cluster=array[:, 0],
        entry_worker=array[:, 1],
        present_object=present[:, 0],
        present_worker=present[:, 1],
        pair_first=ends[:, 0].astype(int),
        pair_second=ends[:, 1].astype(int),
        distance=ends[:, 2],
    )
    return sightings, np.array(truth)


def test_who_overlooks_who_invents_and_who_is_inexact_is_found() -> None:
    hands = learn_hands(_sightings()[0])
    for name, detects, invents, error in zip(NAMES, DETECTS, INVENTS, ERRORS, strict=True):
        assert hands[name].detection == pytest.approx(detects, abs=0.06)
        assert hands[name].false_rate == pytest.approx(invents, abs=0.1)
        assert hands[name].error == pytest.approx(error, abs=0.015)
    assert hands.density == pytest.approx(1, abs=0.05)


def test_better_hands_weigh_more() -> None:
    hands = learn_hands(_sightings()[0])
    assert hands["good"].weight > 4 * hands["eager"].weight


def _placed(distances: dict[tuple[int, int], float], n: int) -> Sightings:
    """`n` workers who drew 50 things all alike, at these distances from each other."""
    things, none = np.arange(50), np.zeros(0, int)
    ends = np.array(sorted(distances) * 50)
    return Sightings(
        names=tuple("abcdefghijkl"[:n]),
        n_objects=50,
        cluster_object=things,
        known=np.full(50, -1),
        entry_cluster=np.repeat(things, n),
        entry_worker=np.tile(np.arange(n), 50),
        present_object=np.repeat(things, n),
        present_worker=np.tile(np.arange(n), 50),
        pair_first=ends[:, 0] if len(ends) else none,
        pair_second=ends[:, 1] if len(ends) else none,
        distance=np.array([distances[one] for one in sorted(distances)] * 50),
    )


def test_who_lies_between_two_that_err_to_opposite_sides_is_not_taken_for_faultless() -> None:
    """One draws too small, one too large: the third seems exact, and the two cancel out."""
    hands = learn_hands(_placed({(0, 1): 0.2, (0, 2): 0.4, (1, 2): 0.2}, 3))
    assert hands["b"].error < 0.3 * hands["a"].error
    assert hands["b"].weight < 2.5 * hands["a"].weight


def test_what_many_colleagues_say_of_an_error_is_hardly_doubted() -> None:
    errors = [0.03, *[0.1] * 11]
    pairs = {(i, j): errors[i] + errors[j] for i in range(12) for j in range(i + 1, 12)}
    hands = learn_hands(_placed(pairs, 12))
    assert hands["a"].weight > 6 * hands["b"].weight


def test_what_one_of_four_saw_is_doubted_and_what_three_saw_is_not() -> None:
    hands = learn_hands(_sightings()[0])
    four = [hands.of(name) for name in NAMES]
    alone = [existence([i == j for j in range(4)], four, hands.density, hands.coincidence) for i in range(4)]
    assert max(alone) < 0.1
    assert existence([True, True, False, True], four, hands.density, hands.coincidence) > 0.99


def test_a_lone_worker_of_whom_nothing_is_known_is_believed() -> None:
    hands = Hands()
    assert existence([True], [hands.stranger], hands.density, hands.coincidence) == pytest.approx(0.9)


def test_known_clusters_teach_whom_to_believe() -> None:
    """Two workers never agree; the gold answers side with one of them."""
    n = 40
    clusters = np.arange(2 * n)
    known = np.where(clusters % 2 == 0, 1, 0)
    known[40:] = -1
    sightings = Sightings(
        names=("right", "wrong"),
        n_objects=n,
        cluster_object=clusters // 2,
        known=known,
        entry_cluster=clusters,
        entry_worker=clusters % 2,
        present_object=np.repeat(np.arange(n), 2),
        present_worker=np.tile([0, 1], n),
        pair_first=np.zeros(0, int),
        pair_second=np.zeros(0, int),
        distance=np.zeros(0),
    )
    hands = learn_hands(sightings)
    right, wrong = hands["right"], hands["wrong"]
    assert existence([True, False], [right, wrong], hands.density, hands.coincidence) > 0.5
    assert existence([False, True], [right, wrong], hands.density, hands.coincidence) < 0.5


def test_the_more_careful_workers_looked_the_less_was_overlooked_by_all() -> None:
    hands = Hands({"sharp": Hand(detection=0.99), "dull": Hand(detection=0.5)}, density=2.0)
    assert hands.unseen(["sharp", "dull"]) == pytest.approx(2 * 0.01 * 0.5)
    assert hands.unseen(["stranger"]) == pytest.approx(2 * 0.1)
