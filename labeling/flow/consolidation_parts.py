"""Long videos that are asked for in parts: each part's answers by themselves, and one label of all of them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
Found: TypeAlias = Outcome | Exception


@dataclass
class Parts:
    """Of objects (ids) that are asked for in parts: each part's outcome by its frames, and that of all of them together
    where nobody is asked about any part any more."""

    single: dict[int, dict[Frames, Found]] = field(default_factory=dict)
    whole: dict[int, Found] = field(default_factory=dict)


def parts_of(
    job: LabelingJob,
    questions: Questions,
    objects: Sequence[DataObject],
    beliefs: Beliefs,
    *,
    closing: Collection[int] = (),
) -> Parts:
    """What the answers on parts come to. Nothing is looked up where the task type asks for none.

    `closing`: ids of tasks that are about to be closed, so that nobody is waited for there.
    """
    made = Parts()
    if not (questions.type.sequences and objects):
        return made
    rows = list(deciding(job).filter(data_object__in=objects, task__frames_to__gt=0).select_related("task"))
    sources = _sources(rows)
    waiting = _waiting_for([one.pk for one in objects], closing)
    for one in objects:
        if one.pk in sources:
            mine = [row for row in rows if row.data_object_id == one.pk]
            found = _singles(questions, one, mine, sources[one.pk], beliefs)
            made.single[one.pk] = found
            if waiting.get(one.pk) == set(found):
                made.whole[one.pk] = _tried(one, _whole, questions, one, found)
    return made


def _singles(
    questions: Questions,
    data_object: DataObject,
    rows: Sequence[Annotation],
    sources: Mapping[Frames, tuple[int, ...]],
    beliefs: Beliefs,
) -> dict[Frames, Found]:
    """Each part's outcome, or why there is none."""
    asked = _tried(data_object, votes_on_parts, questions, [data_object], rows)
    if isinstance(asked, Exception):
        return dict.fromkeys(sources, asked)
    evidence = data_object.drawn_for in EVIDENCE
    return {
        frames: _tried(data_object, outcome_of, questions, part, sources[frames], beliefs, evidence=evidence)
        for frames, part in asked[data_object.pk].items()
    }


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


def _sources(rows: Sequence[Annotation]) -> Mapping[int, Mapping[Frames, tuple[int, ...]]]:
    found: dict[int, dict[Frames, tuple[int, ...]]] = defaultdict(dict)
    for row in rows:
        frames = (row.task.frames_from, row.task.frames_to)
        found[row.data_object_id][frames] = (*found[row.data_object_id].get(frames, ()), row.pk)
    return found


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


def _tried(data_object: DataObject, make: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    try:
        return make(*arguments, **named)
    except Exception as error:  # the outermost loop over objects: one must not hold up the others
        log.exception("the answers on data object %s can't be consolidated", data_object.pk)
        return error
