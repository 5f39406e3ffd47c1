"""What every page's view does: sign-in, fetching through access_*, problems turned into pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from labeling.errors import NotFound, Problem
from labeling.flow.job_rules import learns_meaning
from labeling.jobs.access import access_job
from labeling.jobs.clock import database_now
from labeling.jobs.models import LabelingJob
from labeling.jobs.questions import type_of
from labeling.pages.words import medium_of, title_of
from labeling.task_types.base import Learnable, Target
from labeling.workforce.access import leads_any
from labeling.workforce.models import User


class Page(LoginRequiredMixin, View):
    """A page for anybody who has signed in. `section` names its place in the top bar."""

    section: ClassVar[str] = ""
    template: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotFound as problem:
            raise Http404(problem.what) from problem
        except Problem as problem:
            return problem_page(request, problem)

    @property
    def me(self) -> User:
        return cast(User, self.request.user)

    def show(self, context: Mapping[str, Any], *, template: str = "", status: int = 200) -> HttpResponse:
        return render(self.request, template or self.template, {"section": self.section, **context}, status=status)

    def back(self, name: str, *args: Any, said: str = "") -> HttpResponse:
        """After a POST: go and look, with a toast that says what was done."""
        if said:
            messages.success(self.request, said)
        return redirect(name, *args)


class LeadPage(Page):
    """A page for people who lead a team; for everybody else it does not exist."""

    section = "jobs"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not leads_any(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class JobPage(LeadPage):
    """A page of one job, which its lead sees. `tab` names its place among the job's pages."""

    tab: ClassVar[str] = ""

    @property
    def job(self) -> LabelingJob:
        return access_job(self.kwargs["pk"], self.me)

    def show_job(
        self, job: LabelingJob, context: Mapping[str, Any], *, template: str = "", status: int = 200
    ) -> HttpResponse:
        return self.show({**about(job), "tab": self.tab, **context}, template=template, status=status)


def about(job: LabelingJob) -> dict[str, Any]:
    """What every page of a job says of it."""
    kind = type_of(job)
    target = kind.target if isinstance(kind, Learnable) else Target.TOKENS
    return {
        "job": job,
        "title": title_of(job.task_type),
        "medium": medium_of(job),
        "voiced": target != Target.TOKENS,  # a model may have its say in labels
        "meant": learns_meaning(kind),  # and may go by what texts mean
        "doubted": target == Target.CLASS,  # and its doubts are listed
    }


def now() -> datetime:
    return database_now()


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """What happened and what to do, as a page of its own: for problems that no field of a form can show."""
    return render(request, "problem.html", {"problem": problem}, status=problem.status)
