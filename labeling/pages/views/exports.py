"""Exports: ask for one, see what there is, download it whole or only its manifest."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from labeling.flow import export_requests, overview
from labeling.flow.export import Wishes
from labeling.flow.export_tables import Format
from labeling.formats.names import job_slug
from labeling.jobs.access import access_export, access_jobs
from labeling.jobs.models import Export
from labeling.jobs.questions import type_of
from labeling.pages.doors import JobPage, LeadPage, now
from labeling.pages.sending import send

SHOWN: Final = 50
KINDS: Final = {  # what -> (column of the key, name, content type)
    "archive": ("archive_key", "{slug}.zip", "application/zip"),
    "manifest": ("manifest_key", "{slug}.manifest", "application/jsonlines"),
}


class JobExports(JobPage):
    tab = "exports"
    template = "job_exports.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        exports = list(job.exports.select_related("made_by", "job").order_by("-id")[:SHOWN])
        context = {
            "exports": exports,
            "waiting": any(export.state == Export.State.WAITING for export in exports),
            "progress": overview.progress(job),
            "formats": type_of(job).formats,
        }
        part = request.headers.get("HX-Request") == "true"
        return self.show_job(job, context, template="parts/exports.html" if part else "")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        wishes = Wishes(
            profile="extended" if request.POST.get("profile") == "extended" else "pure",
            labeled_only="labeled_only" in request.POST,
            format=self._format(request.POST.get("format", "")),
            no_overlaps="no_overlaps" in request.POST,
        )
        export_requests.request_export(self.job, wishes=wishes, by=self.me, now=now())
        return self.back("job-exports", pk, said=_("The export is being written. It shows here when it is ready."))

    def _format(self, chosen: str) -> Format:
        formats: tuple[Format, ...] = ("conll", "csv")
        return next((one for one in formats if one == chosen), "manifest")


class Exports(LeadPage):
    section = "exports"
    template = "exports.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        exports = Export.objects.filter(job__in=access_jobs(self.me)).select_related("job", "made_by")
        return self.show({"exports": exports.order_by("-id")[:SHOWN], "with_job": True})


class Download(LeadPage):
    def get(self, request: HttpRequest, pk: int, what: str) -> HttpResponseBase:
        export = access_export(pk, self.me)
        if what not in KINDS or export.state != Export.State.READY:
            raise Http404
        column, name, content_type = KINDS[what]
        slug = job_slug(export.job.name)
        return send(request, getattr(export, column), name=name.format(slug=slug), content_type=content_type)
