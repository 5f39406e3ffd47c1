"""Answers of a job's workers as the plain votes that consolidation takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from django.db.models import Exists, OuterRef

from labeling.jobs.files import kept
from labeling.jobs.models import Annotation, DataObject, LabelingJob, Task
from labeling.jobs.questions import Questions
from labeling.jobs.states import Standing
from labeling.task_types.base import Answered, Floats, Vote

Priors: TypeAlias = Mapping[int, Floats]
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
    priors: Priors | None = None,
) -> dict[int, Answered[Any]]:
    """Data object id -> its question and votes, and what a model says of it where `priors` has that (by data object
    id). An object without an answer is left out."""
    by_object: dict[int, list[Annotation]] = defaultdict(list)
    for row in annotations:
        by_object[row.data_object_id].append(row)
    return {
        one.pk: _asked(questions, one, by_object[one.pk], None, (priors or {}).get(one.pk))
        for one in objects
        if one.pk in by_object
    }


def votes_on_parts(
    questions: Questions, objects: Sequence[DataObject], annotations: Iterable[Annotation]
) -> dict[int, dict[tuple[int, int], Answered[Any]]]:
    """Data object id -> frames -> the same of each part of a long video, in order of frames; `annotations` with their
    tasks. Answers to all of an object are left out."""
    by_object: dict[int, dict[tuple[int, int], list[Annotation]]] = defaultdict(lambda: defaultdict(list))
    for row in annotations:
        if row.task.frames is not None:
            by_object[row.data_object_id][row.task.frames].append(row)
    return {
        one.pk: {frames: _asked(questions, one, rows, frames) for frames, rows in sorted(by_object[one.pk].items())}
        for one in objects
        if one.pk in by_object
    }


def all_votes(
    questions: Questions, objects: Sequence[DataObject], given: Any, voices: Callable[[Sequence[Annotation]], Priors]
) -> list[Answered[Any]]:
    """The votes on each of `objects`, and on each part of long videos. `given`: a query of answers; `voices`: what a
    model says beside them."""
    rows = list(given.filter(data_object__in=objects).select_related("task" if questions.type.sequences else None))
    whole = [row for row in rows if not (questions.type.sequences and row.task.frames)]
    found = list(votes_on(questions, objects, whole, voices(whole)).values())
    if len(whole) < len(rows):
        found += [one for parts in votes_on_parts(questions, objects, rows).values() for one in parts.values()]
    return found


def _asked(
    questions: Questions,
    data_object: DataObject,
    rows: Sequence[Annotation],
    frames: tuple[int, int] | None,
    prior: Floats | None = None,
) -> Answered[Any]:
    question = questions.about(data_object, frames)
    votes = tuple(Vote(str(row.worker_id), questions.type.parse(kept(row), question)) for row in rows)
    return Answered(question, votes, prior)
