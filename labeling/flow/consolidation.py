"""Annotations -> one label with a confidence, or back for one more opinion."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from labeling.errors import Problem
from labeling.jobs.dialect import write
from labeling.jobs.files import keep, kept
from labeling.jobs.models import (
    Annotation,
    Assignment,
    DataObject,
    Decline,
    GlancePage,
    Label,
    LabelingJob,
    Outbox,
    Tally,
    Task,
    WorkDay,
)
from labeling.jobs.opinions import one_more_wanted
from labeling.jobs.places import nobody_left, one_more, withdraw
from labeling.jobs.questions import Questions
from labeling.jobs.standing import judge
from labeling.jobs.states import AssignmentState, ObjectState, TaskState
from labeling.jobs.votes import counted, votes_on
from labeling.task_types.base import Answered, Skills, Verdict

Outcome: TypeAlias = tuple[Verdict[Any], list[int]]  # with the ids of the answers behind it

log = logging.getLogger(__name__)

BATCH = 25  # answers a transaction: the web process waits for it on SQLite
PAGE = 500  # objects a read
TRIES = 3
PAUSE = timedelta(seconds=15)  # before an object is tried again
SURE = 0.9  # with fewer answers than a job's most, one more is asked below this confidence
STALE = 1.1  # skills are learned again when a job's answers have grown by this factor

ALL_DECLINED = "ClientError: Annotation tasks expired. Every worker of the team skipped this object."

UNCONSOLIDATED = "InternalServerError: The answers on this object could not be made into one label; see the log."

_learned: dict[int, tuple[int, Skills]] = {}  # job id -> (answers, skills) in this process


def consolidate_waiting(job_id: int, *, now: datetime) -> int:
    """Take up to BATCH answers from the outbox into counters, and label what is complete. How many were taken.

    Repeatable: the outbox rows go in the same transaction as what they caused. An object whose answers can't be
    consolidated is tried again later, and after TRIES it fails; the others go on.
    """
    rows = list(_due(job_id, now)[:BATCH])
    if not rows:
        return 0
    job = LabelingJob.objects.get(pk=job_id)
    questions = Questions(job)
    looked_at = _named(job, rows)
    alone = nobody_left(job, looked_at)
    tasks = _complete(looked_at) + _abandoned(job, alone)
    verdicts = _verdicts(job, questions, tasks)
    answers = Annotation.objects.filter(pk__in=[row.body["annotation"] for row in rows if row.kind == "answered"])
    with suppress(_Overtaken), write():
        taken, _ = Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
        if taken != len(rows):
            raise _Overtaken
        _count(job, list(answers))
        _count_pages(job, [row.body["page"] for row in rows if row.kind == "glanced"])
        for task in tasks:
            outcome = verdicts.get(task.data_object_id)
            if isinstance(outcome, Exception):
                _try_again(job, questions, task, rows, now)
            elif outcome is None:
                _fail(job, questions, task, ALL_DECLINED, now)
            else:
                _settle(job, questions, task, outcome, now, last=task.pk in alone)
        return len(rows)
    return 0


def _due(job_id: int, now: datetime) -> QuerySet[Outbox]:
    fresh = Q(kind__in=("answered", "declined", "left", "glanced"))
    again = Q(kind="again", created_at__lte=now - PAUSE)
    return Outbox.objects.filter(fresh | again, job_id=job_id).order_by("pk")


def _named(job: LabelingJob, rows: Sequence[Outbox]) -> set[int]:
    """The tasks that the rows ask to look at. Somebody left the team: all that others skipped or answered in part."""
    named = {row.body["task"] for row in rows if "task" in row.body}
    if any(row.kind == "left" for row in rows):
        begun = Exists(Assignment.objects.filter(task=OuterRef("pk"), state=AssignmentState.SUBMITTED))
        skipped = Exists(Decline.objects.filter(task=OuterRef("pk")))
        named |= set(Task.objects.filter(begun | skipped, job=job, state=TaskState.OPEN).values_list("pk", flat=True))
    return named


def _try_again(job: LabelingJob, questions: Questions, task: Task, rows: Sequence[Outbox], now: datetime) -> None:
    """Something about this object's answers can't be consolidated: once more later, or not at all."""
    tries = 1 + max((row.body.get("tries", 0) for row in rows if row.body.get("task") == task.pk), default=0)
    if tries >= TRIES:
        _fail(job, questions, task, UNCONSOLIDATED, now)
    else:
        Outbox.objects.create(job=job, kind="again", body={"task": task.pk, "tries": tries}, created_at=now)


class _Overtaken(Exception):
    """Somebody else took these rows meanwhile: a worker that was frozen for longer than its turn wakes up here."""


def _complete(ids: set[int]) -> list[Task]:
    """Tasks whose every place has its answer and that are not closed yet."""
    missing = Count("assignments", filter=Q(assignments__state__in=[AssignmentState.OPEN, AssignmentState.LEASED]))
    rows = Task.objects.filter(pk__in=ids).exclude(state=TaskState.CLOSED).annotate(missing=missing)
    return list(rows.filter(missing=0).order_by("pk"))


def _verdicts(job: LabelingJob, questions: Questions, tasks: Sequence[Task]) -> dict[int, Outcome | Exception]:
    """Data object id -> its consolidated answer and the ids of the answers behind it, or why there is none."""
    if not tasks:
        return {}
    wanted = [task.data_object_id for task in tasks]
    objects = list(DataObject.objects.select_related("media").filter(pk__in=wanted))
    annotations = list(counted(job).filter(data_object__in=wanted))
    return _consolidated(questions, objects, annotations, _skills(job, questions))


def _consolidated(
    questions: Questions, objects: Sequence[DataObject], annotations: Sequence[Annotation], skills: Skills
) -> dict[int, Outcome | Exception]:
    answers: dict[int, list[Annotation]] = defaultdict(list)
    for row in annotations:
        answers[row.data_object_id].append(row)
    outcomes: dict[int, Outcome | Exception] = {}
    for one in objects:
        if given := answers[one.pk]:
            try:
                asked = votes_on(questions, [one], given)[one.pk]
                outcomes[one.pk] = (questions.type.consolidate(asked, skills), [row.pk for row in given])
            except Exception as error:  # the outermost loop over objects: one must not hold up the others
                log.exception("the answers on data object %s can't be consolidated", one.pk)
                outcomes[one.pk] = error
    return outcomes


def _skills(job: LabelingJob, questions: Questions) -> Skills:
    """What the job's answers say of its workers; learned again when they have grown by a tenth."""
    if job.workers_max == 1:
        return {}
    answers = Tally.objects.get(job=job).answers
    before, skills = _learned.get(job.pk, (-1, {}))
    if before < 0 or answers > before * STALE or answers < before:
        skills = questions.type.skills(list(_asked(job, questions)))
        _learned[job.pk] = (answers, skills)
    return skills


def _asked(job: LabelingJob, questions: Questions) -> Iterator[Answered[Any]]:
    """Every object of the job with its answers, a page of objects at a time; those that can't be read are left out."""
    last = 0
    rows = DataObject.objects.filter(job=job).exclude(state=ObjectState.PENDING).select_related("media").order_by("pk")
    while page := list(rows.filter(pk__gt=last)[:PAGE]):
        last = page[-1].pk
        annotations = list(counted(job).filter(data_object__in=page))
        try:
            yield from votes_on(questions, page, annotations).values()
        except (Problem, OSError):
            log.exception("some answers of job %s can't be read", job.pk)


def _settle(
    job: LabelingJob,
    questions: Questions,
    task: Task,
    outcome: Outcome,
    now: datetime,
    *,
    last: bool,
) -> None:
    """`last`: nobody is left to ask for one more opinion."""
    verdict, sources = outcome
    doubtful = verdict.confidence < SURE and task.wanted < job.workers_max
    if not last and (doubtful or one_more_wanted(job, task, sources, questions)):
        one_more(task)
        return
    judge(task, verdict.answer, questions, now=now)
    write_label(job, task.data_object_id, verdict, sources, questions, now=now)
    withdraw(task)
    audited = int(task.purpose == Task.Purpose.AUDIT)
    Tally.objects.filter(job=job).update(by_people=F("by_people") + 1, audited=F("audited") + audited)


def _abandoned(job: LabelingJob, alone: set[int]) -> list[Task]:
    """Of tasks that nobody is left for, those whose open places wait in vain: somebody skipped them, or the job's
    least number of answers is there. Without a skip, too few answers mean that the lead's team is too small as yet."""
    is_open = Exists(Assignment.objects.filter(task=OuterRef("pk"), state=AssignmentState.OPEN))
    skipped = Exists(Decline.objects.filter(task=OuterRef("pk")))
    rows = Task.objects.filter(is_open, pk__in=alone, state=TaskState.OPEN).annotate(skipped=skipped)
    rows = rows.annotate(given=Count("assignments", filter=Q(assignments__state=AssignmentState.SUBMITTED)))
    return list(rows.filter(Q(skipped=True) | Q(given__gte=job.workers_min)).order_by("pk"))


def _fail(job: LabelingJob, questions: Questions, task: Task, reason: str, now: datetime) -> None:
    judge(task, None, questions, now=now)
    withdraw(task)
    DataObject.objects.filter(pk=task.data_object_id).update(state=ObjectState.FAILED, failure_reason=reason)
    Tally.objects.filter(job=job).update(failed=F("failed") + 1)


def write_label(
    job: LabelingJob, object_id: int, verdict: Verdict[Any], sources: list[int], questions: Questions, *, now: datetime
) -> None:
    """A new current label by people; the one before is kept. Call inside a transaction."""
    Label.objects.filter(data_object_id=object_id, current=True).update(current=False)
    Label.objects.create(
        job=job,
        data_object_id=object_id,
        confidence=verdict.confidence,
        parts=dict(verdict.parts),
        votes=verdict.votes,
        by=Label.By.PEOPLE,
        annotations=sources,
        created_at=now,
        **keep(questions.type.dump(verdict.answer)),
    )
    DataObject.objects.filter(pk=object_id).update(state=ObjectState.LABELED, failure_reason="")


def _count(job: LabelingJob, answers: Sequence[Annotation]) -> None:
    """Counters of the job and of each worker's day."""
    Tally.objects.filter(job=job).update(
        answers=F("answers") + len(answers),
        seconds=F("seconds") + sum(row.active_seconds for row in answers),
        accepted=F("accepted") + sum(row.accepted for row in answers),
        corrected=F("corrected") + sum(row.corrected for row in answers),
        rejected=F("rejected") + sum(row.rejected for row in answers),
    )
    days: dict[tuple[int, Any], list[float]] = defaultdict(list)
    for row in answers:
        days[row.worker_id, row.submitted_at.date()].append(row.active_seconds)
    for (worker, day), seconds in days.items():
        WorkDay.objects.get_or_create(job=job, worker_id=worker, day=day)
        WorkDay.objects.filter(job=job, worker_id=worker, day=day).update(
            answers=F("answers") + len(seconds), seconds=F("seconds") + sum(seconds)
        )


def _count_pages(job: LabelingJob, pages: Sequence[int]) -> None:
    """What the grid adds: how much was looked at and marked, and the seconds of marks, which no answer has."""
    for page in GlancePage.objects.filter(pk__in=pages):
        looked = page.accepted + page.marked
        on_marks = page.active_seconds * page.marked / looked
        Tally.objects.filter(job=job).update(
            seconds=F("seconds") + on_marks,
            glanced=F("glanced") + looked,
            marked=F("marked") + page.marked,
            glance_seconds=F("glance_seconds") + page.active_seconds,
        )
        if page.submitted_at is not None and page.marked:
            day: dict[str, Any] = {"job": job, "worker_id": page.worker_id, "day": page.submitted_at.date()}
            WorkDay.objects.get_or_create(**day)
            WorkDay.objects.filter(**day).update(seconds=F("seconds") + on_marks)


def consolidate_again(job: LabelingJob, *, now: datetime) -> int:
    """Consolidate every object with several answers once more, with what the whole job says of its workers.

    So the final labels don't depend on the order in which answers came. How many labels changed.
    """
    if job.workers_max == 1:
        return 0
    questions = Questions(job)
    _learned.pop(job.pk, None)
    skills = _skills(job, questions)
    changed = 0
    for labels in _pages(job):
        objects = [label.data_object for label in labels]
        annotations = list(counted(job).filter(data_object__in=objects))
        outcomes = _consolidated(questions, objects, annotations, skills)
        fresh = {
            label.data_object_id: outcome
            for label in labels
            if isinstance(outcome := outcomes.get(label.data_object_id), tuple) and _differs(questions, label, outcome)
        }
        with write():
            for pk, outcome in fresh.items():
                write_label(job, pk, *outcome, questions, now=now)
        changed += len(fresh)
    return changed


def _pages(job: LabelingJob) -> Iterator[list[Label]]:
    audits = (DataObject.Draw.AUDIT_1, DataObject.Draw.AUDIT_2, DataObject.Draw.STANDING)
    rows = Label.objects.filter(job=job, current=True, by=Label.By.PEOPLE, votes__gt=1)
    rows = rows.exclude(data_object__drawn_for__in=audits)  # what a promise or an alarm rests on stays as it was
    rows = rows.select_related("data_object", "data_object__media").order_by("pk")
    last = 0
    top = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    while page := list(rows.filter(pk__gt=last, pk__lte=top)[:BATCH]):
        yield page
        last = page[-1].pk


def _differs(questions: Questions, label: Label, outcome: Outcome) -> bool:
    verdict, _ = outcome
    same = questions.type.dump(verdict.answer) == kept(label)
    return not same or abs(verdict.confidence - label.confidence) > 1e-6
