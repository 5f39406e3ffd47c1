"""What dashboards show: numbers over a job's records. Nothing here writes.

Counters come from rows that are kept up to date where something happens (Tally, WorkDay); nothing counts over data
objects, tasks or annotations, but for the failed ones, which are few and have an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, Max, Min, OuterRef, Sum

from labeling.jobs.access import access_work
from labeling.jobs.models import Assignment, Certificate, DataObject, Iteration, LabelingJob, Tally, WorkDay
from labeling.jobs.states import AssignmentState, CertificateState, ObjectState
from labeling.workforce.models import User

REASONS: Final = 20  # failure reasons shown


@dataclass(frozen=True)
class Progress:
    """Where a job's data objects stand. `people` excludes `checked`: machine labels that people looked at blind."""

    total: int = 0
    people: int = 0
    machine: int = 0
    checked: int = 0
    failed: int = 0
    refused: int = 0  # lines that were never taken; not part of total
    answers: int = 0
    seconds: float = 0.0  # people's active time

    @property
    def done(self) -> int:
        return self.people + self.machine + self.checked

    @property
    def waiting(self) -> int:
        return max(0, self.total - self.done - self.failed)

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0

    @property
    def percent(self) -> float:
        return 100 * self.share

    @property
    def pace(self) -> float | None:
        """Seconds an answer; None before the first."""
        return self.seconds / self.answers if self.answers else None


def progress(job: LabelingJob) -> Progress:
    """The job's counters."""
    try:
        tally = job.tally
    except Tally.DoesNotExist:
        return Progress()
    return Progress(
        total=tally.total,
        people=max(0, tally.by_people - tally.audited),
        machine=tally.by_machine,
        checked=min(tally.audited, tally.by_people),
        failed=tally.failed,
        refused=tally.refused,
        answers=tally.answers,
        seconds=tally.seconds,
    )


@dataclass(frozen=True)
class Promise:
    """What holds of machine labels, and on what evidence.

    state: off (the lead asked for none), waiting (no decision yet), auditing, granted, refused, revoked. Shares in
    [0, 1]; `sure` is 1 minus the risk of this decision. `certificate` is the row behind it, None while there is none.
    """

    state: str
    target: float | None
    sure: float
    certificate: Certificate | None = None

    @property
    def holds(self) -> bool:
        return self.state == CertificateState.GRANTED


def promise(job: LabelingJob) -> Promise:
    """The newest certificate that says something; a granted one that is not revoked goes before a later refusal."""
    sure = 1 - job.risk
    if job.target_error is None:
        return Promise("off", None, sure)
    rows = Certificate.objects.filter(job=job).select_related("model_version")
    for states in (
        (CertificateState.REVOKED, CertificateState.GRANTED),
        (CertificateState.AUDITING, CertificateState.REFUSED),
    ):
        newest = rows.filter(state__in=states).order_by("-id").first()
        if newest is not None:
            return Promise(newest.state, job.target_error, 1 - newest.risk, newest)
    return Promise("waiting", job.target_error, sure)


def current_round(job: LabelingJob) -> Iteration | None:
    return job.iterations.select_related("model_version").order_by("-number").first()


@dataclass(frozen=True)
class Forecast:
    """With `answers` by people the machine was expected to be able to label `machine` objects. Never evidence."""

    answers: int
    machine: int


def forecasts(job: LabelingJob) -> Sequence[Forecast]:
    """One for each round that has trained a model, oldest first."""
    rows = job.iterations.filter(detail__forecast__isnull=False).order_by("number").values_list("detail", flat=True)
    return [Forecast(detail["forecast"]["spent"], detail["forecast"]["machine"]) for detail in rows]


@dataclass(frozen=True)
class DayOfWork:
    """`machine`: labels of the certificates that were granted on this day, audited objects left out."""

    day: date
    answers: int
    machine: int = 0


def days_of_work(job: LabelingJob, *, today: date, days: int = 14) -> Sequence[DayOfWork]:
    """Answers by people and labels by machine; every one of the last days has its place, oldest first."""
    first = today - timedelta(days=days - 1)
    answers = dict(job.work_days.filter(day__gte=first).values_list("day").annotate(Sum("answers")))
    machine: dict[date, int] = defaultdict(int)
    granted = job.certificates.filter(state=CertificateState.GRANTED, decided_at__date__gte=first)
    for decided_at, covers, audited in granted.values_list("decided_at", "covers", "audited"):
        if decided_at is not None:  # a granted one always has its moment
            machine[decided_at.date()] += max(0, covers - audited)
    all_days = (first + timedelta(days=i) for i in range(days))
    return [DayOfWork(day, answers.get(day, 0), machine[day]) for day in all_days]


@dataclass(frozen=True)
class Failure:
    reason: str
    objects: int
    first_line: int  # from 1, as editors count


def failures(job: LabelingJob) -> Sequence[Failure]:
    """Failed data objects by reason, the commonest first, at most REASONS."""
    rows = (
        DataObject.objects.filter(job=job, state=ObjectState.FAILED)
        .values("failure_reason")
        .annotate(n=Count("id"), first=Min("position"))
        .order_by("-n", "failure_reason")[:REASONS]
    )
    return [Failure(row["failure_reason"], row["n"], row["first"] + 1) for row in rows]


@dataclass(frozen=True)
class WorkerRow:
    """What one worker did for a job."""

    worker: User
    answers: int
    seconds: float
    last_day: date

    @property
    def pace(self) -> float | None:
        return self.seconds / self.answers if self.answers else None


def workers(job: LabelingJob, *, limit: int | None = None) -> Sequence[WorkerRow]:
    """Everybody who answered, most answers first."""
    sums = (
        job.work_days.values("worker")
        .annotate(answers_sum=Sum("answers"), seconds_sum=Sum("seconds"), last=Max("day"))
        .order_by("-answers_sum", "worker")
    )
    rows = list(sums[:limit] if limit else sums)
    people = User.objects.in_bulk([row["worker"] for row in rows])
    return [WorkerRow(people[row["worker"]], row["answers_sum"], row["seconds_sum"], row["last"]) for row in rows]


@dataclass(frozen=True)
class Share:
    """What one worker did for one job today, or in a span of days."""

    answers: int = 0
    seconds: float = 0.0


def own_work(user: User, *, since: date) -> dict[int, Share]:
    """By job id: what `user` answered since a day (UTC, included)."""
    rows = (
        WorkDay.objects.filter(worker=user, day__gte=since).values("job").annotate(n=Sum("answers"), s=Sum("seconds"))
    )
    return {row["job"]: Share(row["n"], row["s"]) for row in rows}


def own_days(user: User, *, today: date, days: int = 7) -> Sequence[DayOfWork]:
    """What `user` answered on each of the last days, all jobs together."""
    first = today - timedelta(days=days - 1)
    sums = dict(WorkDay.objects.filter(worker=user, day__gte=first).values_list("day").annotate(Sum("answers")))
    return [DayOfWork(day, sums.get(day, 0)) for day in (first + timedelta(days=i) for i in range(days))]


def finished_about(job: LabelingJob, *, now: datetime) -> datetime | None:
    """When people will have answered what waits, at the pace of the last seven days; None when that can't be said.

    Says nothing of the machine, which may take over sooner: a bound from above rather than a forecast.
    """
    week = job.work_days.filter(day__gt=now.date() - timedelta(days=7)).aggregate(n=Sum("answers"), first=Min("day"))
    left = progress(job).waiting * job.workers_min
    if not week["n"] or not left:
        return None
    days = (now.date() - week["first"]).days + 1
    ahead = left / (week["n"] / days)
    return now + timedelta(days=ahead) if ahead < 3650 else None


def open_at_a_glance(user: User) -> set[int]:
    """Of the jobs that `user` may label those in which somebody can check labels at a glance right now."""
    waiting = Assignment.objects.filter(job=OuterRef("pk"), at_a_glance=True, state=AssignmentState.OPEN)
    own = Assignment.objects.filter(job=OuterRef("pk"), worker=user, state=AssignmentState.LEASED, page__isnull=False)
    jobs = access_work(user).filter(glance=True)
    return set(jobs.filter(Exists(waiting) | Exists(own)).values_list("pk", flat=True))
