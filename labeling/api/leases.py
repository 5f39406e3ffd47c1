"""The editor's calls: lease, renew, release, decline, draft, answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Body, Door, me, read
from labeling.api.glance import PageOut, page_as_json
from labeling.api.rows import HeldOut, RowId, TokenIn, title_of, until
from labeling.errors import BadRequest
from labeling.flow import drafts, glance, leasing
from labeling.jobs.access import access_assignment, access_workable_job
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.media_links import links_for
from labeling.jobs.models import Annotation, Assignment, DataObject, Draft, LabelingJob, Task
from labeling.jobs.proposals import proposal_of, proposed_in, shown_to
from labeling.jobs.questions import Questions
from labeling.task_types.base import Question
from labeling.task_types.wire import question_as_json
from labeling.workforce.models import User

MOST_LEASES = 3  # a call
LONGEST_SENT = 20_000  # characters of a text in a file that go with the question


class LeasesIn(Body):
    count = serializers.IntegerField(
        min_value=1, max_value=glance.MOST, default=1, help_text="3 at most, in the grid 60"
    )
    purpose = serializers.ChoiceField(choices=["full", "glance"], default="full")
    held = serializers.ListField(
        child=RowId(), max_length=leasing.MAX_LEASES, default=list, help_text="Assignments; in the grid: pages"
    )


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
    page = PageOut(allow_null=True, help_text="With purpose glance")
    reason = serializers.DictField(allow_null=True, help_text="Why there is none: code, what, todo")


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
        """Lease up to `count` objects beyond those named as `held`; the worker's own live leases come first.

        With purpose `glance`: a page of up to 60 objects, each with the label that is shown for it.
        """
        body = read(LeasesIn, request)
        job = access_workable_job(pk, me(request))
        wishes = {"worker": me(request), "count": body["count"], "held": body["held"], "now": database_now()}
        return Response(_page(job, wishes) if body["purpose"] == "glance" else _leases(job, wishes))


def _page(job: LabelingJob, wishes: dict[str, Any]) -> dict[str, Any]:
    page, places, reason = glance.lease_page(job, **wishes)
    return {
        "leases": [],
        "page": None if page is None else page_as_json(page, places, job, wishes["now"]),
        "reason": None if reason is None else vars(reason),
    }


def _leases(job: LabelingJob, wishes: dict[str, Any]) -> dict[str, Any]:
    if wishes["count"] > MOST_LEASES:
        raise BadRequest(f"{wishes['count']} is too many.", where="/count", todo=f"Ask for {MOST_LEASES} at most.")
    leases, reason = leasing.lease(job, **wishes)
    questions = Questions(job) if leases else None
    found = _drafts(leases, wishes["worker"])
    return {
        "leases": [_lease(one, questions, found.get(one.task_id), wishes["now"]) for one in leases if questions],
        "page": None,
        "reason": None if reason is None else vars(reason),
    }


def _drafts(leases: list[Assignment], worker: User) -> dict[int, Draft]:
    rows = Draft.objects.filter(task__in=[one.task_id for one in leases], worker=worker)
    return {row.task_id: row for row in rows}


def _lease(assignment: Assignment, questions: Questions, draft: Draft | None, now: datetime) -> dict[str, Any]:
    data_object = assignment.task.data_object
    return {
        "assignment": assignment.pk,
        "token": token_of(assignment),
        **until(assignment.expires_at, now),
        "task_type": questions.type.name,
        "question": question_as_json(_sent(questions.about(data_object, assignment.task.frames), data_object)),
        "object": {"id": data_object.pk, "name": title_of(data_object), "line": data_object.position + 1},
        "media": links_for(assignment, data_object),
        "answer_to_start_from": None,
        "proposals": _proposals(assignment.task, questions),
        "draft": draft and {"revision": draft.revision, "document": draft.document, "history": draft.history},
    }


def _sent(question: Question, data_object: DataObject) -> Question:
    """A long text in a file is fetched where pictures are, `media.original`, and not sent with every lease."""
    if data_object.media is None or len(question.media.text) <= LONGEST_SENT:
        return question
    return replace(question, media=replace(question.media, text=""))


def _proposals(task: Task, questions: Questions) -> dict[str, Any] | None:
    shown = shown_to(task)
    return None if shown is None else proposal_of(shown, proposed_in(task, questions))


class RenewView(Door):
    scope = "work"

    @extend_schema(request=TokenIn, responses={200: HeldOut, 410: OpenApiResponse(description="lease-lost")})
    def post(self, request: Request, pk: int) -> Response:
        """Hold on to a lease."""
        token = read(TokenIn, request)["token"]
        now = database_now()
        end = leasing.renew(access_assignment(pk, me(request)), worker=me(request), token=token, now=now)
        return Response(until(end, now))


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
    max_body = 16 * 2**20  # one change may hold every mask of an image

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
