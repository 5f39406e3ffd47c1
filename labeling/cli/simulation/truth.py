"""A truth manifest (label attribute `truth`) -> the right answer for each data object of a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from labeling.errors import InvalidJob, ManifestLineError
from labeling.formats.labels import truths_of
from labeling.formats.lines import read_lines
from labeling.formats.seqlabel import by_index
from labeling.formats.side_files import beside, with_side_files
from labeling.jobs.frame_tables import frame_names_of
from labeling.jobs.models import DataObject, LabelingJob
from labeling.jobs.questions import Questions
from labeling.task_types.base import LabelAttribute

NAME = "truth"


Labels: TypeAlias = Sequence[LabelAttribute]
"""What a line says of an object: one label, or several of a type that needs further ones."""


def read_truth(job: LabelingJob, file: Path) -> Mapping[int, Labels]:
    """Data object id -> its true labels, with the files beside `file` that they name. Lines are matched by place where
    the sources agree, else by source.

    Raises InvalidJob when an object of the job has none.
    """
    by_place: dict[int, tuple[Any, Labels]] = {}
    by_source: dict[Any, Labels] = {}
    questions, opener = Questions(job), beside(file)
    middles = questions.type.further_names(questions.about_any())
    with file.open("rb") as stream:
        for place, line in enumerate(read_lines(stream)):
            if isinstance(line, ManifestLineError):
                raise line
            labels = [with_side_files(questions.type, one, opener) for one in truths_of(line.object, NAME, middles)]
            if labels:
                source = _source(line.object)
                by_place[place] = (source, labels)
                by_source.setdefault(source, labels)
    rows = DataObject.objects.filter(job=job).select_related("media")
    return {row.pk: _indexed(row, _find(row, by_place, by_source)) for row in rows}


def _indexed(row: DataObject, labels: Labels) -> Labels:
    """With the frames of a sequence called by their places."""
    names, numbers = frame_names_of(row.media)
    return [by_index(one, names, numbers) for one in labels]


def _source(line: Mapping[str, Any]) -> Any:
    return line.get("source", line.get("source-ref"))


def _find(row: DataObject, by_place: Mapping[int, tuple[Any, Labels]], by_source: Mapping[Any, Labels]) -> Labels:
    source = _source(row.content)
    at_place = by_place.get(row.position)
    if at_place is not None and at_place[0] == source:
        return at_place[1]
    if source in by_source:
        return by_source[source]
    raise InvalidJob(
        f'The truth file has nothing for "{row.name}" (line {row.position + 1}).',
        where="--truth",
        todo=f'Give every line a label under "{NAME}".',
    )
