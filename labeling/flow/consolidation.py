"""Annotations -> one label with a confidence, or back for one more opinion."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from labeling.flow.beliefs import Beliefs, Outcome, beliefs_of, forget, outcome_of
from labeling.flow.consolidation_parts import Found, all_settled, parts_of, wholes_of
from labeling.jobs.dialect import write
from labeling.jobs.files import keep, kept
from labeling.jobs.models import (
    Annotation,
    Assignment,
    DataObject,
    Decline,
    DoubtCheck,
    GlancePage,
    Label,
    LabelingJob,
    Outbox,
    Tally,
    Task,
    WorkDay,
)
from labeling.jobs.opinions import one_more_wanted
from labeling.jobs.places import checks_the_machine, nobody_left, one_more, withdraw
from labeling.jobs.proposals import EVIDENCE
from labeling.jobs.questions import Questions
from labeling.jobs.standing import judge
from labeling.jobs.states import AssignmentState, ObjectState, TaskState
from labeling.jobs.voices import heard_on
from labeling.jobs.votes import deciding, votes_on

log = logging.getLogger(__name__)

BATCH = 25  # answers a transaction: the web process waits for it on SQLite
TRIES = 3
PAUSE = timedelta(seconds=15)  # before an object is tried again
SURE = 0.9  # with fewer answers than a job's most, one more is asked below this confidence
GIVEN = Count("assignments", filter=Q(assignments__state=AssignmentState.SUBMITTED))  # answers of a task

ALL_DECLINED = "ClientError: Annotation tasks expired. Every worker of the team skipped this object."

UNCONSOLIDATED = "InternalServerError: The answers on this object could not be made into one label; see the log."


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
    abandoned = _abandoned(job, alone)
    tasks = _complete(looked_at) + abandoned
    verdicts, wholes = _verdicts(job, questions, tasks, alone=alone)
    answers = Annotation.objects.filter(pk__in=[row.body["annotation"] for row in rows if row.kind == "answered"])
    with suppress(_Overtaken), write():
        taken, _ = Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
        if taken != len(rows):
            raise _Overtaken
        _count(job, list(answers))
        _count_pages(job, [row.body["page"] for row in rows if row.kind == "glanced"])
        failed: set[int] = set()
        for task in tasks:
            outcome = verdicts.get(task.pk)
            if task.frames is not None and task.data_object_id in failed:
                continue  # with one part of it the whole video has failed
            if isinstance(outcome, Exception) or isinstance(wholes.get(task.data_object_id), Exception):
                if not _try_again(job, questions, task, rows, now):
                    failed.add(task.data_object_id)
            elif outcome is None:
                _fail(job, questions, task, ALL_DECLINED, now)
                failed.add(task.data_object_id)
            else:
                _settle(job, questions, task, outcome, now, last=task.pk in alone)
        _settle_wholes(job, questions, tasks, wholes, now)
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


def _try_again(job: LabelingJob, questions: Questions, task: Task, rows: Sequence[Outbox], now: datetime) -> bool:
    """Something about this object's answers can't be consolidated: once more later, or not at all (False)."""
    tries = 1 + max((row.body.get("tries", 0) for row in rows if row.body.get("task") == task.pk), default=0)
    if tries >= TRIES:
        _fail(job, questions, task, UNCONSOLIDATED, now)
        return False
    Outbox.objects.create(job=job, kind="again", body={"task": task.pk, "tries": tries}, created_at=now)
    return True


class _Overtaken(Exception):
    """Somebody else took these rows meanwhile: a worker that was frozen for longer than its turn wakes up here."""


def _complete(ids: set[int]) -> list[Task]:
    """Tasks whose every place has its answer and that are not closed yet."""
    missing = Count("assignments", filter=Q(assignments__state__in=[AssignmentState.OPEN, AssignmentState.LEASED]))
    rows = Task.objects.filter(pk__in=ids).exclude(state=TaskState.CLOSED).annotate(missing=missing)
    return list(rows.filter(missing=0).order_by("pk"))


def _verdicts(
    job: LabelingJob,
    questions: Questions,
    tasks: Sequence[Task],
    *,
    alone: Collection[int],
) -> tuple[dict[int, Found], dict[int, Found]]:
    """Task id -> what its answers come to, or why there is none; the same of objects (ids) all of whose parts have
    their answers and none of whose `tasks` is to be asked once more. `alone`: ids of tasks that nobody is left for."""
    if not tasks:
        return {}, {}
    rows = DataObject.objects.select_related("media")
    objects = rows.in_bulk([task.data_object_id for task in tasks])
    beliefs = beliefs_of(job, questions)
    places = {task.pk: (task.data_object_id, task.frames) for task in tasks if task.frames is not None}
    in_parts = {pk for pk, _ in places.values()}
    found = _consolidated(job, questions, [one for pk, one in objects.items() if pk not in in_parts], beliefs)
    parts = parts_of(job, questions, objects, places, beliefs)
    verdicts: dict[int, Found] = {}
    going_on = set()
    for task in tasks:
        place = places.get(task.pk)
        outcome = parts.get(place) if place else found.get(task.data_object_id)
        if outcome is not None:
            verdicts[task.pk] = outcome
        if not isinstance(outcome, Outcome) or _doubtful(job, task, outcome, last=task.pk in alone):
            going_on.add(task.data_object_id)
    ended = [objects[pk] for pk in sorted(in_parts - going_on)]
    return verdicts, wholes_of(job, questions, ended, beliefs, known=parts, settling={task.pk for task in tasks})


def _consolidated(
    job: LabelingJob, questions: Questions, objects: Sequence[DataObject], beliefs: Beliefs
) -> dict[int, Found]:
    answers: dict[int, list[Annotation]] = defaultdict(list)
    given = deciding(job).filter(data_object__in=objects)
    rows = list(given.filter(task__frames_to=0) if questions.type.sequences else given)
    for row in rows:
        answers[row.data_object_id].append(row)
    priors = heard_on(beliefs.voice, objects, rows)
    outcomes: dict[int, Found] = {}
    for one in objects:
        if given := answers[one.pk]:
            try:
                asked = votes_on(questions, [one], given, priors)[one.pk]
                sources, evidence = tuple(row.pk for row in given), one.drawn_for in EVIDENCE
                outcomes[one.pk] = outcome_of(questions, asked, sources, beliefs, evidence=evidence)
            except Exception as error:  # the outermost loop over objects: one must not hold up the others
                log.exception("the answers on data object %s can't be consolidated", one.pk)
                outcomes[one.pk] = error
    return outcomes


def _settle(
    job: LabelingJob,
    questions: Questions,
    task: Task,
    outcome: Outcome,
    now: datetime,
    *,
    last: bool,
) -> None:
    """`last`: nobody is left to ask for one more opinion. The model alone overrules nobody while somebody is."""
    asked_more = not last and one_more_wanted(job, task, outcome.sources, questions)
    if asked_more or _doubtful(job, task, outcome, last=last):
        one_more(task)
        return
    if task.frames is not None:
        withdraw(task)
        return  # its object has a label when all parts have
    judge(task, outcome.verdict.answer, questions, now=now)
    write_label(job, task.data_object_id, outcome, questions, now=now)
    withdraw(task)
    audited = int(checks_the_machine(task))
    Tally.objects.filter(job=job).update(by_people=F("by_people") + 1, audited=F("audited") + audited)


def _doubtful(job: LabelingJob, task: Task, outcome: Outcome, *, last: bool) -> bool:
    unsure = outcome.verdict.confidence < SURE or outcome.alone
    return unsure and not last and task.wanted < job.workers_max


def _settle_wholes(
    job: LabelingJob,
    questions: Questions,
    tasks: Sequence[Task],
    wholes: Mapping[int, Found],
    now: datetime,
) -> None:
    """The labels of objects whose last parts were settled just now."""
    for pk in sorted({task.data_object_id for task in tasks if task.frames is not None}):
        outcome = wholes.get(pk)
        asked = DataObject.objects.filter(pk=pk, state=ObjectState.WITH_PEOPLE)
        if isinstance(outcome, Outcome) and all_settled(pk) and asked.exists():
            write_label(job, pk, outcome, questions, now=now)
            Tally.objects.filter(job=job).update(by_people=F("by_people") + 1)


def _abandoned(job: LabelingJob, alone: set[int]) -> list[Task]:
    """Of tasks that nobody is left for, those whose open places wait in vain: somebody skipped them, or the job's
    least number of answers is there. Without a skip, too few answers mean that the lead's team is too small as yet."""
    is_open = Exists(Assignment.objects.filter(task=OuterRef("pk"), state=AssignmentState.OPEN))
    skipped = Exists(Decline.objects.filter(task=OuterRef("pk")))
    rows = Task.objects.filter(is_open, pk__in=alone, state=TaskState.OPEN).annotate(skipped=skipped)
    rows = rows.annotate(given=GIVEN)
    return list(rows.filter(Q(skipped=True) | Q(given__gte=job.workers_min)).order_by("pk"))


def _fail(job: LabelingJob, questions: Questions, task: Task, reason: str, now: datetime) -> None:
    judge(task, None, questions, now=now)
    for one in Task.objects.filter(Q(pk=task.pk) | Q(data_object=task.data_object_id, frames_to__gt=0)):
        withdraw(one)  # of a long video all parts: it has no label without one of them
    rows = DataObject.objects.filter(pk=task.data_object_id).exclude(state=ObjectState.FAILED)
    failed = rows.update(state=ObjectState.FAILED, failure_reason=reason)
    Tally.objects.filter(job=job).update(failed=F("failed") + failed)


def write_label(job: LabelingJob, object_id: int, outcome: Outcome, questions: Questions, *, now: datetime) -> None:
    """A new current label by people; the one before is kept. Call inside a transaction."""
    verdict = outcome.verdict
    Label.objects.filter(data_object_id=object_id, current=True).update(current=False)
    Label.objects.create(
        job=job,
        data_object_id=object_id,
        confidence=verdict.confidence,
        parts=dict(verdict.parts),
        votes=verdict.votes,
        by=Label.By.PEOPLE,
        annotations=list(outcome.sources),
        notes=[asdict(one) for one in verdict.notes],
        voice=outcome.voice,
        voice_decided=outcome.decided,
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
    """Consolidate once more every object that several people could be asked about, with what the whole job says of its
    workers and what the newest model says of the objects.

    So the final labels don't depend on the order in which answers came. How many labels changed. What a lead has found
    right stays, and so does a label that the model alone would change though more people could have been asked.
    """
    if job.workers_max == 1:
        return 0
    questions = Questions(job)
    forget(job.pk)
    beliefs = beliefs_of(job, questions)
    changed = 0
    for labels in _pages(job, alone=beliefs.voice is not None, in_parts=questions.type.sequences):
        objects = [label.data_object for label in labels]
        outcomes = _consolidated(job, questions, objects, beliefs)
        outcomes |= wholes_of(job, questions, objects, beliefs)
        fresh = {
            label.data_object_id: outcome
            for label in labels
            if isinstance(outcome := outcomes.get(label.data_object_id), Outcome)
            and not (outcome.alone and label.votes < job.workers_max)
            and _differs(questions, label, outcome)
        }
        with write():
            for pk, outcome in fresh.items():
                write_label(job, pk, outcome, questions, now=now)
        changed += len(fresh)
    return changed


def _pages(job: LabelingJob, *, alone: bool, in_parts: bool) -> Iterator[list[Label]]:
    """`alone`: labels of a single answer, too: a model may have more to say of them. `in_parts`: also such that have
    one on the least answered part of a video, and several on another."""
    audits = (DataObject.Draw.AUDIT_1, DataObject.Draw.AUDIT_2, DataObject.Draw.STANDING)
    voted = Q(votes__gt=0 if alone else 1)
    if in_parts:
        parts = Task.objects.filter(data_object=OuterRef("data_object"), frames_to__gt=0).alias(given=GIVEN)
        voted |= Q(Exists(parts.filter(given__gt=1)))
    rows = Label.objects.filter(voted, job=job, current=True, by=Label.By.PEOPLE)
    rows = rows.exclude(data_object__drawn_for__in=audits)  # what a promise or an alarm rests on stays as it was
    rows = rows.exclude(checks__verdict=DoubtCheck.Verdict.RIGHT)
    rows = rows.select_related("data_object", "data_object__media").order_by("pk")
    last = 0
    top = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    while page := list(rows.filter(pk__gt=last, pk__lte=top)[:BATCH]):
        yield page
        last = page[-1].pk


def _differs(questions: Questions, label: Label, outcome: Outcome) -> bool:
    same = questions.type.dump(outcome.verdict.answer) == kept(label)
    return not same or abs(outcome.verdict.confidence - label.confidence) > 1e-6
