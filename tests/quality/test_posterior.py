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


def test_a_model_that_the_votes_bear_out_is_believed_and_one_they_contradict_is_not() -> None:
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, 300)
    votes = np.log(np.where(np.eye(2)[truth] == 1, 0.8, 0.2))
    good = np.where(np.eye(2)[truth] == 1, 0.9, 0.1)
    assert tempering(good, votes) == 1.0
    assert tempering(good[:, ::-1], votes) == 0.0
    assert tempering(good[:10], votes[:10]) == 0.75


def test_known_answers_replace_what_was_computed() -> None:
    assert settled(np.full((2, 2), 0.5), np.array([-1, 1])).tolist() == [[0.5, 0.5], [0, 1]]
