"""Who labels what next, and what they answered.

A task's places are rows, so too many answers can't exist; a claim is one statement, so no place is given twice.
An answer is never refused for a lost lease: it is counted, late (its place was still free) or surplus.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Exists, OuterRef

from labeling.errors import BadRequest, KeyReused, LeaseLost, TooLarge
from labeling.flow.later import later
from labeling.jobs.dialect import Cursor, claim_next, lock_row, write
from labeling.jobs.files import keep
from labeling.jobs.lease_tokens import secret_in
from labeling.jobs.models import Annotation, Assignment, Decline, Draft, InstructionsVersion, LabelingJob, Task
from labeling.jobs.proposals import fate_of, proposed_in
from labeling.jobs.questions import Questions
from labeling.jobs.states import AssignmentState, JobState, Standing
from labeling.workforce.models import User

MAX_LEASES = 10  # that one worker may hold at a time, in all jobs
MANY = 200  # claims, from which on walking over one's own answers costs more than it brings
LOOK_BACK = 50
REMEMBERED = 10_000  # workers of whom this process knows where they stand in a job's queue
MAX_ANSWER = 64 * 1024 * 1024  # characters of JSON


_stood: dict[tuple[int, int], tuple[int, Cursor]] = {}  # (job, worker) -> claims, the last one's place; may be lost


@dataclass(frozen=True)
class Nothing:
    """Why nothing was leased, in words for the worker."""

    code: str
    what: str
    todo: str


REASONS = {
    JobState.DRAFT: Nothing("not-started", "This job has not started yet.", "Come back when your lead has started it."),
    JobState.PAUSED: Nothing("paused", "This job is paused.", "Come back when your lead has resumed it."),
    JobState.COMPLETED: Nothing("complete", "This job is complete.", "Nothing is left to do here."),
    JobState.STOPPED: Nothing("stopped", "This job was stopped.", "Nothing is left to do here."),
    JobState.FAILED: Nothing("failed", "This job has failed.", "Tell your lead."),
}
NONE_OPEN = Nothing(
    "none-open",
    "Nothing is open for you right now.",
    "More may come when others finish or when the machine has learned. Look again in a while.",
)
TOO_MANY = Nothing(
    "too-many-leases",
    f"You hold {MAX_LEASES} objects already.",
    "Answer or release some of them first.",
)


def claim(job: LabelingJob, *, worker: User, now: datetime) -> Assignment | None:
    """Lease an open assignment of `job` to `worker`; None when nothing is open to them. Never two on one place."""
    with suppress(IntegrityError), write():  # unique (task, worker): their own double click
        claimed = claim_next(
            job=job.pk,
            worker=worker.pk,
            token=secrets.token_urlsafe(16),
            now=now,
            until=now + job.lease,
            after=_after(job.pk, worker.pk),
        )
        if claimed is not None:
            pk, stood = claimed
            _remember(job.pk, worker.pk, stood)
            return loaded([pk])[0]
    return None


def _after(job: int, worker: int) -> Cursor | None:
    """Where a worker with many answers goes on; now and then they look at the whole queue, for what came back to it."""
    claims, stood = _stood.get((job, worker), (0, (0, 0.0)))
    return stood if claims >= MANY and claims % LOOK_BACK else None


def _remember(job: int, worker: int, stood: Cursor) -> None:
    if len(_stood) > REMEMBERED:
        _stood.clear()
    claims, _ = _stood.get((job, worker), (0, stood))
    _stood[job, worker] = (claims + 1, stood)


def lease(
    job: LabelingJob, *, worker: User, count: int, held: Sequence[int] = (), now: datetime
) -> tuple[list[Assignment], Nothing | None]:
    """Up to `count` assignments for `worker` beyond those that they name as `held`: their own live leases first.

    Returns the leases, and the reason when there is none. A reloaded page so finds the object that it showed.
    """
    if job.state != JobState.RUNNING:
        return [], REASONS[JobState(job.state)]
    leased = Assignment.objects.filter(worker=worker, state=AssignmentState.LEASED, expires_at__gt=now)
    mine = leased.filter(page__isnull=True)
    known = list(mine.filter(job=job).exclude(pk__in=held).order_by("leased_at", "pk").values_list("pk", flat=True))
    leases = loaded(known[:count])
    room = MAX_LEASES - mine.count()
    elsewhere = mine.exclude(job=job).exclude(pk__in=held)
    if not leases and room <= 0 and elsewhere.exists():
        fresh = claim(job, worker=worker, now=now)
        if fresh is None:
            return [], NONE_OPEN
        _give_one_back(elsewhere, worker)
        leases.append(fresh)
    while len(leases) < count and room > 0:
        fresh = claim(job, worker=worker, now=now)
        if fresh is None:
            break
        leases.append(fresh)
        room -= 1
    if leases:
        return leases, None
    return [], NONE_OPEN if room > 0 else TOO_MANY


def _give_one_back(elsewhere: Any, worker: User) -> None:
    """What a worker left open in other jobs makes room: an untouched one, the oldest, goes back to its queue.

    Without this, who opens one job after the other ends before a screen from which nothing leads on. A draft stays, and
    an answer from a window that is still open counts while its place is free.
    """
    begun = Draft.objects.filter(task=OuterRef("task"), worker=worker)
    rows = elsewhere.annotate(begun=Exists(begun)).order_by("begun", "leased_at", "pk")
    left = list(rows.values_list("pk", flat=True)[:1])
    with write():
        reopen(Assignment.objects.filter(pk__in=left, worker=worker, state=AssignmentState.LEASED))


def loaded(pks: Sequence[int]) -> list[Assignment]:
    rows = Assignment.objects.select_related("task__data_object__media", "task__prediction__model_version", "job")
    found = rows.in_bulk(list(pks))
    return [found[pk] for pk in pks]


def renew(assignment: Assignment, *, worker: User, token: str, now: datetime) -> datetime:
    """Hold on to a lease; returns until when. Raises LeaseLost when it ended and went on to somebody."""
    secret = secret_in(token, assignment, worker)
    until = now + assignment.job.lease
    with write():
        held = Assignment.objects.filter(
            pk=assignment.pk, state=AssignmentState.LEASED, token=secret, worker=worker
        ).update(expires_at=until)
    if not held:
        raise LeaseLost(
            "Your hold on this object has ended.",
            where=f"assignment {assignment.pk}",
            todo="Your work is kept. Submit it all the same: it counts while the place is free.",
        )
    return until


def release(assignment: Assignment, *, worker: User, token: str) -> None:
    """Give a lease back unanswered. Releasing one that has ended changes nothing."""
    secret = secret_in(token, assignment, worker)
    with write():
        reopen(Assignment.objects.filter(pk=assignment.pk, state=AssignmentState.LEASED, token=secret))


def decline(assignment: Assignment, *, worker: User, token: str, reason: str, now: datetime) -> None:
    """Skip a task with a reason: the place opens for others, and this worker is not asked again."""
    secret = secret_in(token, assignment, worker)
    with write():
        Decline.objects.get_or_create(
            task_id=assignment.task_id, worker=worker, defaults={"reason": reason[:2000], "declined_at": now}
        )
        reopen(Assignment.objects.filter(pk=assignment.pk, state=AssignmentState.LEASED, token=secret))
        later(assignment.job_id, "declined", now=now, task=assignment.task_id)


def expire(*, now: datetime, limit: int = 500) -> int:
    """Return leases that have run out to the queue; how many. The sweep calls it every 20 s."""
    gone = Assignment.objects.filter(state=AssignmentState.LEASED, expires_at__lte=now).values("pk")[:limit]
    with write():
        return reopen(Assignment.objects.filter(pk__in=gone, state=AssignmentState.LEASED, expires_at__lte=now))


def reopen(rows: Any) -> int:
    return cast(
        int,
        rows.update(state=AssignmentState.OPEN, worker=None, token="", leased_at=None, expires_at=None, page=None),
    )


def receive_answer(
    assignment: Assignment,
    *,
    worker: User,
    token: str,
    key: UUID,
    answer: Any,
    active_seconds: float,
    now: datetime,
) -> Annotation:
    """Keep a worker's answer. Sent again with the same key it is the same annotation; with another body, KeyReused.

    Raises InvalidAnswer with a JSON pointer. Everything about the answer is one transaction: annotation, place, outbox.
    """
    body = digest_of(assignment.pk, answer)
    known = Annotation.objects.filter(worker=worker, key=key).first()
    if known is not None:
        return _same(known, body)
    secret = secret_in(token, assignment, worker)
    questions = Questions(assignment.job)
    question = questions.about(assignment.task.data_object, assignment.task.frames)
    parsed = questions.type.dump(questions.type.parse(answer, question))
    columns = {
        "key": key,
        "body_digest": body,
        "instructions": InstructionsVersion.objects.filter(job=assignment.job_id).order_by("-number").first(),
        "active_seconds": max(0.0, min(active_seconds, 86_400.0)),
        **_proposals(assignment.task, questions, parsed),
        "submitted_at": now,
        **keep(parsed),
    }
    try:
        return _keep(assignment, worker, secret, columns)
    except IntegrityError:  # at the same moment: the same answer, or this worker's claim of another place of the task
        known = Annotation.objects.filter(worker=worker, key=key).first()
        return _same(known, body) if known is not None else _keep(assignment, worker, secret, columns)


def _proposals(task: Task, questions: Questions, answer: Any) -> dict[str, Any]:
    """Whether proposals were shown, and what became of them."""
    if not task.proposals_shown or task.prediction is None:
        return {"proposals_shown": False}
    return {"proposals_shown": True, **asdict(fate_of(proposed_in(task, questions), answer))}


def _keep(assignment: Assignment, worker: User, secret: str, columns: dict[str, Any]) -> Annotation:
    """Annotation, place and outbox in one transaction."""
    now = columns["submitted_at"]
    with write():
        place = lock_row(Assignment.objects.filter(pk=assignment.pk)).get()
        standing = standing_of(place, worker, secret, now)
        annotation = Annotation.objects.create(
            job_id=place.job_id,
            data_object_id=assignment.task.data_object_id,
            task_id=place.task_id,
            assignment=place,
            worker=worker,
            standing=standing,
            leased_at=place.leased_at if place.worker_id == worker.pk else None,
            **columns,
        )
        if standing != Standing.SURPLUS:
            Assignment.objects.filter(pk=place.pk).update(state=AssignmentState.SUBMITTED, worker=worker, token="")
        later(place.job_id, "answered", now=now, task=place.task_id, annotation=annotation.pk)
    return annotation


def standing_of(place: Assignment, worker: User, secret: str, now: datetime) -> Standing:
    """Counted while the lease lives; late while its place is still free; else surplus."""
    if place.state == AssignmentState.LEASED and place.token == secret and place.worker_id == worker.pk:
        return Standing.COUNTED if place.expires_at is not None and place.expires_at > now else Standing.LATE
    elsewhere = Assignment.objects.filter(task_id=place.task_id, worker=worker).exclude(pk=place.pk).exists()
    if place.state == AssignmentState.OPEN and not elsewhere:
        return Standing.LATE
    return Standing.SURPLUS


def digest_of(assignment: int, answer: Any) -> str:
    """SHA-256 of what was answered to what; key order and spacing don't matter."""
    try:
        text = json.dumps([assignment, answer], sort_keys=True, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise BadRequest(
            "The answer holds a number that JSON has not.", where="/answer", todo="Send a number."
        ) from error
    if len(text) > MAX_ANSWER:
        raise TooLarge("The answer is larger than 64 MB.", where="/answer", todo="Split the object.")
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _same(known: Annotation, body: str) -> Annotation:
    same_key(known.body_digest, body)
    return known


def same_key(known: str, body: str) -> None:
    """Raises KeyReused when what came under a key before has another digest."""
    if known != body:
        raise KeyReused("This key was used for another answer.", where="/key", todo="Send a new key with a new answer.")
