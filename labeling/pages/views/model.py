"""What the machine has learned in a job, what may be promised of it, and where the objects are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from labeling.flow import overview, overview_checks, overview_models
from labeling.flow.overview_time import peoples_time
from labeling.flow.why import pulls_of
from labeling.jobs.access import access_model
from labeling.jobs.models import Tally
from labeling.learners.why import Unexplained
from labeling.pages import alarms, job_charts, model_charts, promises, whys
from labeling.pages.doors import JobPage
from labeling.pages.places import places_of
from labeling.pages.words import PHASES


class Model(JobPage):
    tab = "model"
    template = "job_model.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        promise = overview.promise(job)
        versions = overview_models.versions(job)
        this_round = overview.current_round(job)
        tally = Tally.objects.filter(job=job).first() or Tally()
        return self.show_job(
            job,
            {
                "promise": promise,
                "said": promises.in_words(promise),
                "since_then": alarms.since_then(job, overview_checks.checks_of(promise.certificate))
                if promise.holds
                else "",
                "alarms": [
                    (one, alarms.what_happened(one), alarms.what_next(job, one)) for one in overview_checks.alarms(job)
                ],
                "places": places_of(overview.progress(job), at_a_glance=tally.glanced - tally.marked),
                "round": this_round,
                "phase": PHASES.get(this_round.phase, "") if this_round else "",
                "time": peoples_time(job, tally, this_round),
                "versions": versions,
                "accuracy": model_charts.accuracy(versions),
                "threshold": job_charts.threshold(promise),
                "learning": job_charts.learning(overview.forecasts(job)),
                "last_word": overview_models.last_word(job),
                "certificates": job.certificates.select_related("model_version").order_by("-id")[:10],
            },
        )


class ModelWhy(JobPage):
    """What one version goes by, class by class."""

    tab = "model"
    template = "job_model_why.html"

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        job, version = self.job, access_model(pk, number, self.me)
        try:
            reasons, problem = whys.rows_of(pulls_of(job, version)), ""
        except Unexplained as unexplained:
            reasons, problem = [], str(unexplained)
        pictures = any(one.regions for one in reasons)
        return self.show_job(job, {"version": version, "reasons": reasons, "problem": problem, "pictures": pictures})
