"""The table of `bench/learning.py`, and its bars."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from learning_cells import ALLOWED, OURS, PEERS, SLIPS, Cell
from learning_outcomes import Outcome
from learning_pools import SETS

BROKEN = 0.05  # of the seeds: more, and a rule has not kept its promise
DEARER = 1.1  # times by hand: where nothing could be certified, at most
NAMES = {OURS: "Touchstone", "gt": "`gt`", "gt_vdrop": "`gt_vdrop`", "cp": "`cp`"}
HEADS = (
    *(
        "Set",
        "Promise",
        "Rule",
        "Seeds",
        "Machine share (sd)",
        "True error, mean (worst)",
        "Broken",
        "Answers",
        "Looks",
    ),
    *("Seconds", "of by hand", "at half", "at double", "Wrong of all"),
)
Bar = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """All seeds of one rule in one cell."""

    allowed: float
    outcomes: Sequence[Outcome]  # by seed

    def mean(self, name: str) -> float:
        return float(np.mean([getattr(outcome, name) for outcome in self.outcomes]))

    @property
    def shares(self) -> np.ndarray:
        return np.array([outcome.share for outcome in self.outcomes])

    @property
    def broken(self) -> int:
        return sum(outcome.error > self.allowed for outcome in self.outcomes)

    @property
    def honest(self) -> bool:
        return self.broken <= BROKEN * len(self.outcomes)


Groups = dict[tuple[str, float, str, float, float], Group]


def groups_of(rows: Mapping[Cell, dict[str, Any]]) -> Groups:
    found = defaultdict(list)
    for cell in sorted(rows, key=lambda cell: cell.seed):
        found[cell.set, cell.allowed, cell.rule, cell.factor, cell.slips].append(Outcome(**rows[cell]))
    return {key: Group(key[1], outcomes) for key, outcomes in found.items()}


def markdown(rows: Mapping[Cell, dict[str, Any]]) -> str:
    groups = groups_of(rows)
    head = [_line(HEADS), _line(["---"] * len(HEADS))]
    slipping = _lines(groups, (OURS,), slips=SLIPS)
    if slipping:
        slipping = ["", f"People who are wrong {SLIPS:.0%} of the time:", "", *head, *slipping]
    return "\n".join([*head, *_lines(groups, (OURS, *PEERS), slips=0.0), *slipping])


def _lines(groups: Groups, rules: Sequence[str], *, slips: float) -> list[str]:
    return [
        _line(_cells(groups, name, allowed, rule, slips=slips))
        for name in SETS
        for allowed in ALLOWED
        for rule in rules
        if (name, allowed, rule, 1.0, slips) in groups
    ]


def _cells(groups: Groups, name: str, allowed: float, rule: str, *, slips: float) -> list[str]:
    group = groups[name, allowed, rule, 1.0, slips]
    errors = [outcome.error for outcome in group.outcomes]
    prices = [groups.get((name, allowed, rule, factor, slips)) for factor in (0.5, 2.0)]
    return [
        name,
        f"{1 - allowed:.0%}",
        NAMES[rule],
        f"{len(group.outcomes)}",
        f"{group.shares.mean():.1%} ({100 * group.shares.std():.1f})",
        f"{np.mean(errors):.2%} ({max(errors):.2%})",
        f"{group.broken}",
        f"{group.mean('answers'):,.0f}",
        f"{group.mean('looks'):,.0f}",
        f"{group.mean('seconds'):,.0f}",
        _of_by_hand(group),
        *(_of_by_hand(price) if price else "" for price in prices),
        f"{group.mean('final_error'):.2%}",
    ]


def _of_by_hand(group: Group) -> str:
    return f"{group.mean('seconds') / group.mean('by_hand'):.1%}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def bars_of(rows: Mapping[Cell, dict[str, Any]]) -> list[Bar]:
    groups, bars = groups_of(rows), []
    for (name, allowed, rule, factor, slips), group in groups.items():
        if rule != OURS or factor != 1.0:
            continue
        told = f"{name} {1 - allowed:.0%}"
        if slips:
            bars.append(_kept(f"{told}, people wrong {slips:.0%}", group))
            continue
        bars += [_kept(told, group), _by_hand(told, group)]
        for peer in PEERS:
            other = groups.get((name, allowed, peer, 1.0, 0.0))
            if other is not None and other.honest:
                bars += _beside(f"{told}, {peer}", group, other)
    return bars


def _kept(told: str, group: Group) -> Bar:
    return bar(f"{told}: promises broken", group.broken / len(group.outcomes), "share of seeds", BROKEN, below=True)


def _by_hand(told: str, group: Group) -> Bar:
    ratio = group.mean("seconds") / group.mean("by_hand")
    certified = np.mean([outcome.machine > 0 for outcome in group.outcomes]) > 0.5
    return bar(f"{told}: people's seconds", ratio, "of by hand", 1.0 if certified else DEARER, below=True)


def _beside(told: str, ours: Group, other: Group) -> list[Bar]:
    """Against a rule that kept its promise: machine share within two standard errors of the paired seeds, seconds."""
    count = min(len(ours.outcomes), len(other.outcomes))
    gains = ours.shares[:count] - other.shares[:count]
    error = float(gains.std(ddof=1)) / math.sqrt(count) if count > 1 else 0.0
    seconds = ours.mean("seconds") / other.mean("seconds")
    return [
        bar(f"{told}: machine share gained", float(gains.mean()), "share", -2 * error, below=False),
        bar(f"{told}: people's seconds", seconds, "of this rule's", 1.0, below=True, strictly=True),
    ]


def bar(name: str, value: float, unit: str, limit: float, *, below: bool, strictly: bool = False) -> Bar:
    holds = (value < limit if strictly else value <= limit) if below else value >= limit
    sign = ("<" if strictly else "<=") if below else ">="
    return {"name": name, "value": value, "unit": unit, "target": f"{sign} {limit:.4g}", "holds": bool(holds)}
