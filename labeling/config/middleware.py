"""What is true of every request and of every reply, whichever door it belongs to.

Headers of replies (spec: script, framing, referrer, shared caches): a view that sets its own value keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, QueryDict

# No 'unsafe-inline' and no 'unsafe-eval' anywhere: a class named <script> or a style in an instruction stays text.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

# The one exception (spec/security.md S10): Emscripten, in GrabCut's worker, makes functions from text. A worker lives
# by its own script's policy, not by its page's; this one may connect to nothing.
GRABCUT = re.compile(r"/static/editor/grabcut\.worker(\.[0-9a-f]{12})?\.js", re.ASCII)
GRABCUT_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'; connect-src 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class HeadersMiddleware:
    """Outermost, so that static files, redirects and error pages carry the headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if GRABCUT.fullmatch(request.path):
            response.headers.setdefault("Content-Security-Policy", GRABCUT_POLICY)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):  # everything else may be one person's: no cache keeps it
            response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers.setdefault("Retry-After", "60")
        return response


class NulMiddleware:
    """400 for a nul character in an address, a cookie or a form: PostgreSQL keeps none, and no name or search needs it.

    Behind CsrfViewMiddleware, which reads the form first. Of the API, JSON bodies are looked at by their parser.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        _refuse_nul((request.path, *request.COOKIES.values(), *_texts(request.GET)))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if not request.path.startswith("/api/"):
            _refuse_nul(_texts(request.POST))


def _texts(form: QueryDict) -> Iterable[str]:
    for name, values in form.lists():
        yield name
        yield from (value for value in values if isinstance(value, str))


def _refuse_nul(texts: Iterable[str]) -> None:
    if any("\0" in text for text in texts):
        raise BadRequest("A nul character.")
