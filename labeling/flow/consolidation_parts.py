"""Long videos that are asked for in parts: each part's answers by themselves, and one label of all of them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.db.models import Count, Q

from labeling.flow.beliefs import Beliefs, Outcome, outcome_of
from labeling.jobs.models import Annotation, DataObject, LabelingJob, Task
from labeling.jobs.proposals import EVIDENCE
from labeling.jobs.questions import Questions
from labeling.jobs.states import AssignmentState
from labeling.jobs.votes import deciding, votes_on_parts

log = logging.getLogger(__name__)

Frames: TypeAlias = tuple[int, int]
Part: TypeAlias = tuple[int, Frames]  # data object id, frames
Found: TypeAlias = Outcome | Exception
Given: TypeAlias = Mapping[Part, Sequence[Annotation]]


def parts_of(
    job: LabelingJob, questions: Questions, objects: Mapping[int, DataObject], parts: Collection[Part], beliefs: Beliefs
) -> dict[Part, Found]:
    """What the answers on each of `parts` come to, or why they come to nothing; a part without answers is left out."""
    if not parts:
        return {}
    named = (Q(data_object=pk, task__frames_from=first, task__frames_to=stop) for pk, (first, stop) in parts)
    given = _given(job, reduce(or_, named))
    return {part: _single(questions, objects[part[0]], part[1], rows, beliefs) for part, rows in given.items()}


def wholes_of(
    job: LabelingJob,
    questions: Questions,
    objects: Collection[DataObject],
    beliefs: Beliefs,
    *,
    known: Mapping[Part, Found] | None = None,
    closing: Collection[int] = (),
) -> dict[int, Found]:
    """Object id -> what the answers on all parts come to together, where nobody is asked about any part any more.

    Only here are the answers on all parts looked at: hundreds of parts are consolidated by themselves when each has its
    answers, and once more when the last one has. `known`: what parts come to, as far as it was found out just now.
    `closing`: ids of tasks that are about to be closed, so that nobody is waited for there. Nothing is looked up where
    the task type asks for no parts.
    """
    if not (questions.type.sequences and objects):
        return {}
    asked = _waiting_for([one.pk for one in objects], closing)
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


def nobody_is_asked(object_id: int) -> bool:
    """Whether every part of an object has its answers: no place is open or held. Call inside a transaction."""
    return object_id in _waiting_for([object_id])


def _waiting_for(objects: Sequence[int], closing: Collection[int] = ()) -> Mapping[int, set[Frames]]:
    """Object id -> the frames of its parts, of those objects none of whose parts waits for an answer."""
    missing = Count("assignments", filter=Q(assignments__state__in=[AssignmentState.OPEN, AssignmentState.LEASED]))
    tasks = Task.objects.filter(data_object__in=objects, purpose=Task.Purpose.LABEL, frames_to__gt=0)
    found: dict[int, set[Frames]] = defaultdict(set)
    open_ones = set()
    named = "pk", "data_object", "frames_from", "frames_to", "missing"
    for task, pk, first, stop, left in tasks.annotate(missing=missing).values_list(*named):
        found[pk].add((first, stop))
        if left and task not in closing:
            open_ones.add(pk)
    return {pk: frames for pk, frames in found.items() if pk not in open_ones}


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
