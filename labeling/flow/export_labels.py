"""A label as it stands in a line: under the job's name, and under further ones where one has no place for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from labeling.formats.names import further_name
from labeling.formats.seqlabel import with_frames
from labeling.formats.side_files import placed
from labeling.jobs.frame_tables import frame_names_of
from labeling.jobs.models import DataObject, LabelingJob
from labeling.task_types.base import LabelAttribute, Question, TaskType, Verdict


def labels_of(
    job: LabelingJob,
    kind: TaskType[Any],
    row: DataObject,
    verdict: Verdict[Any],
    question: Question,
    *,
    created: datetime,
    prefix: str,
) -> Mapping[str, LabelAttribute]:
    """Label attribute name -> label, the job's own first; their files called as they are written, below `prefix`."""
    made = {job.label_attribute: kind.to_manifest(verdict, question)}
    for middle, label in kind.further_labels(verdict, question).items():
        made[further_name(job.label_attribute, middle)] = label
    names, numbers = frame_names_of(row.media)
    return {
        name: placed(with_frames(label, names, numbers), object_id=row.position, created=created, prefix=prefix)
        for name, label in made.items()
    }
