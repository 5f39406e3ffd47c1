"""A truth manifest (label attribute `truth`) -> the right answer for each data object of a job."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labeling.errors import InvalidJob, ManifestLineError
from labeling.formats.labels import truth_of
from labeling.formats.lines import read_lines
from labeling.formats.side_files import beside, with_side_files
from labeling.jobs.models import DataObject, LabelingJob
from labeling.jobs.questions import type_of
from labeling.task_types.base import LabelAttribute

NAME = "truth"


def read_truth(job: LabelingJob, file: Path) -> Mapping[int, LabelAttribute]:
    """Data object id -> its true label, with the files beside `file` that it names. Lines are matched by place where
    the sources agree, else by source.

    Raises InvalidJob when an object of the job has none.
    """
    by_place: dict[int, tuple[Any, LabelAttribute]] = {}
    by_source: dict[Any, LabelAttribute] = {}
    kind, opener = type_of(job), beside(file)
    with file.open("rb") as stream:
        for place, line in enumerate(read_lines(stream)):
            if isinstance(line, ManifestLineError):
                raise line
            label = truth_of(line.object, NAME)
            if label is not None:
                label = with_side_files(kind, label, opener)
                source = _source(line.object)
                by_place[place] = (source, label)
                by_source.setdefault(source, label)
    return {row.pk: _find(row, by_place, by_source) for row in DataObject.objects.filter(job=job)}


def _source(line: Mapping[str, Any]) -> Any:
    return line.get("source", line.get("source-ref"))


def _find(
    row: DataObject, by_place: Mapping[int, tuple[Any, LabelAttribute]], by_source: Mapping[Any, LabelAttribute]
) -> LabelAttribute:
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
