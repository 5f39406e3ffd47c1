"""Answers of a job's workers as the plain votes that consolidation takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from labeling.jobs.files import kept
from labeling.jobs.models import Annotation, DataObject, LabelingJob, Task
from labeling.jobs.questions import Questions
from labeling.jobs.states import Standing
from labeling.task_types.base import Answered, Floats, Vote

COUNTED = (Standing.COUNTED, Standing.LATE)


def counted(job: LabelingJob) -> Any:
    """Answers that count, in the order of their arrival."""
    return Annotation.objects.filter(job=job, standing__in=COUNTED, superseded=False).order_by("pk")


def deciding(job: LabelingJob) -> Any:
    """Those of them that make the labels: where a lead has sent a label back, the answers given since."""
    sent_back = Task.objects.filter(
        data_object=OuterRef("data_object"), purpose=Task.Purpose.REVIEW, pk__gt=OuterRef("task")
    )
    return counted(job).filter(~Exists(sent_back))


def votes_on(
    questions: Questions,
    objects: Sequence[DataObject],
    annotations: Iterable[Annotation],
    priors: Mapping[int, Floats] | None = None,
) -> dict[int, Answered[Any]]:
    """Data object id -> its question and votes, and what a model says of it where `priors` has that (by data object
    id). An object without an answer is left out."""
    by_object: dict[int, list[Annotation]] = defaultdict(list)
    for row in annotations:
        by_object[row.data_object_id].append(row)
    asked: dict[int, Answered[Any]] = {}
    for data_object in objects:
        rows = by_object.get(data_object.pk)
        if rows:
            question = questions.about(data_object)
            votes = tuple(Vote(str(row.worker_id), questions.type.parse(kept(row), question)) for row in rows)
            asked[data_object.pk] = Answered(question, votes, (priors or {}).get(data_object.pk))
    return asked
