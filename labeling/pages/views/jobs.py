"""A lead's jobs, and the steps that a job takes: start, pause, resume, stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from labeling.flow import creation, overview
from labeling.jobs.access import access_job, access_jobs
from labeling.jobs.models import LabelingJob
from labeling.pages.doors import LeadPage, now
from labeling.pages.streaks import Part, streak_of
from labeling.pages.words import title_of

PAGE: Final = 50  # jobs a page


@dataclass(frozen=True)
class Row:
    job: LabelingJob
    title: str
    progress: overview.Progress
    streak: tuple[Part, ...]


class Jobs(LeadPage):
    template = "jobs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("q", "").strip()[:63]
        rows = access_jobs(self.me).order_by("-id")
        if wanted:
            rows = rows.filter(name__icontains=wanted)
        before = request.GET.get("before", "")
        if before.isascii() and before.isdecimal():
            rows = rows.filter(id__lt=int(before[:15]))
        jobs = list(rows[: PAGE + 1])
        more = jobs[PAGE - 1].pk if len(jobs) > PAGE else None
        return self.show({"rows": [_row(job) for job in jobs[:PAGE]], "wanted": wanted, "more": more})


def _row(job: LabelingJob) -> Row:
    done = overview.progress(job)
    return Row(job, title_of(job.task_type), done, streak_of(done))


STEPS: Final[Mapping[str, tuple[Callable[..., Any], Any]]] = {
    "start": (creation.start_job, gettext_lazy("Started. People can label now.")),
    "pause": (creation.pause_job, gettext_lazy("Paused. What people hold, they can still send.")),
    "resume": (creation.resume_job, gettext_lazy("Running again.")),
    "stop": (creation.stop_job, gettext_lazy("Stopped. What is labeled stays and can be exported.")),
}


class Step(LeadPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        if step not in STEPS:
            raise Http404
        act, said = STEPS[step]
        act(access_job(pk, self.me), by=self.me, now=now())
        return self.back("job", pk, said=str(said))
