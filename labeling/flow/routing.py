"""Data objects -> people: which are asked of whom, how often, and in what order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import islice

from labeling.flow.suggesting import suggest
from labeling.jobs.dialect import write
from labeling.jobs.halting import still_running
from labeling.jobs.models import Assignment, DataObject, LabelingJob, Task
from labeling.jobs.opinions import at_first
from labeling.jobs.proposals import EVIDENCE, Showing, showings
from labeling.jobs.questions import facts_of, type_of
from labeling.jobs.states import ObjectState

BATCH = 250  # objects a transaction: no write holds the database for longer than a moment
MOST_FRAMES = 1_000_000  # more than a video has: its parts are asked in order

Purpose = Task.Purpose
Draw = DataObject.Draw


def to_people(
    job: LabelingJob,
    objects: Iterable[int],
    *,
    purpose: Purpose = Purpose.LABEL,
    draw: Draw = Draw.NONE,
    wanted: int = 0,
    urgency: int = 0,
    wave: int = 1,
    glanced: Collection[int] | None = None,
) -> int:
    """Ask people for data objects (ids, the most wanted first); how many were asked newly.

    `glanced`: those that people look at in the grid instead, if the lead permits it; None: all that have a prediction.

    Safe to repeat: an object that has its task, or is not pending any more, is left alone. Raises Halted when the job
    runs no more.
    """
    asked = 0
    for start, batch in _batches(objects):
        if purpose == Purpose.LABEL and draw not in EVIDENCE:
            suggest(job, batch)
        shown = showings(job, batch, purpose=purpose, draw=draw, glanced=glanced)
        with write():
            still_running(job)
            rows = DataObject.objects.filter(job=job, pk__in=batch, state=ObjectState.PENDING)
            open_ones = set(rows.values_list("pk", flat=True))
            chosen = [pk for pk in batch if pk in open_ones]
            parts = _parts(job, chosen) if purpose == Purpose.LABEL and draw not in EVIDENCE else {}
            tasks = Task.objects.bulk_create(
                task
                for pk in chosen
                for task in _tasks(
                    _task(job, pk, shown.get(pk), purpose=purpose, wanted=wanted or at_first(job, draw), wave=wave),
                    parts.get(pk, ()),
                )
            )
            order = {pk: start + place for place, pk in enumerate(batch)}
            Assignment.objects.bulk_create(
                Assignment(
                    job=job,
                    task=task,
                    place=place,
                    urgency=urgency,
                    rank=order[task.data_object_id] + task.frames_from / MOST_FRAMES,
                    at_a_glance=task.purpose == Purpose.GLANCE,
                )
                for task in tasks
                for place in range(task.wanted)
            )
            DataObject.objects.filter(pk__in=chosen).update(state=ObjectState.WITH_PEOPLE, drawn_for=draw)
        asked += len(chosen)
    return asked


def _task(job: LabelingJob, pk: int, shown: Showing | None, *, purpose: Purpose, wanted: int, wave: int) -> Task:
    if shown is None:
        return Task(job=job, data_object_id=pk, purpose=purpose, wanted=wanted, wave=wave)
    return Task(
        job=job,
        data_object_id=pk,
        purpose=shown.purpose,
        wanted=wanted,
        wave=wave,
        prediction_id=shown.prediction,
        proposals_shown=shown.in_full,
    )


def _parts(job: LabelingJob, objects: Collection[int]) -> Mapping[int, Sequence[tuple[int, int]]]:
    """Of those of `objects` (ids) that are long videos the ranges of frames that are asked for by themselves."""
    kind = type_of(job)
    if not kind.sequences:
        return {}
    rows = DataObject.objects.filter(pk__in=objects, media__isnull=False).select_related("media")
    return {row.pk: kind.parts_asked(job.settings, facts_of(row)) for row in rows}


def _tasks(task: Task, parts: Sequence[tuple[int, int]]) -> list[Task]:
    """One for each part; the grid asks about the whole."""
    if not parts or task.purpose != Purpose.LABEL:
        return [task]
    made = []
    for first, stop in parts:
        one = copy(task)
        one.frames_from, one.frames_to = first, stop
        made.append(one)
    return made


def _batches(objects: Iterable[int]) -> Iterator[tuple[int, Sequence[int]]]:
    source, start = iter(objects), 0
    while batch := list(islice(source, BATCH)):
        yield start, batch
        start += len(batch)
