"""Where a job's objects are: who labels them, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from labeling.flow.overview import Progress


@dataclass(frozen=True)
class Place:
    """`key`: CSS class of its colour; `share`: of all objects, in [0, 1]."""

    key: str
    name: str
    what: str
    objects: int
    share: float


def places_of(done: Progress, *, at_a_glance: int) -> Sequence[Place]:
    """at_a_glance: objects whose label people only looked at, as the grid counted them; part of those by people."""
    glanced = min(max(0, at_a_glance), done.people)
    rows = (
        ("is-machine", _("By machine"), _("Under the promise; nobody looked."), done.machine),
        ("is-audit", _("Checked blind"), _("People labeled them without seeing what the machine says."), done.checked),
        ("is-glance", _("At a glance"), _("People looked at the machine’s label and let it stand."), glanced),
        ("is-people", _("In full"), _("People answered them one by one."), done.people - glanced),
        ("is-waiting", _("Waiting"), _("Nobody has decided yet."), done.waiting),
        ("is-failed", _("Failed"), _("They could not be labeled."), done.failed),
    )
    total = max(1, done.total)
    return [Place(key, name, what, n, n / total) for key, name, what, n in rows if n or key != "is-failed"]
