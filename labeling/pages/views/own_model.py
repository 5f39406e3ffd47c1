"""The lead's own model server, in the job's settings: its address and key, a try, what was wrong last."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from labeling.errors import Problem
from labeling.flow import backends
from labeling.jobs.models import LabelingJob
from labeling.pages.answers import in_words
from labeling.pages.doors import JobPage, now
from labeling.pages.views.dashboard import settings_of


class OwnModel(JobPage):
    http_method_names = ["post"]
    tab = "settings"
    template = "job_settings.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        acts = {"save": self._save, "try": self._try, "remove": self._remove}
        return acts.get(request.POST.get("act", ""), self._save)(job)

    def _save(self, job: LabelingJob) -> HttpResponse:
        post = self.request.POST
        url, key = post.get("url", "").strip(), post.get("key", "").strip()
        if not url:
            return self._shown(job, {"url_error": _("Write the address of your server.")}, status=422)
        kept = None if not key and "forget" not in post else key
        try:
            backends.register_backend(job, url=url, key=kept, by=self.me, now=now())
        except Problem as problem:
            field = "key_error" if problem.where == "key" else "url_error"
            return self._shown(job, {field: f"{problem.what} {problem.todo}", "url": url}, status=problem.status)
        return self.back("job-settings", job.pk, said=_("This server is asked from now on. Try it."))

    def _try(self, job: LabelingJob) -> HttpResponse:
        try:
            trial = backends.try_out(job, now=now())
        except backends.BackendFault:  # what is wrong is kept, and shown by the page
            return self._shown(job, {}, status=502)
        names = [category.name for category in job.categories.all()]
        said = in_words(trial.said.answer, names) if trial.said else ""
        return self._shown(job, {"trial": trial, "said": said})

    def _remove(self, job: LabelingJob) -> HttpResponse:
        backends.remove_backend(job, by=self.me, now=now())
        return self.back("job-settings", job.pk, said=_("This server is asked no more."))

    def _shown(self, job: LabelingJob, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        return self.show_job(job, {**settings_of(job), **context}, status=status)
