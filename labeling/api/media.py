"""Bytes of data objects, for whoever holds the lease or leads the job, in ranges, with a type that we saw ourselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from labeling.api.base import Door, me
from labeling.errors import NotFound
from labeling.flow.media_variants import variant_of
from labeling.jobs.access import access_leased_object, access_object
from labeling.jobs.clock import database_now
from labeling.jobs.media_links import lease_in
from labeling.jobs.models import DataObject
from labeling.media.ranges import RANGE_CAP, UNSATISFIABLE, Span, etag_of, if_range_holds, not_modified, parse_range
from labeling.media.serving import media_headers

CHUNK = 64 * 1024
KEPT = {"Cache-Control": "private, no-cache"}  # by the browser, which asks before each use whether it still may


class MediaView(Door):
    def scope_for(self, request: Request) -> str:
        """A lease is work; whatever one leads, without a lease, is not."""
        return "work" if "s" in request.query_params else "lead"

    @extend_schema(
        parameters=[OpenApiParameter("s", str, description="Signature of the lease; leads need none")],
        responses={(200, "application/octet-stream"): bytes, 404: OpenApiResponse(description="not yours now")},
    )
    def get(self, request: Request, pk: int, variant: str) -> HttpResponseBase:
        """A variant of a data object's media: original, view, thumbnail. At most 1 MiB a range."""
        data_object = self._fetch(request, pk)
        if data_object.media is None:
            raise NotFound
        path, content_type = variant_of(data_object.media, variant)
        return send(request, path, content_type, etag=etag_of(data_object.media.digest, variant))

    def _fetch(self, request: Request, pk: int) -> DataObject:
        signature = request.query_params.get("s")
        if signature is None:
            return access_object(pk, me(request))
        assignment, secret = lease_in(signature)
        return access_leased_object(pk, assignment, secret, me(request), now=database_now())


def send(request: Request, path: Path, content_type: str, *, etag: str, name: str = "") -> HttpResponseBase:
    """A file, whole or in the range that was asked for."""
    size = path.stat().st_size
    headers: dict[str, Any] = {
        **media_headers(content_type),
        "Accept-Ranges": "bytes",
        "ETag": etag,
        **KEPT,
    }
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if not_modified(request.headers.get("If-None-Match"), etag):
        return HttpResponse(status=304, headers={"ETag": etag, **KEPT})
    wanted = request.headers.get("Range") if if_range_holds(request.headers.get("If-Range"), etag) else None
    span = parse_range(wanted, size)
    if span is UNSATISFIABLE:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if isinstance(span, Span):
        with path.open("rb") as file:
            file.seek(span.start)
            content = file.read(min(span.length, RANGE_CAP))
        return HttpResponse(content, status=206, headers={**headers, "Content-Range": span.content_range(size)})
    if size <= RANGE_CAP:
        return HttpResponse(path.read_bytes(), headers=headers)
    return StreamingHttpResponse(_chunks(path), headers={**headers, "Content-Length": str(size)})


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
