"""Verify at a glance: a page of objects, each with the label that is shown for it, leased and answered as one.

What a worker leaves unmarked is their answer, as any other; what they mark is asked in full, of them or of others.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from labeling.errors import Conflict, InvalidAnswer, LeaseLost
from labeling.flow.later import later
from labeling.flow.leasing import NONE_OPEN, REASONS, Nothing, digest_of, loaded, reopen, same_key, standing_of
from labeling.jobs.dialect import claim_page, lock_row, write
from labeling.jobs.files import keep, kept
from labeling.jobs.lease_tokens import secret_in_page
from labeling.jobs.models import (
    Annotation,
    Assignment,
    GlanceMark,
    GlancePage,
    InstructionsVersion,
    LabelingJob,
    Outbox,
    Prediction,
    Task,
)
from labeling.jobs.places import ask_in_full
from labeling.jobs.proposals import fate_of, taken_as_it_is
from labeling.jobs.states import AssignmentState, JobState, Standing, TaskState
from labeling.workforce.models import User

MOST = 60  # objects a page
MAX_PAGES = 3  # that one worker may hold at a time: one in front of them, one on its way, one to come
TRIES = 3

NOT_ALLOWED = Nothing("not-at-a-glance", "In this job nothing is checked at a glance.", "Label its objects one by one.")
TOO_MANY = Nothing("too-many-pages", f"You hold {MAX_PAGES} pages already.", "Submit or release some of them first.")


def lease_page(
    job: LabelingJob, *, worker: User, count: int, held: Sequence[int] = (), now: datetime
) -> tuple[GlancePage | None, list[Assignment], Nothing | None]:
    """A page of up to `count` objects beyond the pages named as `held`: the worker's own live pages first.

    Returns the page, its places in their order, and the reason when there is none.
    """
    if job.state != JobState.RUNNING:
        return None, [], REASONS[JobState(job.state)]
    live = Assignment.objects.filter(worker=worker, state=AssignmentState.LEASED, expires_at__gt=now)
    pages = set(live.filter(page__isnull=False).values_list("page", flat=True))
    own = GlancePage.objects.filter(pk__in=pages - set(held), job=job).order_by("pk").first()
    if own is not None:
        return own, _live(own, now), None
    if len(pages) >= MAX_PAGES:
        return None, [], TOO_MANY
    page = _claim(job, worker=worker, count=count, now=now)
    if page is None:
        return None, [], NONE_OPEN if job.glance else NOT_ALLOWED
    return page, loaded(page.assignments), None


def _live(page: GlancePage, now: datetime) -> list[Assignment]:
    """The places that the page still holds: some may have gone on."""
    held = page.places.filter(state=AssignmentState.LEASED, token=page.token, expires_at__gt=now)
    there = set(held.values_list("pk", flat=True))
    return loaded([pk for pk in page.assignments if pk in there])


def _claim(job: LabelingJob, *, worker: User, count: int, now: datetime) -> GlancePage | None:
    """Tried again when others took the same at the same moment, or this worker's other tab did."""
    waiting = Assignment.objects.filter(job=job, at_a_glance=True, state=AssignmentState.OPEN)
    for _ in range(TRIES):
        if not waiting.exists():
            return None
        with suppress(IntegrityError):  # unique (task, worker)
            page = _claim_once(job, worker=worker, count=count, now=now)
            if page is not None:
                return page
    return None


def _claim_once(job: LabelingJob, *, worker: User, count: int, now: datetime) -> GlancePage | None:
    with write():
        secret = secrets.token_urlsafe(16)
        page = GlancePage.objects.create(job=job, worker=worker, token=secret, leased_at=now)
        page.assignments = claim_page(
            job=job.pk, worker=worker.pk, page=page.pk, count=count, token=secret, now=now, until=now + job.lease
        )
        if not page.assignments:
            transaction.set_rollback(True)
            return None
        page.save(update_fields=["assignments"])
    return page


def renew_page(page: GlancePage, *, worker: User, token: str, now: datetime) -> tuple[datetime, list[int]]:
    """Hold on to a page; until when, and the places that are held still. Raises LeaseLost when none is."""
    secret = secret_in_page(token, page, worker)
    until = now + page.job.lease
    with write():
        places = Assignment.objects.filter(page=page, state=AssignmentState.LEASED, token=secret, worker=worker)
        places.update(expires_at=until)
    held = set(places.values_list("pk", flat=True))
    if not held:
        raise LeaseLost(
            "Your hold on this page has ended.",
            where=f"page {page.pk}",
            todo="Your marks are kept. Submit it all the same: what nobody else has taken counts.",
        )
    return until, [pk for pk in page.assignments if pk in held]


def release_page(page: GlancePage, *, worker: User, token: str) -> None:
    """Give a page back unanswered. Releasing one that has ended changes nothing."""
    secret = secret_in_page(token, page, worker)
    with write():
        reopen(Assignment.objects.filter(page=page, state=AssignmentState.LEASED, token=secret))


@dataclass(frozen=True)
class Outcome:
    """What became of one object of a page."""

    assignment: int
    standing: Standing
    marked: bool


def receive_page(
    page: GlancePage,
    *,
    worker: User,
    token: str,
    key: UUID,
    wrong: Sequence[int],
    active_seconds: float,
    now: datetime,
) -> tuple[GlancePage, list[Outcome]]:
    """Keep a whole page: an answer for each object that is not among `wrong` (assignments), a mark for each that is.

    Sent again with the same key it is the same page; with other marks, KeyReused. Raises Conflict for a page that was
    submitted under another key, InvalidAnswer for a mark on something that is not on the page. Nothing is refused for
    a lost lease: each object is counted, late (its place was still free) or surplus.
    """
    body = digest_of(page.pk, sorted(set(wrong)))
    secret = secret_in_page(token, page, worker)
    known = GlancePage.objects.filter(worker=worker, key=key).first()
    if known is not None:
        return _again(known, body)
    for place, pk in enumerate(wrong):
        if pk not in page.assignments:
            raise InvalidAnswer(f"/wrong/{place}", "This is not on the page.", todo="Mark what the page shows.")
    sent = _Sent(worker, secret, key, body, frozenset(wrong), max(0.0, min(active_seconds, 86_400.0)), now)
    prepared = _prepared(page, sent)
    try:
        return _keep(page, sent, prepared)
    except IntegrityError:  # at the same moment: the same page, or a claim of one of its places by this worker
        known = GlancePage.objects.filter(worker=worker, key=key).first()
        return _again(known, body) if known is not None else _keep(page, sent, prepared)


@dataclass(frozen=True)
class _Sent:
    worker: User
    secret: str
    key: UUID
    body: str
    wrong: frozenset[int]
    active_seconds: float
    now: datetime


@dataclass(frozen=True)
class _Shown:
    """What the page showed for a place, and the columns of the answer that takes it as it is."""

    prediction: Prediction
    columns: Mapping[str, Any]


def _prepared(page: GlancePage, sent: _Sent) -> dict[int, _Shown]:
    """Outside the transaction: large answers are files."""
    shown: dict[int, _Shown] = {}
    for one in loaded(page.assignments):
        prediction = one.task.prediction
        if prediction is None:
            raise ValueError(f"task {one.task_id} was glanced at and shows nothing")
        proposed = kept(prediction)
        answer = taken_as_it_is(proposed, prediction.model_version.title)
        columns = {
            "key": uuid5(sent.key, str(one.pk)),
            "body_digest": digest_of(one.pk, answer),
            **asdict(fate_of(proposed, answer)),
            **keep(answer),
        }
        shown[one.pk] = _Shown(prediction, columns)
    return shown


def _keep(page: GlancePage, sent: _Sent, shown: Mapping[int, _Shown]) -> tuple[GlancePage, list[Outcome]]:
    """The page, its answers, marks, places and outbox rows in one transaction."""
    with write():
        page = lock_row(GlancePage.objects.filter(pk=page.pk)).get()
        if page.key is not None:
            if page.key == sent.key:
                return _again(page, sent.body)
            raise Conflict(
                "This page was submitted already, from another window.",
                where=f"page {page.pk}",
                todo="What you sent first counts. Go on with the next page.",
            )
        places = _locked(page)
        outcomes = [Outcome(pk, _standing(page, places[pk], sent), pk in sent.wrong) for pk in page.assignments]
        _accept(page, sent, shown, [(places[one.assignment], one.standing) for one in outcomes if not one.marked])
        _mark(page, sent, shown, [(places[one.assignment], one.standing) for one in outcomes if one.marked])
        page.key, page.body_digest, page.submitted_at = sent.key, sent.body, sent.now
        page.active_seconds, page.marked = sent.active_seconds, sum(one.marked for one in outcomes)
        page.accepted = len(outcomes) - page.marked
        page.save()
        later(page.job_id, "glanced", now=sent.now, page=page.pk)
    return page, outcomes


def _locked(page: GlancePage) -> dict[int, Assignment]:
    """The places of a page by id. Pages of others may hold other places of the same tasks, which a mark changes."""
    rows = Assignment.objects.filter(pk__in=page.assignments).order_by("pk")
    asked = Task.objects.filter(pk__in=rows.order_by().values("task")).order_by("pk")
    tasks = {task.pk: task for task in lock_row(asked, named=False)}
    places = {row.pk: row for row in lock_row(rows)}
    for place in places.values():
        place.task = tasks[place.task_id]
    return places


def _standing(page: GlancePage, place: Assignment, sent: _Sent) -> Standing:
    """Late, too, when this worker's next page has the place: what they said first is what they think."""
    theirs_again = place.state == AssignmentState.LEASED and place.worker_id == sent.worker.pk
    if theirs_again and place.page_id not in (None, page.pk):
        return Standing.LATE
    return standing_of(place, sent.worker, sent.secret, sent.now)


Taken = Sequence[tuple[Assignment, Standing]]


def _accept(page: GlancePage, sent: _Sent, shown: Mapping[int, _Shown], taken: Taken) -> None:
    """An answer for each unmarked object."""
    instructions = InstructionsVersion.objects.filter(job=page.job_id).order_by("-number").first()
    annotations = Annotation.objects.bulk_create(
        Annotation(
            job_id=place.job_id,
            data_object_id=place.task.data_object_id,
            task_id=place.task_id,
            assignment=place,
            worker=sent.worker,
            page=page,
            instructions=instructions,
            active_seconds=sent.active_seconds / len(page.assignments),
            proposals_shown=True,
            standing=standing,
            leased_at=page.leased_at,
            submitted_at=sent.now,
            **shown[place.pk].columns,
        )
        for place, standing in taken
    )
    Assignment.objects.filter(pk__in=_not_surplus(taken)).update(
        state=AssignmentState.SUBMITTED, worker=sent.worker, token="", page=page
    )
    Outbox.objects.bulk_create(
        Outbox(
            job_id=row.job_id,
            kind="answered",
            body={"task": row.task_id, "annotation": row.pk},
            created_at=sent.now,
        )
        for row in annotations
    )


def _mark(page: GlancePage, sent: _Sent, shown: Mapping[int, _Shown], taken: Taken) -> None:
    """A mark for each wrong label; the places that were still this worker's open again, in full."""
    GlanceMark.objects.bulk_create(
        GlanceMark(
            page=page,
            assignment=place,
            prediction=shown[place.pk].prediction,
            standing=standing,
            active_seconds=sent.active_seconds / len(page.assignments),
        )
        for place, standing in taken
    )
    free = _not_surplus(taken)
    ask_in_full([place.task_id for place, _ in taken if place.pk in free])
    reopen(Assignment.objects.filter(pk__in=free))
    closed = Assignment.objects.filter(pk__in=free, task__state=TaskState.CLOSED)  # it needs no answer any more
    closed.update(state=AssignmentState.WITHDRAWN)


def _not_surplus(taken: Taken) -> list[int]:
    return [place.pk for place, standing in taken if standing != Standing.SURPLUS]


def _again(page: GlancePage, body: str) -> tuple[GlancePage, list[Outcome]]:
    """What the first send came to. Raises KeyReused."""
    same_key(page.body_digest, body)
    answers = dict(page.annotations.values_list("assignment", "standing"))
    marks = dict(page.marks.values_list("assignment", "standing"))
    standings = {**answers, **marks}
    return page, [Outcome(pk, Standing(standings[pk]), pk in marks) for pk in page.assignments]
