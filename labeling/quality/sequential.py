"""The standing audit of machine labels: an alarm that may be looked at after every answer.

Mixture sequential test of "the error is at most what is allowed". Under any such error the likelihood ratio of the
mixture (a Beta prior cut off below the allowed error) against the allowed error is a supermartingale of mean at most 1,
so it ever passes 1 / risk with probability at most `risk` (Ville 1939), however often one looks. Sources: Robbins 1970;
Johari et al. 2017.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import betainc, betaln

PRIOR = 0.5
LEAST = 30  # answers before which there is no alarm


@dataclass(frozen=True)
class AlarmState:
    """After `answers` blind answers, `wrong` of them against the machine: likelihood ratio, point estimate, alarm or
    not."""

    answers: int
    wrong: int
    ratio: float
    estimate: float
    alarm: bool


@dataclass(frozen=True)
class Alarm:
    """allowed, risk: shares in (0, 1). least: answers before which there is no alarm.

    The prior is Jeffreys' Beta(1/2, 1/2), cut off below `allowed`. Raises ValueError on shares outside (0, 1).
    """

    allowed: float
    risk: float = 0.05
    least: int = LEAST

    def __post_init__(self) -> None:
        if not (0 < self.allowed < 1 and 0 < self.risk < 1):
            raise ValueError(f"allowed and risk must lie between 0 and 1, got {self.allowed}, {self.risk}")

    def watch(self, answers: int, wrong: int) -> AlarmState:
        """Counts in, state out; nothing is kept between calls, so the caller latches an alarm once raised.

        The ratio depends on the counts alone, not on the order of the answers. Raises ValueError on impossible counts.
        """
        if not 0 <= wrong <= answers:
            raise ValueError(f"need 0 <= wrong <= answers, got {wrong}, {answers}")
        log_ratio = self._log_ratio(answers, wrong)
        raised = answers >= self.least and log_ratio >= -math.log(self.risk)
        estimate = wrong / answers if answers else 0.0
        return AlarmState(answers, wrong, math.exp(min(log_ratio, 700.0)), estimate, raised)

    def _log_ratio(self, answers: int, wrong: int) -> float:
        a = b = PRIOR
        above_after = betainc(b + answers - wrong, a + wrong, 1 - self.allowed)  # P(Beta(a + k, b + n - k) > allowed)
        above_before = betainc(b, a, 1 - self.allowed)
        if above_after <= 0:
            return -math.inf
        mixture = betaln(a + wrong, b + answers - wrong) + math.log(above_after) - betaln(a, b) - math.log(above_before)
        at_limit = wrong * math.log(self.allowed) + (answers - wrong) * math.log1p(-self.allowed)
        return float(mixture - at_limit)
