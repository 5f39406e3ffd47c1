"""A job as its lead sees it: progress, promise, people, model, failures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from labeling.flow import backends, creation, overview, overview_checks, overview_media, overview_people
from labeling.flow.overview_time import peoples_time
from labeling.jobs.models import LabelingJob, Tally
from labeling.jobs.states import JobState
from labeling.pages import alarms, charts, days, job_charts, objects, people, promises, sources
from labeling.pages.doors import JobPage, now
from labeling.pages.markdown import LONGEST
from labeling.pages.streaks import streak_of
from labeling.pages.words import PHASES


def live(job: LabelingJob) -> dict[str, Any]:
    """What is shown anew every few seconds while a job runs."""
    done = overview.progress(job)
    promise = overview.promise(job)
    this_round = overview.current_round(job)
    return {
        "progress": done,
        "streak_parts": streak_of(done),
        "videos": overview_media.videos(job),
        "promise": promise,
        "said": promises.in_words(promise),
        "since_then": alarms.since_then(job, overview_checks.checks_of(promise.certificate)) if promise.holds else "",
        "alarms": [(one, alarms.what_happened(one), alarms.what_next(job, one)) for one in overview_checks.alarms(job)],
        "round": this_round,
        "phase": PHASES.get(this_round.phase, "") if this_round else "",
        "finished": overview.finished_about(job, now=now()) if job.state == JobState.RUNNING else None,
        "running": job.state == JobState.RUNNING,
    }


def draft(job: LabelingJob) -> dict[str, Any]:
    """What a job shows before it starts."""
    return {"first": objects.first_of(job), "classes": job.categories.all(), "offered": sources.offered()}


class Dashboard(JobPage):
    tab = "overview"
    template = "job.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        context = live(job)
        if job.state == JobState.DRAFT:
            return self.show_job(job, context | draft(job), template="job_draft.html")
        moment = now()
        team, by_worker = overview_people.agreement(job)
        answered = context["progress"].answers
        labeled = context["progress"].people + context["progress"].checked
        context |= {
            "agreement": team,
            "certificates": job.certificates.select_related("model_version").order_by("-id")[:10],
            "all_by_hand": all_by_hand(job, context["progress"]),
            "opinions": answered / labeled if labeled else None,
            "today": overview.days_of_work(job, today=moment.date(), days=1)[0],
            "people": people.rows(overview.workers(job, limit=people.SHOWN), team, by_worker),
            "threshold": job_charts.threshold(context["promise"]),
            "learning": job_charts.learning(overview.forecasts(job)),
            "days": charts.days_chart(days.all_of(overview.days_of_work(job, today=moment.date()))),
            "failures": overview.failures(job),
        }
        return self.show_job(job, context)


def all_by_hand(job: LabelingJob, done: overview.Progress) -> float | None:
    """Seconds of people's time if they had to answer for every object, as the Model page has it; None while the machine
    has not helped, because then nothing is compared."""
    if not done.machine:
        return None
    tally = Tally.objects.filter(job=job).first() or Tally()
    return peoples_time(job, tally, overview.current_round(job)).by_hand


class Live(JobPage):
    template = "parts/job_live.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        reply = self.show_job(job, {**live(job), "out_of_band": True})
        if request.GET.get("was", job.state) != job.state:
            reply["HX-Refresh"] = "true"  # what the buttons offer has changed, too
        return reply


class People(JobPage):
    tab = "people"
    template = "job_people.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        team, by_worker = overview_people.agreement(job)
        rows = people.rows(overview.workers(job), team, by_worker)
        return self.show_job(job, {"people": rows, "agreement": team, "looked_at": overview_people.LOOKED_AT})


class Settings(JobPage):
    tab = "settings"
    template = "job_settings.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show_job(self.job, settings_of(self.job))


def settings_of(job: LabelingJob) -> dict[str, Any]:
    """What the page of a job's settings shows."""
    backend = backends.current(job)
    return {
        "classes": job.categories.all(),
        "instructions": job.instructions.select_related("created_by").order_by("-number").first(),
        "backend": backend,
        "url": backend.url if backend else "",
        "can_be_asked": backends.can_be_asked(job),
    }


class Instructions(JobPage):
    """A new version of what workers read; earlier answers keep the version that they saw."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = request.POST.get("text", "").strip()[:LONGEST]
        version = creation.write_instructions(self.job, text=text, by=self.me, now=now())
        return self.back("job-settings", pk, said=_("Version %(n)s is what people see now.") % {"n": version.number})
