"""The streak: one bar in the order people, machine, machine and checked, waiting, failed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from labeling.flow.overview import Progress


@dataclass(frozen=True)
class Part:
    """`width` in per cent of the bar; `kind` is its CSS class; `state` names its filter in the data list."""

    kind: str
    words: str
    n: int
    width: float
    state: str


def streak_parts(*, people: int, machine: int, checked: int, waiting: int, failed: int) -> tuple[Part, ...]:
    """The five parts of a job's streak. A part of none has no width and is left out of the bar, not of the words."""
    total = people + machine + checked + waiting + failed
    named = (
        ("is-people", _("By people"), people, "people"),
        ("is-machine", _("By machine"), machine, "machine"),
        ("is-audit", _("By machine and checked"), checked, "checked"),
        ("is-waiting", _("Waiting"), waiting, "waiting"),
        ("is-failed", _("Failed"), failed, "failed"),
    )
    return tuple(
        Part(kind, words, n, round(100 * n / total, 3) if total else 0.0, state) for kind, words, n, state in named
    )


def streak_of(now: Progress) -> tuple[Part, ...]:
    return streak_parts(
        people=now.people, machine=now.machine, checked=now.checked, waiting=now.waiting, failed=now.failed
    )
