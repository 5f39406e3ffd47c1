"""The form of a new job: what was typed, kept whatever is wrong with it, and the wishes that it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.errors import InvalidJob, NotFound
from labeling.flow.job_rules import DEFAULT, Rules
from labeling.pages import job_asks as asks
from labeling.task_types.base import Attribute, Json, TaskType
from labeling.task_types.registry import TASK_TYPES
from labeling.workforce.access import access_team
from labeling.workforce.models import Team, User

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
    "predictions", "show_proposals", "glance", "audit", "people_error", "no_voice", "per_class",
    "text_features",
)  # fmt: skip
# Where flow says that something is wrong -> the field of the form that shows it.
SHOWN_AT: Final[Mapping[str, str]] = {
    "target_error": "promise", "input": "path", "label-attribute": "label_attribute", "audit_share": "audit",
    "promise_per_class": "per_class",
}  # fmt: skip
AUDITS: Final = ("0.5", "1", "2", "5", "0")  # of a hundred machine labels, checked blind later


@dataclass
class JobForm:
    """`typed` by field name; classes and attributes, row by row, as typed; `errors` by field name, a sentence each."""

    typed: dict[str, str] = field(default_factory=dict)
    classes: list[asks.ClassRow] = field(default_factory=list)
    attributes: list[asks.AttributeRow] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    post: QueryDict | None = None

    @classmethod
    def read(cls, post: QueryDict) -> JobForm:
        classes, places = asks.read_classes(post)
        typed = {name: post.get(name, "").strip()[:100_000] for name in FIELDS}
        return cls(typed=typed, classes=classes, attributes=asks.read_attributes(post, places), post=post)

    @property
    def kind(self) -> TaskType[Any] | None:
        return next((kind for kind in TASK_TYPES if kind.name == self.typed.get("task_type")), None)

    @property
    def rows(self) -> list[tuple[int, int, str, asks.ClassRow]]:
        """(number from 1, colour, key, row) for the rows of the editor; never fewer than two."""
        return asks.numbered(asks.blank_rows(self.classes, at_least=2))

    @property
    def attribute_rows(self) -> list[tuple[asks.AttributeRow, str, str]]:
        """(row, what is wrong with it, its name among the errors)"""
        names = [f"attribute-{place}" for place in range(len(self.attributes))]
        return [(row, self.errors.get(name, ""), name) for row, name in zip(self.attributes, names, strict=True)]

    @property
    def blank_attribute(self) -> asks.AttributeRow:
        return asks.AttributeRow("")

    @property
    def class_options(self) -> list[tuple[str, str]]:
        """(value, words) for the classes that an attribute may belong to; the page keeps them in step with the rows."""
        return [(f"class-{place}", row.name) for place, row in enumerate(self.classes) if row.name]

    @property
    def settings(self) -> list[tuple[TaskType[Any], list[tuple[asks.Setting, str]]]]:
        """(type, its fields with what is wrong with each), for the types that have any."""
        found = []
        for kind in TASK_TYPES:
            fields = asks.settings_of(kind, self.post if kind is self.kind else None)
            if fields:
                found.append((kind, [(one, self.errors.get(one.id, "")) for one in fields]))
        return found

    @property
    def tools(self) -> list[tuple[TaskType[Any], list[asks.Tool]]]:
        """(type, its shapes) for the types that leave a choice."""
        return [
            (kind, asks.tools_of(kind, self.post if kind is self.kind else None))
            for kind in TASK_TYPES
            if kind.usual_tools
        ]

    def wrong(self, problem: InvalidJob) -> None:
        where = SHOWN_AT.get(problem.where, problem.where)
        if (setting := re.match(r"settings/(\w+)", where)) and self.kind:
            where = f"setting-{self.kind.name}-{setting[1]}"
        elif found := re.match(r"(?:categories/(\d+)/)?attributes(?:/(\d+))?", where):
            where = f"attribute-{self._row_of(found[1], int(found[2] or 0))}"
        elif where.startswith("categories/"):
            where = "categories"
        self.errors[where] = " ".join(part for part in (problem.what, problem.todo) if part)

    def _row_of(self, category: str | None, place: int) -> int:
        """The row of the form that became the so manieth attribute of the job, or of a class."""
        rows = [row for row, one in enumerate(self.attributes) if _class_of(one) == (category and int(category))]
        return rows[place] if place < len(rows) else 0

    def wishes(self, user: User) -> dict[str, Any]:
        """The arguments of create_job. Fills `errors`; what it returns is only good when there are none."""
        self._required()
        own = self._attributes()
        return {
            "name": self.typed["name"],
            "task_type": self.typed["task_type"],
            "categories": asks.categories(self.classes, own),
            "attributes": own.get(None, []),
            "team": self._team(user),
            "instructions": self.typed["instructions"],
            "rules": self._rules(),
        }

    def _rules(self) -> Rules:
        return Rules(
            settings=self._settings(),
            tools=self._tools(),
            workers=self._workers(),
            target_error=self._promise(),
            audit_share=self._audit_share(),
            promise_per_class=bool(self.typed["per_class"]) and bool(self._promise()),
            people_error=self._people_error(),
            label_attribute=self.typed["label_attribute"],
            predictions=self.typed["predictions"],
            show_proposals=bool(self.typed["show_proposals"]),
            glance=bool(self.typed["glance"]),
            model_voice=not self.typed["no_voice"],
            text_features=self.typed["text_features"] or DEFAULT.text_features,
        )

    def _required(self) -> None:
        """What is plainly missing, all at once; the finer rules are the flow's, and come one by one."""
        if not self.typed["name"]:
            self.errors["name"] = _("Write a name.")
        kind = self.kind
        if kind is None:
            self.errors["task_type"] = _("Choose what people are asked.")
        elif any(not row.name for row in self.classes):
            self.errors["categories"] = _("A class with points has no name. Write one, or take its points away.")
        elif len(self.classes) < kind.min_categories:
            self.errors["categories"] = ngettext(
                "This question needs at least %(n)s class.",
                "This question needs at least %(n)s classes.",
                kind.min_categories,
            ) % {"n": kind.min_categories}

    def _attributes(self) -> dict[int | None, list[Attribute]]:
        """By the place of the class that they belong to; None: those of the job."""
        own: dict[int | None, list[Attribute]] = {}
        tracks = self.kind is not None and "track" in self.kind.scopes
        for place, row in enumerate(self.attributes):
            try:
                own.setdefault(_class_of(row), []).append(asks.attribute_of(row, tracks=tracks))
            except ValueError as wrong:
                self.errors[f"attribute-{place}"] = str(wrong)
        return own

    def _settings(self) -> Json:
        """Those of the chosen type that are not as they would be anyway."""
        found: Json = {}
        for one in asks.settings_of(self.kind, self.post) if self.kind else []:
            try:
                value = asks.setting_value(one)
            except ValueError as wrong:
                self.errors[one.id] = str(wrong)
                continue
            if value is not None:
                found[one.id.rpartition("-")[2]] = value
        return found

    def _tools(self) -> tuple[str, ...]:
        """The shapes that were chosen, of a type with a choice."""
        if self.kind is None or not self.kind.usual_tools:
            return ()
        chosen = tuple(one.name for one in asks.tools_of(self.kind, self.post) if one.chosen)
        if not chosen:
            self.errors["tools"] = _("Choose at least one shape.")
        return chosen

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

    def _audit_share(self) -> float:
        choice = self.typed["audit"] or AUDITS[1]
        if choice not in AUDITS:
            self.errors["audit"] = _("Choose how many machine labels are checked.")
            return 0.0
        return float(choice) / 100

    def _people_error(self) -> float | None:
        typed = self.typed["people_error"]
        if not typed:
            return None
        try:
            return float(typed.replace(",", ".").removesuffix("%").strip()) / 100
        except ValueError:
            self.errors["people_error"] = _("Write a number from 0 to 49, or nothing.")
            return None

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


def _class_of(row: asks.AttributeRow) -> int | None:
    _, _, place = row.of.partition("class-")
    return int(place) if place else None
