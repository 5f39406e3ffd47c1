"""Long videos that are asked for in parts: each part's answers by themselves, and one label of all of them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from django.db.models import Q

from labeling.flow.beliefs import Beliefs, Outcome, outcome_of
from labeling.jobs.models import Annotation, DataObject, LabelingJob, Task
from labeling.jobs.proposals import EVIDENCE
from labeling.jobs.questions import Questions
from labeling.jobs.states import TaskState
from labeling.jobs.votes import deciding, votes_on_parts

log = logging.getLogger(__name__)

Frames: TypeAlias = tuple[int, int]
Part: TypeAlias = tuple[int, Frames]  # data object id, frames
Found: TypeAlias = Outcome | Exception
Given: TypeAlias = Mapping[Part, Sequence[Annotation]]


def parts_of(
    job: LabelingJob, questions: Questions, objects: Mapping[int, DataObject], tasks: Collection[int], beliefs: Beliefs
) -> dict[Part, Found]:
    """What the answers on each part that `tasks` (ids) ask for come to, or why they come to nothing; a part without
    answers is left out."""
    given = _given(job, Q(task__in=tasks)) if tasks else {}
    return {part: _single(questions, objects[part[0]], part[1], rows, beliefs) for part, rows in given.items()}


def wholes_of(
    job: LabelingJob,
    questions: Questions,
    objects: Collection[DataObject],
    beliefs: Beliefs,
    *,
    known: Mapping[Part, Found] | None = None,
    settling: Collection[int] = (),
) -> dict[int, Found]:
    """Object id -> what the answers on all parts come to together, where every part is settled.

    Only here are the answers on all parts looked at: hundreds of parts are consolidated by themselves when each has its
    answers, and once more when the last one has. `known`: what parts come to, as far as it was found out just now.
    `settling`: ids of tasks that are about to be closed. Nothing is looked up where the task type asks for no parts.
    """
    if not (questions.type.sequences and objects):
        return {}
    asked = _settled([one.pk for one in objects], settling)
    ended = [one for one in objects if one.pk in asked]
    given = _given(job, Q(data_object__in=ended, task__frames_to__gt=0)) if ended else {}
    made: dict[int, Found] = {}
    for one in ended:
        mine = {frames: rows for (pk, frames), rows in given.items() if pk == one.pk}
        if set(mine) == asked[one.pk]:
            found = {
                frames: (known or {}).get((one.pk, frames)) or _single(questions, one, frames, rows, beliefs)
                for frames, rows in mine.items()
            }
            made[one.pk] = _tried(one, _whole, questions, one, found)
    return made


def _given(job: LabelingJob, which: Q) -> Given:
    found: dict[Part, list[Annotation]] = defaultdict(list)
    for row in deciding(job).filter(which).select_related("task"):
        found[row.data_object_id, (row.task.frames_from, row.task.frames_to)].append(row)
    return found


def _single(
    questions: Questions, data_object: DataObject, frames: Frames, rows: Sequence[Annotation], beliefs: Beliefs
) -> Found:
    def made() -> Outcome:
        asked = votes_on_parts(questions, [data_object], rows)[data_object.pk][frames]
        sources, evidence = tuple(row.pk for row in rows), data_object.drawn_for in EVIDENCE
        return outcome_of(questions, asked, sources, beliefs, evidence=evidence)

    return _tried(data_object, made)


def all_settled(object_id: int) -> bool:
    """Whether every part of an object is closed. Call inside a transaction."""
    return object_id in _settled([object_id])


def _settled(objects: Sequence[int], settling: Collection[int] = ()) -> Mapping[int, set[Frames]]:
    """Object id -> the frames of its parts, of those objects whose parts are all closed or about to be.

    That a part has all its answers is not enough: they may wait to be looked at, and be in need of one more.
    """
    tasks = Task.objects.filter(data_object__in=objects, purpose=Task.Purpose.LABEL, frames_to__gt=0)
    found: dict[int, set[Frames]] = defaultdict(set)
    going_on = set()
    for task, pk, first, stop, state in tasks.values_list("pk", "data_object", "frames_from", "frames_to", "state"):
        found[pk].add((first, stop))
        if state != TaskState.CLOSED and task not in settling:
            going_on.add(pk)
    return {pk: frames for pk, frames in found.items() if pk not in going_on}


def _whole(questions: Questions, data_object: DataObject, found: Mapping[Frames, Found]) -> Outcome:
    """Raises what a part's answers have raised."""
    outcomes = []
    for frames in sorted(found):
        one = found[frames]
        if isinstance(one, Exception):
            raise one
        outcomes.append((questions.about(data_object, frames), one))
    verdict = questions.type.whole_of(
        [(question, one.verdict) for question, one in outcomes], questions.about(data_object)
    )
    return Outcome(verdict, tuple(pk for _, one in outcomes for pk in one.sources))


def _tried(data_object: DataObject, make: Callable[..., Outcome], *arguments: Any) -> Found:
    try:
        return make(*arguments)
    except Exception as error:  # the outermost loop over objects: one must not hold up the others
        log.exception("the answers on data object %s can't be consolidated", data_object.pk)
        return error
