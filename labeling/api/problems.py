"""One handler that says every error in the same way: application/problem+json with code, what, where, todo, status."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from labeling.errors import Problem

log = logging.getLogger(__name__)


def handle(error: Exception, _context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None for what nobody foresaw: it becomes a logged 500 without our words."""
    if isinstance(error, Problem):
        return _reply(error.status, error.as_dict())
    if isinstance(error, Http404):
        return _said(404, "not-found", "There is nothing here.")
    if isinstance(error, PermissionDenied):
        return _said(403, "not-allowed", "This is not allowed.")
    if isinstance(error, exceptions.ValidationError):
        where, what = _first(error.detail)
        return _said(400, "bad-request", what, where=where, todo="Change this field and send again.")
    if isinstance(error, exceptions.APIException):
        reply = _said(error.status_code, str(error.default_code).replace("_", "-"), str(error.detail))
        if error.status_code == 401 and getattr(error, "auth_header", None):
            reply["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
        if getattr(error, "wait", None):
            reply["Retry-After"] = str(round(error.wait))  # type: ignore[attr-defined]
        return reply
    return None


def _said(status: int, code: str, what: str, *, where: str = "", todo: str = "") -> Response:
    return _reply(status, {"code": code, "what": what, "where": where, "todo": todo, "status": status})


def _reply(status: int, body: dict[str, Any]) -> Response:
    return Response(body, status=status, content_type="application/problem+json")


def _first(detail: Any, where: str = "") -> tuple[str, str]:
    """The first of DRF's nested complaints, and a JSON pointer to its field."""
    if isinstance(detail, dict):
        key, value = next(iter(detail.items()))
        return _first(value, where if key == "non_field_errors" else f"{where}/{key}")
    if isinstance(detail, list):
        return _first(detail[0], where)
    return where, str(detail)
