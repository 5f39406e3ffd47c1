"""Downloads of files that we wrote, with byte ranges, so that a broken one can go on where it stopped."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

from labeling.jobs.files import store
from labeling.media.ranges import Span, Unsatisfiable, etag_of, if_range_holds, not_modified, parse_range


def send(request: HttpRequest, key: str, *, name: str, content_type: str) -> HttpResponseBase:
    """The file `key` of our storage as an attachment called `name`: 200, 206, 304 or 416."""
    keeper = store()
    size, etag = keeper.size(key), etag_of(key)
    if not_modified(request.headers.get("If-None-Match"), etag):
        return HttpResponse(status=304, headers={"ETag": etag})
    asked = request.headers.get("Range") if if_range_holds(request.headers.get("If-Range"), etag) else None
    span = parse_range(asked, size)
    if isinstance(span, Unsatisfiable):
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response: HttpResponse | FileResponse
    if isinstance(span, Span):
        with keeper.open(key) as stream:
            stream.seek(span.start)
            response = HttpResponse(stream.read(span.length), status=206, content_type=content_type)
        response["Content-Range"] = span.content_range(size)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        response = FileResponse(keeper.open(key), as_attachment=True, filename=name, content_type=content_type)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    return response
