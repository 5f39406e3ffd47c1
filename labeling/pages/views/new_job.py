"""A new job: one page of wishes, with real objects beside them; then a draft to look at before anything starts."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.errors import InvalidJob, Problem
from labeling.flow import creation
from labeling.flow.job_rules import learns_meaning
from labeling.jobs.access import access_job
from labeling.learners import embeddings
from labeling.media.serving import media_headers
from labeling.pages import look, sources
from labeling.pages.doors import JobPage, LeadPage, now
from labeling.pages.job_asks import KEYS
from labeling.pages.job_form import AUDITS, WORKERS, JobForm
from labeling.pages.views.dashboard import draft, live
from labeling.task_types.base import Learnable
from labeling.task_types.checks import COLOURS
from labeling.task_types.registry import TASK_TYPES
from labeling.workforce.access import teams_of
from labeling.workforce.models import Role

FIRST: Final = {"source": "upload", "workers": "1", "promise": "none", "audit": "1"}


class NewJob(LeadPage):
    template = "new_job.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form(JobForm(typed=dict(FIRST)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = JobForm.read(request.POST)
        wishes = form.wishes(self.me)
        source = None
        try:
            source = sources.read_source(request)
        except InvalidJob as problem:
            form.wrong(problem)
        if form.errors or source is None:
            return self.form(form, status=422)
        try:
            job = creation.create_job(**wishes, root=source.root, by=self.me, now=now())
        except InvalidJob as problem:
            form.wrong(problem)
            return self.form(form, status=422)
        # The draft stands now: what the data lack is said on its own page, where they can be brought again.
        return go(request, reverse("job", args=[job.pk]), take(self, job.pk, source))

    def form(self, form: JobForm, *, status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {
            "form": form,
            "teams": teams_of(self.me, Role.LEAD).order_by("name"),
            "kinds": [(kind, isinstance(kind, Learnable), learns_meaning(kind)) for kind in TASK_TYPES],
            "language_model": embeddings.installed(),
            "workers": [(value, workers_in_words(*range_)) for value, range_ in WORKERS.items()],
            "audits": [(value, audit_in_words(value)) for value in AUDITS],
            "offered": sources.offered(),
            "colours": range(1, COLOURS + 1),
            "keys": KEYS,
        }
        part = self.request.headers.get("HX-Request") == "true"
        return self.show(context, template="new_job_form.html" if part else "", status=status)


class AddData(JobPage):
    """The data that a draft still lacks."""

    template = "job_draft.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        try:
            source = sources.read_source(request)
            said = take(self, job.pk, source)
        except InvalidJob as problem:
            form = JobForm.read(request.POST)
            form.wrong(problem)
            context = {**live(job), **draft(job), "typed": form.typed, "errors": form.errors}
            return self.show_job(job, context, status=problem.status)
        return go(request, reverse("job", args=[job.pk]), said)


class Look(LeadPage):
    """The first objects of a folder or manifest of the server, before there is a job."""

    template = "parts/look.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        medium = look.medium_of(request.GET.get("task_type", ""))
        typed = request.GET.get("path", "")
        try:
            found = look.first(sources.server_path(typed), medium)
        except Problem as problem:
            return self.show({"problem": problem})
        return self.show(
            {"found": found, "medium": medium, "path": typed, "task_type": request.GET.get("task_type", "")}
        )


class LookPicture(LeadPage):
    """A small picture of the n-th object of a folder or manifest of the server."""

    def get(self, request: HttpRequest, n: int) -> HttpResponse:
        medium = look.medium_of(request.GET.get("task_type", ""))
        content, content_type = look.picture(sources.server_path(request.GET.get("path", "")), medium, n)
        return HttpResponse(content, headers=media_headers(content_type))


def take(page: LeadPage, pk: int, source: sources.Source) -> str:
    """Bring the data in, and say in a sentence what came."""
    found = source.take(access_job(pk, page.me), by=page.me, now=now())
    said = ngettext("%(n)s object taken.", "%(n)s objects taken.", found.taken) % {"n": found.taken}
    if found.refused:
        said += " " + ngettext("%(n)s line refused.", "%(n)s lines refused.", len(found.refused)) % {
            "n": len(found.refused)
        }
    return said


def go(request: HttpRequest, where: str, said: str) -> HttpResponse:
    """To another page, whether the browser sent the form or htmx did."""
    messages.success(request, said)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": where})
    return redirect(where)


def audit_in_words(value: str) -> str:
    if value == "0":
        return _("None: the alarm is off")
    per_hundred = float(value)
    if per_hundred < 1:
        return _("1 in %(n)s") % {"n": round(100 / per_hundred)}
    return _("%(n)s in 100") % {"n": value}


def workers_in_words(least: int, most: int) -> str:
    if least < most:
        return _("As many as it takes, %(least)s to %(most)s") % {"least": least, "most": most}
    return ngettext("%(n)s person", "%(n)s people", least) % {"n": least}
