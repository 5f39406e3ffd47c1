"""Bytes of data objects, for whoever holds the lease or leads the job, in ranges, with a type that we saw ourselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from labeling.api.base import Door, me
from labeling.errors import NotFound
from labeling.flow.media_frames import frame_of
from labeling.flow.media_variants import told_of, variant_of
from labeling.jobs.access import access_leased_object, access_object
from labeling.jobs.clock import database_now
from labeling.jobs.media_links import lease_in
from labeling.jobs.models import Media
from labeling.media.ranges import RANGE_CAP, UNSATISFIABLE, Span, etag_of, if_range_holds, not_modified, parse_range
from labeling.media.serving import media_headers

CHUNK = 64 * 1024
OURS = {"Content-Type": "application/json", "X-Content-Type-Options": "nosniff"}
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
        """A variant of a data object's media: original, view, thumbnail; of a video proxy, strip, strip-index and
        frame-table, too. At most 1 MiB a range."""
        media = self.fetch(request, pk)
        told = told_of(media, variant)
        if told is not None:
            content = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
            return send_bytes(request, content, "application/json", etag=etag_of(sha256(content).hexdigest()))
        path, content_type = variant_of(media, variant)
        return send(request, path, content_type, etag=etag_of(path.name, variant))

    def fetch(self, request: Request, pk: int) -> Media:
        """The media of an object that is the caller's to see now. Raises NotFound."""
        signature = request.query_params.get("s")
        if signature is None:
            data_object = access_object(pk, me(request))
        else:
            assignment, secret = lease_in(signature)
            data_object = access_leased_object(pk, assignment, secret, me(request), now=database_now())
        if data_object.media is None:
            raise NotFound
        return data_object.media


class FrameView(MediaView):
    @extend_schema(
        parameters=[OpenApiParameter("s", str, description="Signature of the lease; leads need none")],
        responses={
            (200, "image/jpeg"): bytes,
            404: OpenApiResponse(description="not yours now, or the video has not so many frames"),
        },
    )
    def get(self, request: Request, pk: int, number: int) -> HttpResponseBase:  # type: ignore[override]
        """Frame `number` (from 0) of a video, px as stored: of a film as JPEG, of a frame sequence its own file."""
        frame = frame_of(self.fetch(request, pk), number)
        etag = etag_of(frame.key)
        if frame.path is not None:
            return send(request, frame.path, frame.content_type, etag=etag)
        return send_bytes(request, frame.content, frame.content_type, etag=etag)


def send_bytes(request: Request, content: bytes, content_type: str, *, etag: str) -> HttpResponse:
    """Bytes of our own making, whole."""
    if not_modified(request.headers.get("If-None-Match"), etag):
        return HttpResponse(status=304, headers={"ETag": etag, **KEPT})
    headers = media_headers(content_type) if content_type != "application/json" else OURS
    return HttpResponse(content, headers={**headers, "ETag": etag, **KEPT})


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
