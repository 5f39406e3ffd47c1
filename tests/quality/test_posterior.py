from __future__ import annotations

import numpy as np
import pytest

from labeling.quality.posterior import normalised, settled, tempering, voice


def test_rows_add_up_to_one_however_small_the_weights() -> None:
    rows = normalised(np.array([[-2000.0, -2001.0], [0.0, 0.0]]))
    assert rows.sum(axis=1) == pytest.approx([1, 1])
    assert rows[0, 0] == pytest.approx(np.e / (1 + np.e))


def test_a_model_never_rules_a_class_out() -> None:
    assert np.isfinite(voice(np.array([[1.0, 0.0]]), 1.0)).all()


def test_a_silent_model_weighs_all_classes_alike() -> None:
    told = voice(np.array([[np.nan, np.nan, np.nan]]), 1.0)
    assert np.ptp(told) == 0


def judged(right: float, sure: float, *, n: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """A model of two classes, how often right and how sure, and the log likelihood of single votes, right in 80 %."""
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, n)
    said = np.where(rng.random(n) < 0.8, truth, 1 - truth)
    told = np.where(rng.random(n) < right, truth, 1 - truth)
    likelihood = np.log(np.where(np.eye(2)[said] == 1, 0.8, 0.2))
    return np.where(np.eye(2)[told] == 1, sure, 1 - sure), likelihood


def test_a_model_that_the_votes_bear_out_is_believed_and_one_they_contradict_is_not() -> None:
    good, votes = judged(0.9, 0.9)
    assert tempering(good, votes) == 1.0
    assert tempering(good[:, ::-1], votes) == 0.0
    assert tempering(good[:10], votes[:10]) == 0.75


def test_a_model_that_is_righter_than_it_says_is_believed_more_than_it_says() -> None:
    assert tempering(*judged(0.95, 0.7)) > 1.5


def test_however_loud_a_voice_it_never_rules_a_class_out() -> None:
    for power in (1.0, 3.0):
        told = voice(np.array([[0.999, 0.0005, 0.0005]]), power)
        assert np.ptp(told) < 5.1


def test_known_answers_replace_what_was_computed() -> None:
    assert settled(np.full((2, 2), 0.5), np.array([-1, 1])).tolist() == [[0.5, 0.5], [0, 1]]
