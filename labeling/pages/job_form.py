"""The form of a new job: what was typed, kept whatever is wrong with it, and the wishes that it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.errors import InvalidJob, NotFound
from labeling.task_types.base import Category
from labeling.task_types.registry import TASK_TYPES
from labeling.workforce.access import access_team
from labeling.workforce.models import Team, User

COLOURS: Final = 12
KEYS: Final = "1234567890"
WORKERS: Final[Mapping[str, tuple[int, int]]] = {
    "1": (1, 1),
    "2": (2, 2),
    "3": (3, 3),
    "5": (5, 5),
    "1-3": (1, 3),
    "2-5": (2, 5),
}
FIELDS: Final = (
    "name", "team", "task_type", "source", "path", "workers", "promise", "other", "instructions", "label_attribute",
)  # fmt: skip
# Where flow says that something is wrong -> the field of the form that shows it.
SHOWN_AT: Final[Mapping[str, str]] = {"target_error": "promise", "input": "path", "label-attribute": "label_attribute"}


@dataclass
class JobForm:
    """`typed` by field name; `names` of the classes, as typed; `errors` by field name, one sentence each."""

    typed: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=lambda: ["", ""])
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, post: QueryDict) -> JobForm:
        names = [name.strip()[:256] for name in post.getlist("category")]
        names += [line.strip()[:256] for line in post.get("category_list", "").splitlines()]
        typed = {name: post.get(name, "").strip()[:100_000] for name in FIELDS}
        return cls(typed=typed, names=[name for name in names if name])

    @property
    def rows(self) -> list[tuple[int, int, str, str]]:
        """(number from 1, colour, key, name) for the rows of the editor; never fewer than two."""
        names = self.names + [""] * max(0, 2 - len(self.names))
        return [(i + 1, i % COLOURS + 1, KEYS[i] if i < len(KEYS) else "", name) for i, name in enumerate(names)]

    def wrong(self, problem: InvalidJob) -> None:
        where = SHOWN_AT.get(problem.where, problem.where)
        self.errors[where] = " ".join(part for part in (problem.what, problem.todo) if part)

    def wishes(self, user: User) -> dict[str, Any]:
        """The arguments of create_job. Fills `errors`; what it returns is only good when there are none."""
        self._required()
        return {
            "name": self.typed["name"],
            "task_type": self.typed["task_type"],
            "categories": categories(self.names),
            "team": self._team(user),
            "workers": self._workers(),
            "target_error": self._promise(),
            "instructions": self.typed["instructions"],
            "label_attribute": self.typed["label_attribute"],
        }

    def _required(self) -> None:
        """What is plainly missing, all at once; the finer rules are the flow's, and come one by one."""
        if not self.typed["name"]:
            self.errors["name"] = _("Write a name.")
        kind = next((kind for kind in TASK_TYPES if kind.name == self.typed["task_type"]), None)
        if kind is None:
            self.errors["task_type"] = _("Choose what people are asked.")
        elif len(self.names) < kind.min_categories:
            self.errors["categories"] = ngettext(
                "This question needs at least %(n)s class.",
                "This question needs at least %(n)s classes.",
                kind.min_categories,
            ) % {"n": kind.min_categories}

    def _team(self, user: User) -> Team | None:
        try:
            return access_team(int(self.typed["team"] or 0), user)
        except (NotFound, ValueError):
            self.errors["team"] = _("Choose one of your teams.")
            return None

    def _workers(self) -> tuple[int, int]:
        if self.typed["workers"] not in WORKERS:
            self.errors["workers"] = _("Choose how many people look at an object.")
        return WORKERS.get(self.typed["workers"], (1, 1))

    def _promise(self) -> float | None:
        """The share of machine labels that may be wrong; None when people label everything."""
        choice = self.typed["promise"]
        if choice in ("", "none"):
            return None
        typed = self.typed["other"].replace(",", ".").removesuffix("%").strip() if choice == "other" else choice
        try:
            per_cent = float(typed)
        except ValueError:
            per_cent = 0.0
        if not 0.1 <= per_cent <= 50:
            self.errors["promise"] = _("Write a number from 0.1 to 50.")
            return None
        return per_cent / 100


def categories(names: list[str]) -> tuple[Category, ...]:
    """Classes in the order of their names, each with a label colour and, for the first ten, a digit."""
    return tuple(
        Category(name=name, colour=i % COLOURS + 1, key=KEYS[i] if i < len(KEYS) else "")
        for i, name in enumerate(names)
    )
