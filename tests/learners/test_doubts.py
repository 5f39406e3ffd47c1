"""Which labels a model doubts: errors come first, what people confuse counts, and nothing is touched on the way."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.learners.doubts import CHUNK, doubt, usual_assurance


def planted(
    n: int, *, classes: int = 4, wrong: float = 0.1, alike: bool = False, edge: float = 3.0, seed: int = 1
) -> tuple:
    """Labels with planted errors, a model's probabilities (right in most cases), and which labels are wrong."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, n)
    bad = rng.random(n) < wrong
    other = (truth + 1) % classes if alike else (truth + rng.integers(1, classes, n)) % classes
    labels = np.where(bad, other, truth)
    logits = rng.normal(0, 1, (n, classes))
    logits[np.arange(n), truth] += edge
    proba = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return labels, proba, bad


def average_precision(score: np.ndarray, wrong: np.ndarray) -> float:
    hits = wrong[np.argsort(-score, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def test_planted_errors_come_first() -> None:
    labels, proba, bad = planted(3000)
    found = doubt(labels, proba)
    first = found.order[: bad.sum()]
    assert bad[first].mean() > 0.7
    assert average_precision(found.score, bad) > 0.8
    assert bad[found.suspect].mean() > 0.5
    assert found.suspect[bad].mean() > 0.7


def test_where_people_confuse_two_classes_that_counts() -> None:
    labels, proba, bad = planted(3000, alike=True, edge=2.0)
    plain = 1 - proba[np.arange(len(labels)), labels]
    assert average_precision(doubt(labels, proba).score, bad) > average_precision(plain, bad) + 0.02


def test_labels_without_errors_are_hardly_doubted() -> None:
    labels, proba, _ = planted(3000, wrong=0)
    assert (doubt(labels, proba).score > 0.5).mean() < 0.03


def test_the_suggestion_is_the_likeliest_other_class() -> None:
    found = doubt(np.array([0, 1]), np.array([[0.1, 0.2, 0.7], [0.2, 0.7, 0.1]]))
    assert found.suggested.tolist() == [2, 0]
    assert found.score[0] > found.score[1]
    assert found.order.tolist() == [0, 1]


def test_the_arguments_stay_as_they_are_and_the_same_ones_give_the_same() -> None:
    labels, proba, _ = planted(200)
    kept = labels.copy(), proba.copy()
    first, second = doubt(labels, proba), doubt(labels, proba)
    assert (labels == kept[0]).all()
    assert (proba == kept[1]).all()
    assert (first.order == second.order).all()
    assert (first.score == second.score).all()


def test_the_order_of_the_labels_does_not_matter() -> None:
    labels, proba, _ = planted(500)
    mixed = np.random.default_rng(2).permutation(500)
    assert doubt(labels[mixed], proba[mixed]).score == pytest.approx(doubt(labels, proba).score[mixed])


def test_more_labels_than_a_chunk_give_what_one_chunk_would(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, proba, _ = planted(700)
    whole = doubt(labels, proba).score
    monkeypatch.setattr("labeling.learners.doubts.CHUNK", 64)
    assert CHUNK > 64
    assert doubt(labels, proba).score == pytest.approx(whole)


def test_one_label_no_label_and_one_class_are_no_trouble() -> None:
    assert doubt(np.zeros(0, dtype=np.int64), np.zeros((0, 3))).order.tolist() == []
    assert doubt(np.array([1]), np.array([[0.9, 0.1]])).suspect.tolist() == [True]
    assert doubt(np.array([0, 0]), np.array([[1.0], [1.0]])).suspect.tolist() == [False, False]


def test_a_probability_of_nought_is_doubted_most_and_divides_nothing_by_nought() -> None:
    found = doubt(np.array([0, 1, 1]), np.array([[0.0, 1.0], [0.0, 1.0], [0.3, 0.7]]))
    assert found.order[0] == 0
    assert np.isfinite(found.score).all()


def test_a_class_without_labels_is_not_said_by_chance() -> None:
    assert usual_assurance(np.array([0, 0]), np.array([[0.6, 0.4], [0.8, 0.2]])).tolist() == pytest.approx([0.7, 1.0])


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0], [0]])
def test_labels_that_do_not_fit_the_probabilities_are_refused(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="label"):
        doubt(np.array(labels), np.full((2, 3), 1 / 3))
