from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from labeling.errors import BadRequest
from labeling.learners import decisions
from labeling.learners.imported import (
    RIGHT,
    WRONG,
    Given,
    check_probabilities,
    learn_given,
    load_imported,
    save_imported,
)
from labeling.quality.audit import Promise, certify, draw_audit, machine_objects, plan_audit
from labeling.quality.risk import RiskLedger


def boxes(count: int, *, errs: float, seed: int, honest: bool = True) -> tuple[Given, np.ndarray]:
    """Predictions with a score each, and which are right; honest scores say how likely that is."""
    chance = np.random.default_rng(seed)
    sure = chance.random(count)
    right = chance.random(count) >= 2 * errs * (1 - sure)
    scores = 0.3 + 0.69 * (sure if honest else chance.random(count))
    parts = np.ones(count, dtype=np.int64)
    return Given(np.arange(1, count + 1), scores, scores.copy(), parts), right


def asked(right: np.ndarray, places: np.ndarray) -> np.ndarray:
    labels = np.full(len(right), -1, dtype=np.int64)
    labels[places] = np.where(right[places], RIGHT, WRONG)
    return labels


def certified(given: Given, right: np.ndarray, *, allowed: float, seed: int) -> tuple[int, int]:
    """One stage of the real decisions: machine labels, and how many of them are wrong."""
    count = len(right)
    calibration = decisions.calibration_sample(np.arange(count), decisions.sizes_for(count, classes=1), seed=seed)
    labels = asked(right, calibration)
    learned = learn_given(given, labels)
    order = decisions.freeze(learned, np.setdiff1d(np.arange(count), calibration))
    evidence = decisions.evidence_from(learned, labels, calibration)
    ledger = RiskLedger(0.05)
    plan = plan_audit(order, evidence, promise=Promise(allowed, 0.05), ledger=ledger)
    if not plan.possible:
        return 0, 0
    drawn = draw_audit(plan, order, seed=seed)
    decided, _ = certify(plan, order, drawn=drawn, wrong=~right[drawn], ledger=ledger)
    machine = machine_objects(decided, order, drawn)
    return len(machine), int((~right[machine]).sum())


def test_the_promise_holds_whether_the_scores_are_honest_or_not() -> None:
    broken, labeled = 0, {True: 0, False: 0}
    for seed in range(30):
        for honest in (True, False):
            given, right = boxes(3000, errs=0.08, seed=seed, honest=honest)
            machine, wrong = certified(given, right, allowed=0.07, seed=seed)
            broken += machine > 0 and wrong / machine > 0.07
            labeled[honest] += machine
    assert broken <= 3, "allowed: 5 % of the 60 runs"
    assert labeled[True] > 30 * 600, "honest scores let the machine take part of the job"
    assert labeled[False] < labeled[True]


def test_probabilities_stand_where_a_trained_models_would() -> None:
    proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])
    given = Given(np.array([7, 8, 0]), proba.max(axis=1), np.ones(3), np.zeros(3, dtype=np.int64), proba)
    learned = learn_given(given, np.array([0, 0, 1]))
    assert learned.predicted.tolist() == [0, 1, 0]
    assert learned.oof_index.tolist() == [0, 1], "what has no prediction is no evidence"
    assert learned.readable.tolist() == [True, True, False]
    evidence = decisions.evidence_from(learned, np.array([0, 0, 1]), np.array([0, 1, 2]))
    assert evidence.wrong.tolist() == [False, True]
    assert len(learned.picks) == 0


def test_the_order_learns_that_many_parts_are_wrong_more_often() -> None:
    chance = np.random.default_rng(3)
    count = 2000
    parts = chance.integers(1, 20, count)
    scores = np.full(count, 0.9)
    given = Given(np.arange(1, count + 1), scores, 0.9**parts, parts)
    right = chance.random(count) < 0.97**parts
    learned = learn_given(given, asked(right, np.arange(600)))
    assert learned.score[parts == 1].mean() > learned.score[parts == 19].mean() + 0.2


def test_with_too_few_mistakes_the_order_is_that_of_the_scores_as_they_came() -> None:
    given, right = boxes(200, errs=0.0, seed=1)
    learned = learn_given(given, asked(right, np.arange(50)))
    assert np.array_equal(learned.score, given.scores)


def test_what_was_kept_is_read_back_as_it_was() -> None:
    given, right = boxes(50, errs=0.1, seed=2)
    learned = learn_given(given, asked(right, np.arange(20)))
    file = BytesIO()
    save_imported(learned, file)
    again = load_imported(BytesIO(file.getvalue()))
    assert np.array_equal(again.answers, learned.answers)
    assert np.array_equal(again.score, learned.score)
    with pytest.raises(BadRequest, match="can't be read"):
        load_imported(BytesIO(b"PK\x03\x04 no arrays"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.5, 0.6], "sum to 1.1"),
        ([1.2, -0.2], "A probability is"),
        ([float("nan"), 1.0], "no number"),
        ([0.2, 0.3, 0.5], "3 probabilities for 2 classes"),
    ],
)
def test_probabilities_that_are_none_are_refused(values: list[float], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        check_probabilities(np.array(values), 2)


def test_rounded_probabilities_are_brought_to_one() -> None:
    assert check_probabilities(np.array([0.333, 0.333, 0.333]), 3).sum() == pytest.approx(1.0)
