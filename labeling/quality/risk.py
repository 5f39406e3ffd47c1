"""A promise's risk is money: it is spent by looking at an audit, and no object's answer buys two decisions.

A second decision needs fresh objects and a share of the risk that no earlier decision has used. The ledger hands the
shares out and refuses everything else, so that this can't be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

STAGES = ("first", "second")  # each has half of the risk


class RiskRefused(ValueError):
    """An audit that the ledger does not cover: no share left, or objects that an earlier decision has used."""


class SpentJson(TypedDict):
    stage: str
    share: float
    order: str
    objects: list[int]


class LedgerJson(TypedDict):
    total: float
    spent: list[SpentJson]


@dataclass(frozen=True)
class RiskSpent:
    """One decision: its stage, its share of the risk, the order it was about, the objects whose answers it looked
    at."""

    stage: str
    share: float
    order: str
    objects: tuple[int, ...]


@dataclass(frozen=True)
class RiskLedger:
    """total: the risk of the whole promise, a share. Plain data; `spend` returns the next ledger."""

    total: float
    spent: tuple[RiskSpent, ...] = ()

    @property
    def left(self) -> float:
        return max(0.0, self.total - sum(entry.share for entry in self.spent))

    @property
    def stage(self) -> str | None:
        """The stage that comes next; None when all have been spent."""
        return STAGES[len(self.spent)] if len(self.spent) < len(STAGES) else None

    @property
    def share(self) -> float:
        """The risk of the next stage; 0 when all have been spent."""
        return self.total / len(STAGES) if self.stage else 0.0

    @property
    def used(self) -> frozenset[int]:
        return frozenset(place for entry in self.spent for place in entry.objects)

    def spend(self, *, order: str, objects: Iterable[int]) -> RiskLedger:
        """Take the next stage's share for a decision about `order` from the answers on `objects`.

        Raises RiskRefused when no stage is left, or when an earlier decision used the order or one of the objects.
        """
        places = tuple(sorted(int(place) for place in objects))
        if self.stage is None:
            raise RiskRefused("the risk of this promise is spent: every stage has had its decision")
        if any(entry.order == order for entry in self.spent):
            raise RiskRefused("this order has had its decision: train and freeze again before the next audit")
        if reused := self.used.intersection(places):
            raise RiskRefused(f"{len(reused)} of the audited objects were used by an earlier decision")
        return RiskLedger(self.total, (*self.spent, RiskSpent(self.stage, self.share, order, places)))

    def as_json(self) -> LedgerJson:
        return {
            "total": self.total,
            "spent": [
                {"stage": e.stage, "share": e.share, "order": e.order, "objects": list(e.objects)} for e in self.spent
            ],
        }

    @classmethod
    def from_json(cls, raw: LedgerJson) -> RiskLedger:
        spent = (RiskSpent(e["stage"], e["share"], e["order"], tuple(e["objects"])) for e in raw["spent"])
        return cls(raw["total"], tuple(spent))
