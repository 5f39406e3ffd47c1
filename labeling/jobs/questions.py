"""What a job asks about a data object, as the plain Question that passes the seam."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from labeling.errors import Problem
from labeling.formats.names import label_names
from labeling.jobs.files import store
from labeling.jobs.models import Category as CategoryRow
from labeling.jobs.models import DataObject, LabelingJob
from labeling.task_types.attributes import without_required
from labeling.task_types.base import Attribute, Category, Json, Learnable, MediaFacts, Question, TaskType
from labeling.task_types.registry import task_type


def type_of(job: LabelingJob) -> TaskType[Any]:
    return task_type(job.task_type)


def _attributes(rows: Iterable[dict[str, Any]]) -> tuple[Attribute, ...]:
    return tuple(Attribute(**{**row, "choices": tuple(row.get("choices", ()))}) for row in rows)


def categories_of(job: LabelingJob) -> tuple[Category, ...]:
    return tuple(_category(row) for row in job.categories.all())


def _category(row: CategoryRow) -> Category:
    return Category(
        name=row.name,
        colour=row.colour,
        key=row.key,
        attributes=_attributes(row.attributes),
        skeleton=row.skeleton,
    )


class Questions:
    """Questions of one job; its categories are read once."""

    def __init__(self, job: LabelingJob) -> None:
        self.type = type_of(job)
        self._categories = categories_of(job)
        self._attributes = _attributes(job.attributes)
        self._settings = job.settings
        self._tools = tuple(job.tools) or self.type.tools
        self._name = job.label_attribute

    def about(self, data_object: DataObject, frames: tuple[int, int] | None = None) -> Question:
        """`frames`: those of a task, where it asks for a part of a long video."""
        return Question(
            categories=self._categories,
            attributes=self._attributes,
            tools=self._tools,
            media=facts_of(data_object),
            settings=self._settings,
            frames=frames,
        )

    def in_part(self, answer: Json, data_object: DataObject, frames: tuple[int, int]) -> Json:
        """What of an answer to the whole, as JSON, lies in some frames. It may lack what people must fill in."""
        eased = without_required(self.about(data_object))
        part = self.type.part_of(self.type.parse(answer, eased), replace(eased, frames=frames))
        return self.type.dump(part)

    def about_any(self) -> Question:
        """What holds for every object of the job: no media facts. For whole-answer types that need none."""
        return Question(
            categories=self._categories,
            attributes=self._attributes,
            tools=self._tools,
            media=MediaFacts(kind=self.type.media),
            settings=self._settings,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The label attribute names that the job's labels stand under, its own first."""
        return label_names(self._name, self.type.further_names(self.about_any()))


KNOWN_FACTS = {field.name for field in fields(MediaFacts)}


def facts_of(data_object: DataObject) -> MediaFacts:
    if data_object.media is None or data_object.media.kind == "text":
        return MediaFacts(kind="text", text=text_of(data_object))
    return MediaFacts(**{name: value for name, value in data_object.media.facts.items() if name in KNOWN_FACTS})


def text_of(data_object: DataObject) -> str:
    """The text in the manifest line or its file, as it came: never trimmed, never normalised."""
    if data_object.media is not None:
        with store().open(data_object.media.digest) as stream:
            return stream.read().decode()
    return str(data_object.content.get("source", ""))


def learner_of(questions: Questions) -> Learnable[Any]:
    if not isinstance(questions.type, Learnable):
        raise Problem(f"The machine can't learn this yet: {questions.type.title.lower()}.")
    return questions.type
