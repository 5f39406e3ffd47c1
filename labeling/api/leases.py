"""The editor's calls: lease, renew, release, decline, draft, answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Body, Door, me, read
from labeling.errors import NotYet
from labeling.flow import drafts, leasing
from labeling.jobs.access import access_assignment, access_workable_job
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.media_links import links_for
from labeling.jobs.models import Annotation, Assignment, DataObject, Draft
from labeling.jobs.questions import Questions
from labeling.task_types.wire import question_as_json


class RowId(serializers.IntegerField):
    """An id that a column can hold: SQLite raises OverflowError beyond it."""

    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1)


class LeasesIn(Body):
    count = serializers.IntegerField(min_value=1, max_value=3, default=1)
    purpose = serializers.ChoiceField(choices=["full", "glance"], default="full")
    held = serializers.ListField(child=RowId(), max_length=leasing.MAX_LEASES, default=list)


class TokenIn(Body):
    token = serializers.CharField(max_length=200)


class DeclineIn(TokenIn):
    reason = serializers.CharField(max_length=2000, allow_blank=True, default="")


class DraftIn(TokenIn):
    base = serializers.IntegerField(min_value=0)
    diffs = serializers.ListField(child=serializers.DictField(), max_length=10_000)


class AnswerIn(TokenIn):
    key = serializers.UUIDField()
    active_seconds = serializers.FloatField(min_value=0, max_value=86_400, default=0)
    answer = serializers.JSONField()


class LeaseOut(serializers.Serializer[Any]):
    assignment = serializers.IntegerField()
    token = serializers.CharField()
    expires_in = serializers.FloatField(help_text="Seconds")
    expires_at = serializers.DateTimeField()
    task_type = serializers.CharField()
    question = serializers.DictField()
    object = serializers.DictField()
    media = serializers.DictField(child=serializers.CharField())
    answer_to_start_from = serializers.DictField(allow_null=True)
    proposals = serializers.DictField(allow_null=True)
    draft = serializers.DictField(allow_null=True)


class LeasesOut(serializers.Serializer[Any]):
    leases = LeaseOut(many=True)
    reason = serializers.DictField(allow_null=True, help_text="Why there is none: code, what, todo")


class HeldOut(serializers.Serializer[Any]):
    expires_in = serializers.FloatField()
    expires_at = serializers.DateTimeField()


class RevisionOut(serializers.Serializer[Any]):
    revision = serializers.IntegerField()


class AnswerOut(serializers.Serializer[Any]):
    annotation = serializers.IntegerField()
    standing = serializers.ChoiceField(choices=["counted", "late", "surplus"])
    next = serializers.CharField(help_text="Where to ask for the next lease")


class LeasesView(Door):
    scope = "work"

    @extend_schema(request=LeasesIn, responses=LeasesOut)
    def post(self, request: Request, pk: int) -> Response:
        """Lease up to `count` objects beyond those named as `held`; the worker's own live leases come first."""
        body = read(LeasesIn, request)
        if body["purpose"] == "glance":
            raise NotYet("The grid is not built yet.", where="/purpose", todo='Ask for "full".')
        job = access_workable_job(pk, me(request))
        now = database_now()
        leases, reason = leasing.lease(job, worker=me(request), count=body["count"], held=body["held"], now=now)
        questions = Questions(job) if leases else None
        found = _drafts(leases, request)
        return Response(
            {
                "leases": [_lease(one, questions, found.get(one.task_id), now) for one in leases if questions],
                "reason": None if reason is None else vars(reason),
            }
        )


def _drafts(leases: list[Assignment], request: Request) -> dict[int, Draft]:
    rows = Draft.objects.filter(task__in=[one.task_id for one in leases], worker=me(request))
    return {row.task_id: row for row in rows}


def _lease(assignment: Assignment, questions: Questions, draft: Draft | None, now: datetime) -> dict[str, Any]:
    data_object = assignment.task.data_object
    return {
        "assignment": assignment.pk,
        "token": token_of(assignment),
        **_until(assignment.expires_at, now),
        "task_type": questions.type.name,
        "question": question_as_json(questions.about(data_object)),
        "object": {"id": data_object.pk, "name": _title(data_object), "line": data_object.position + 1},
        "media": links_for(assignment, data_object),
        "answer_to_start_from": None,
        "proposals": None,
        "draft": draft and {"revision": draft.revision, "document": draft.document, "history": draft.history},
    }


def _title(data_object: DataObject) -> str:
    """A file's name; a text in its line is the content itself, so its number names it."""
    return data_object.name if data_object.media is not None else f"no. {data_object.position + 1}"


def _until(expires_at: datetime | None, now: datetime) -> dict[str, Any]:
    left = max(0.0, (expires_at - now).total_seconds()) if expires_at else 0.0
    return {"expires_in": round(left, 1), "expires_at": expires_at}


class RenewView(Door):
    scope = "work"

    @extend_schema(request=TokenIn, responses={200: HeldOut, 410: OpenApiResponse(description="lease-lost")})
    def post(self, request: Request, pk: int) -> Response:
        """Hold on to a lease."""
        token = read(TokenIn, request)["token"]
        now = database_now()
        until = leasing.renew(access_assignment(pk, me(request)), worker=me(request), token=token, now=now)
        return Response(_until(until, now))


class ReleaseView(Door):
    scope = "work"

    @extend_schema(request=TokenIn, responses={200: OpenApiResponse(description="{}")})
    def post(self, request: Request, pk: int) -> Response:
        """Give a lease back unanswered."""
        token = read(TokenIn, request)["token"]
        leasing.release(access_assignment(pk, me(request)), worker=me(request), token=token)
        return Response({})


class DeclineView(Door):
    scope = "work"

    @extend_schema(request=DeclineIn, responses={200: OpenApiResponse(description="{}")})
    def post(self, request: Request, pk: int) -> Response:
        """Skip an object, and say why."""
        body = read(DeclineIn, request)
        leasing.decline(access_assignment(pk, me(request)), worker=me(request), **body, now=database_now())
        return Response({})


class DraftView(Door):
    scope = "work"
    max_body = 2 * 2**20

    @extend_schema(request=DraftIn, responses={200: RevisionOut, 409: OpenApiResponse(description="draft-outdated")})
    def patch(self, request: Request, pk: int) -> Response:
        """Keep unsent work. 409 carries the server's revision and document."""
        body = read(DraftIn, request)
        revision = drafts.save_draft(access_assignment(pk, me(request)), worker=me(request), **body, now=database_now())
        return Response({"revision": revision})


class AnswerView(Door):
    scope = "work"
    max_body = leasing.MAX_ANSWER + 2 * 2**20  # the answer, and what is around it

    @extend_schema(request=AnswerIn, responses={201: AnswerOut})
    def post(self, request: Request, pk: int) -> Response:
        """Answer. The same key with the same body gives the same reply; nothing acknowledged is ever lost."""
        body = read(AnswerIn, request)
        assignment = access_assignment(pk, me(request))
        annotation = leasing.receive_answer(assignment, worker=me(request), **body, now=database_now())
        return Response(_answered(annotation), status=201)


def _answered(annotation: Annotation) -> dict[str, Any]:
    return {
        "annotation": annotation.pk,
        "standing": annotation.standing,
        "next": f"/api/v1/jobs/{annotation.job_id}/leases",
    }
