"""What became of one job of `bench/learning.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """machine: objects labeled by machine; error: the true share of wrong ones; upper: what was certified.

    answers: full ones of people; looks: objects in the grid. seconds: of people; by_hand: if they answered everything.
    final_error: of all labels in the end. reason: why the machine was allowed nothing.
    """

    objects: int
    machine: int
    error: float
    answers: int
    seconds: float
    by_hand: float
    final_error: float
    cpu: float
    upper: float = 1.0
    looks: int = 0
    rounds: int = 0
    audited: int = 0
    reason: str = ""

    @property
    def share(self) -> float:
        return self.machine / self.objects
