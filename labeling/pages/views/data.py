"""The objects of a job: all of them with their labels, the failed ones with their reasons, the refused lines."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.flow import overview, retrying
from labeling.flow.media_variants import make_thumbnails
from labeling.jobs.access import access_objects
from labeling.pages import objects
from labeling.pages.doors import JobPage, now
from labeling.pages.streaks import streak_of

ROWS: Final = 100


def number(request: HttpRequest, name: str, default: int) -> int:
    """A whole number of the address, or `default` when it is none."""
    text = request.GET.get(name, "")
    return int(text[:12]) if text.isascii() and text.isdecimal() else default


class Data(JobPage):
    tab = "data"
    template = "job_data.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        state = request.GET.get("state", "")
        rows = access_objects(self.me).filter(job=job)
        after = number(request, "after", 0) - 1 if "after" in request.GET else -1
        page = list(objects.filtered(rows, state, after=after)[: objects.PAGE + 1])
        make_thumbnails([row.media for row in page[: objects.PAGE] if row.media is not None])
        context = {
            "state": state if state in objects.FILTERS else "",
            "tiles": objects.tiles(job, page[: objects.PAGE]),
            "more": page[objects.PAGE].position if len(page) > objects.PAGE else None,
            "parts": streak_of(overview.progress(job)),
            "progress": overview.progress(job),
            "begun": after >= 0,
        }
        return self.show_job(job, context)


class Failed(JobPage):
    tab = "data"
    template = "job_failed.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        after = number(request, "after", 0) - 1
        rows = list(objects.filtered(access_objects(self.me).filter(job=job), "failed", after=after)[: ROWS + 1])
        context = {
            "rows": rows[:ROWS],
            "more": rows[ROWS].position if len(rows) > ROWS else None,
            "failures": overview.failures(job),
            "progress": overview.progress(job),
        }
        return self.show_job(job, context)


class Refused(JobPage):
    tab = "data"
    template = "job_refused.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        rows = list(job.refused_lines.filter(id__gte=number(request, "from", 0)).order_by("id")[: ROWS + 1])
        context = {
            "rows": rows[:ROWS],
            "more": rows[ROWS].pk if len(rows) > ROWS else None,
            "progress": overview.progress(job),
        }
        return self.show_job(job, context)


class Retry(JobPage):
    """Failed objects once more, and videos that there is no proxy of."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.back("job", pk, said=in_words(retrying.retry(self.job, by=self.me, now=now())))


def in_words(done: retrying.Retried) -> str:
    said = []
    if done.objects:
        n = done.objects
        said.append(ngettext("%(n)s object is tried again.", "%(n)s objects are tried again.", n) % {"n": n})
    if done.videos:
        n = done.videos
        said.append(ngettext("%(n)s video is made ready again.", "%(n)s videos are made ready again.", n) % {"n": n})
    none = _("None can be tried again: their files can't be read. Bring mended files as new objects.")
    return " ".join(said) or none
