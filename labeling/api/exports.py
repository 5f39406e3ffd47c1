"""Exports: ask for one, look, download in ranges."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Body, Door, me, read
from labeling.api.media import send
from labeling.errors import Conflict, NotFound
from labeling.flow.export import Wishes
from labeling.flow.export_requests import request_export
from labeling.formats.names import job_slug
from labeling.jobs.access import access_export, access_job
from labeling.jobs.clock import database_now
from labeling.jobs.files import store
from labeling.jobs.models import Export


class ExportIn(Body):
    profile = serializers.ChoiceField(choices=["pure", "extended"], default="pure")
    source_prefix = serializers.RegexField(r"^(s3://[a-z0-9.-]+/.*)?$", allow_blank=True, default="")
    labeled_only = serializers.BooleanField(default=False)
    format = serializers.ChoiceField(
        choices=["manifest", "conll", "csv"], default="manifest", help_text="A file beside the manifest; of spans"
    )
    no_overlaps = serializers.BooleanField(default=False, help_text="Of overlapping spans the outermost, or the surest")


class ExportOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.CharField()
    lines = serializers.IntegerField()
    reason = serializers.CharField()
    made_at = serializers.DateTimeField()
    options = serializers.DictField()


def _export(row: Export) -> dict[str, Any]:
    return {
        "id": row.pk,
        "state": row.state,
        "lines": row.lines,
        "reason": row.reason,
        "made_at": row.made_at,
        "options": row.options,
    }


class ExportsView(Door):
    @extend_schema(responses=ExportOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The last hundred exports of a job, newest first."""
        rows = access_job(pk, me(request)).exports.order_by("-pk")[:100]
        return Response([_export(row) for row in rows])

    @extend_schema(request=ExportIn, responses={202: ExportOut})
    def post(self, request: Request, pk: int) -> Response:
        """Ask for an export; it is written in the background."""
        wishes = Wishes(**read(ExportIn, request))
        row = request_export(access_job(pk, me(request)), wishes=wishes, by=me(request), now=database_now())
        return Response(_export(row), status=202)


class ExportView(Door):
    @extend_schema(responses=ExportOut)
    def get(self, request: Request, pk: int) -> Response:
        return Response(_export(access_export(pk, me(request))))


class ExportFileView(Door):
    @extend_schema(operation_id="exports_download", responses={(200, "application/octet-stream"): bytes})
    def get(self, request: Request, pk: int, part: str) -> HttpResponseBase:
        """The manifest alone, or the whole folder as a zip archive."""
        row = access_export(pk, me(request))
        slug = job_slug(row.job.name)
        parts = {
            "manifest": (row.manifest_key, f"{slug}.manifest", "application/jsonl"),
            "archive": (row.archive_key, f"{slug}.zip", "application/zip"),
        }
        if part not in parts:
            raise NotFound
        key, name, content_type = parts[part]
        if not key:
            raise Conflict("This export is not ready.", where="state", todo="Look again in a moment.")
        return send(request, store().path(key), content_type, etag=f'"{key}"', name=name)
