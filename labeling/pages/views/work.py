"""A worker's jobs: where they left off, what there is to label, their own week. Nothing about anybody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.flow import overview, overview_people
from labeling.jobs.access import access_own_answers, access_work
from labeling.jobs.media_links import links_for
from labeling.jobs.models import Assignment, LabelingJob
from labeling.jobs.questions import facts_of
from labeling.jobs.states import AssignmentState
from labeling.pages import charts, days
from labeling.pages.doors import Page, now
from labeling.pages.numbers import count, seconds
from labeling.pages.words import medium_of, title_of
from labeling.workforce.access import teams_of
from labeling.workforce.models import User

EXCERPT: Final = 240  # characters of a text
SHOWN: Final = 100  # jobs; more would be a list that nobody reads


@dataclass(frozen=True)
class Row:
    job: LabelingJob
    title: str
    medium: str
    progress: overview.Progress
    today: int  # own answers
    ever: bool  # whether they have answered here before
    pace: float | None  # own seconds an answer, of the last four weeks
    to_glance: bool  # labels wait to be checked at a glance


class Work(Page):
    section = "work"
    template = "work.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        moment = now()
        rows = self.rows(moment)
        last = access_own_answers(self.me).order_by("-submitted_at").first()
        going = next((row for row in rows if last and row.job.pk == last.job_id and row.progress.waiting), None)
        week = overview.own_days(self.me, today=moment.date())
        done = overview.own_work(self.me, since=moment.date() - timedelta(days=6))
        context = {
            "greeting": greeting(moment),
            "first_name": str(self.me).split()[0] if str(self.me).split() else "",
            "in_a_team": teams_of(self.me).exists(),
            "going": going,
            "held": held(self.me, going.job, moment) if going else None,
            "left_at": last.submitted_at if last else None,
            "rows": [row for row in rows if row is not going],
            "with_work": sum(1 for row in rows if row.progress.waiting),
            "own": overview_people.own_agreement(access_own_answers(self.me)),
            "answered": sum(share.answers for share in done.values()),
            "week": charts.days_chart(
                days.own(week), key="week", title=_("This week"), caption=week_in_words(done.values()), people_only=True
            ),
        }
        return self.show(context)

    def rows(self, moment: datetime) -> list[Row]:
        today = overview.own_work(self.me, since=moment.date())
        lately = overview.own_work(self.me, since=moment.date() - timedelta(days=28))
        rows = []
        to_glance = overview.open_at_a_glance(self.me)
        for job in access_work(self.me).order_by("-priority", "id")[:SHOWN]:
            mine = lately.get(job.pk, overview.Share())
            rows.append(
                Row(
                    job=job,
                    title=title_of(job.task_type),
                    medium=medium_of(job),
                    progress=overview.progress(job),
                    today=today.get(job.pk, overview.Share()).answers,
                    ever=bool(mine.answers),
                    pace=mine.seconds / mine.answers if mine.answers else None,
                    to_glance=job.pk in to_glance,
                )
            )
        return rows


def week_in_words(done: Iterable[overview.Share]) -> str:
    shares = list(done)
    n, time = sum(share.answers for share in shares), seconds(sum(share.seconds for share in shares))
    said = ngettext("%(n)s answer, %(time)s of work", "%(n)s answers, %(time)s of work", n)
    return said % {"n": count(n), "time": time}


@dataclass(frozen=True)
class Held:
    """What the worker holds right now: they find it again when they continue."""

    picture: str
    text: str


def held(me: User, job: LabelingJob, moment: datetime) -> Held | None:
    """What the editor will open first; what is held on a page of the grid is not for it."""
    leased = Assignment.objects.filter(worker=me, job=job, state=AssignmentState.LEASED, expires_at__gt=moment)
    lease = leased.filter(page__isnull=True).select_related("task__data_object__media").order_by("leased_at").first()
    if lease is None:
        return None
    data_object = lease.task.data_object
    return Held(links_for(lease, data_object).get("thumbnail", ""), facts_of(data_object).text[:EXCERPT])


def greeting(moment: datetime) -> str:
    hour = timezone.localtime(moment).hour
    if hour < 5 or hour >= 18:
        return _("Good evening")
    return _("Good morning") if hour < 12 else _("Good afternoon")
