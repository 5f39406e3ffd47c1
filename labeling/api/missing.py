"""What the API says where Django itself would answer with a page: unknown addresses, odd requests, our own faults."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.defaults import bad_request, server_error

from labeling.errors import BadRequest, NotFound, Problem, TooLarge

PREFIX = "/api/"


@csrf_exempt
def unknown(_request: HttpRequest) -> HttpResponse:
    """Nothing of the API has this address."""
    return _say(NotFound("There is nothing at this address.", todo="See /api/v1/schema."))


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: what Django itself finds too large or suspicious, before a view or within."""
    if not request.path.startswith(PREFIX):
        return bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return _say(TooLarge("This is too much at once.", todo="Send less at a time."))
    return _say(BadRequest("This request can't be understood.", todo="Send it as /api/v1/schema says."))


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a problem for programs, a page for people. The log has the details."""
    if not request.path.startswith(PREFIX):
        return server_error(request)
    return _say(Problem("Something went wrong on our side.", todo="Try again; your lead can look into the log."))


def _say(problem: Problem) -> HttpResponse:
    return JsonResponse(problem.as_dict(), status=problem.status, content_type="application/problem+json")
