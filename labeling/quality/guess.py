"""How wrong the surest objects are, guessed before the audit: for planning and for the forecast, never as evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

Floats = NDArray[np.float64]

BAND = 30  # evidence objects
HOLD = 2.0  # imagined objects in each band that behave as the fit says


@dataclass(frozen=True)
class Evidence:
    """Objects drawn at random, their out-of-fold scores (c,) in [0, 1], and whether the prediction was wrong (c,)
    bool."""

    scores: Floats
    wrong: NDArray[np.bool_]


@dataclass(frozen=True)
class Guess:
    """For each set size asked: guessed share of errors (s,), and how many random objects stand behind it (s,)."""

    error: Floats
    weight: Floats


def guess_errors(scores: Floats, sizes: NDArray[np.int64], evidence: Evidence) -> Guess:
    """Errors among the first `size` of the candidates, surest first: mean of a logistic fit and of plain ratios by
    score.

    scores: (m,) descending. The fit is steady but blind to a floor of wrong labels among the surest; plain ratios see
    the floor but jump. The ratios are taken within bands of the score: one ratio over everything above a threshold
    was 5 to 10 points too high for large sets, since the queries have taken the hard objects from the candidates, not
    from the evidence.
    """
    if not len(evidence.wrong):
        return Guess(np.full(len(sizes), 0.5), np.ones(len(sizes)))
    fit = _fit(evidence)
    fitted = fit(scores)
    banded = _banded_errors(scores, evidence, fit)
    error = ((fitted + banded) / 2).cumsum()[sizes - 1] / sizes
    weight = (evidence.scores[None, :] >= scores[sizes - 1][:, None]).sum(axis=1)
    return Guess(np.asarray(error, dtype=np.float64), np.maximum(weight, 10).astype(np.float64))


def chances_right(scores: Floats, evidence: Evidence) -> Floats:
    """(m,) how likely each prediction is right, by the same two views; 0 without evidence, so that nothing rests on
    it.

    scores: (m,) in any order.
    """
    if not len(evidence.wrong):
        return np.zeros(len(scores))
    fit = _fit(evidence)
    return np.asarray(1 - (fit(scores) + _banded_errors(scores, evidence, fit)) / 2, dtype=np.float64)


def _banded_errors(scores: Floats, evidence: Evidence, fit: Callable[[Floats], Floats]) -> Floats:
    """The share of errors in each candidate's band of scores, bands of `BAND` evidence objects, held lightly to the
    fit."""
    ascending = np.argsort(evidence.scores, kind="stable")
    bands = np.array_split(ascending, max(1, len(ascending) // BAND))
    upper = np.array([evidence.scores[band[-1]] for band in bands[:-1]])
    expected = fit(evidence.scores)
    ratios = np.array(
        [(evidence.wrong[band].sum() + expected[band].mean() * HOLD) / (len(band) + HOLD) for band in bands]
    )
    return np.asarray(ratios[np.searchsorted(upper, scores, side="left")], dtype=np.float64)


def _fit(evidence: Evidence) -> Callable[[Floats], Floats]:
    """P(wrong | score): a logistic curve in the score's log-odds, lightly held towards the mean."""
    x = logit(np.clip(evidence.scores, 1e-6, 1 - 1e-6))
    y = evidence.wrong.astype(np.float64)
    centre, spread = float(x.mean()), float(x.std()) or 1.0
    z = (x - centre) / spread

    def loss(parameters: Floats) -> tuple[float, Floats]:
        eta = parameters[0] + parameters[1] * z
        value = float(np.logaddexp(0, eta).sum() - (y * eta).sum() + 0.5 * parameters[1] ** 2)
        residual = expit(eta) - y
        return value, np.array([residual.sum(), (residual * z).sum() + parameters[1]])

    share = (y.sum() + 0.5) / (len(y) + 1)
    found = minimize(loss, np.array([logit(share), 0.0]), jac=True, method="L-BFGS-B", bounds=[(-12, 12), (-12, 0)])

    def wrong_at(scores: Floats) -> Floats:
        at = (logit(np.clip(scores, 1e-6, 1 - 1e-6)) - centre) / spread
        return np.asarray(expit(found.x[0] + found.x[1] * at), dtype=np.float64)

    return wrong_at
