"""How wrong the surest objects are, guessed before the audit: for planning and for the forecast, never as evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """Objects drawn at random, their out-of-fold scores (c,) in [0, 1], and whether the prediction was wrong (c,) bool."""

    scores: Floats
    wrong: NDArray[np.bool_]


@dataclass(frozen=True)
class Guess:
    """For each set size asked: guessed share of errors (s,), and how many random objects stand behind it (s,)."""

    error: Floats
    weight: Floats


def guess_errors(scores: Floats, sizes: NDArray[np.int64], evidence: Evidence) -> Guess:
    """Errors among the first `size` of the candidates, surest first: mean of a logistic fit and of the plain ratio.

    scores: (m,) descending. The fit is steady but blind to a floor of wrong labels among the surest; the plain ratio
    sees the floor but jumps. Measured: each alone plans worse than their mean.
    """
    if not len(evidence.wrong):
        return Guess(np.full(len(sizes), 0.5), np.ones(len(sizes)))
    fitted = _fitted_errors(scores, evidence).cumsum()[sizes - 1] / sizes
    above = evidence.scores[None, :] >= scores[sizes - 1][:, None]
    count = above.sum(axis=1)
    ratio = ((above & evidence.wrong).sum(axis=1) + 0.5) / (count + 1)
    error = np.where(count >= 10, (fitted + ratio) / 2, fitted)
    return Guess(np.asarray(error, dtype=np.float64), np.maximum(count, 10).astype(np.float64))


def _fitted_errors(scores: Floats, evidence: Evidence) -> Floats:
    """P(wrong | score) for each candidate: a logistic curve in the score's log-odds, lightly held towards the mean."""
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
    at = (logit(np.clip(scores, 1e-6, 1 - 1e-6)) - centre) / spread
    return np.asarray(expit(found.x[0] + found.x[1] * at), dtype=np.float64)
