"""The grid's calls: a page of shown labels is leased, renewed, released and submitted as one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Door, me, read
from labeling.api.rows import HeldOut, RowId, TokenIn, title_of, until
from labeling.flow import glance
from labeling.flow.glance import Outcome
from labeling.flow.media_variants import make_thumbnails
from labeling.jobs.access import access_page
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import page_token_of
from labeling.jobs.media_links import links_for
from labeling.jobs.models import Assignment, GlancePage, LabelingJob
from labeling.jobs.proposals import proposal_of
from labeling.jobs.questions import Questions, facts_of
from labeling.task_types.wire import media_as_json, question_as_json

EXCERPT = 4000  # characters of a text: what a glance can take in, and more


class GlancedOut(serializers.Serializer[Any]):
    assignment = serializers.IntegerField()
    object = serializers.DictField()
    facts = serializers.DictField(help_text="Of its media; a text is cut after 4,000 characters")
    media = serializers.DictField(child=serializers.CharField())
    shown = serializers.DictField(help_text="model, confidence, parts {instance id: confidence}, answer")


class PageOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    token = serializers.CharField()
    expires_in = serializers.FloatField(help_text="Seconds")
    expires_at = serializers.DateTimeField()
    task_type = serializers.CharField()
    question = serializers.DictField(help_text="Without media facts: each object has its own")
    objects = GlancedOut(many=True)


class PageIn(TokenIn):
    key = serializers.UUIDField()
    active_seconds = serializers.FloatField(min_value=0, max_value=86_400, default=0)
    wrong = serializers.ListField(child=RowId(), max_length=glance.MOST, default=list)


class OutcomeOut(serializers.Serializer[Any]):
    assignment = serializers.IntegerField()
    standing = serializers.ChoiceField(choices=["counted", "late", "surplus"])
    marked = serializers.BooleanField()


class PageTakenOut(serializers.Serializer[Any]):
    page = serializers.IntegerField()
    accepted = serializers.IntegerField()
    marked = serializers.IntegerField()
    objects = OutcomeOut(many=True)
    next = serializers.CharField(help_text="Where to ask for the next page")


class PageHeldOut(HeldOut):
    held = serializers.ListField(child=serializers.IntegerField(), help_text="Assignments; what is missing has gone on")


def page_as_json(page: GlancePage, places: list[Assignment], job: LabelingJob, now: datetime) -> dict[str, Any]:
    questions = Questions(job)
    objects = [one.task.data_object for one in places]
    make_thumbnails([one.media for one in objects if one.media is not None])
    return {
        "id": page.pk,
        "token": page_token_of(page),
        **until(max((one.expires_at for one in places if one.expires_at), default=None), now),
        "task_type": questions.type.name,
        "question": question_as_json(questions.about_any()),
        "objects": [_glanced(one) for one in places],
    }


def _glanced(place: Assignment) -> dict[str, Any]:
    data_object, prediction = place.task.data_object, place.task.prediction
    if prediction is None:
        raise ValueError(f"task {place.task_id} is glanced at and shows nothing")
    facts = media_as_json(facts_of(data_object))
    return {
        "assignment": place.pk,
        "object": {"id": data_object.pk, "name": title_of(data_object), "line": data_object.position + 1},
        "facts": {**facts, "text": facts["text"][:EXCERPT]},
        "media": links_for(place, data_object),
        "shown": proposal_of(prediction),
    }


class PageRenewView(Door):
    scope = "work"

    @extend_schema(request=TokenIn, responses={200: PageHeldOut, 410: OpenApiResponse(description="lease-lost")})
    def post(self, request: Request, pk: int) -> Response:
        """Hold on to a page."""
        token = read(TokenIn, request)["token"]
        now = database_now()
        end, held = glance.renew_page(access_page(pk, me(request)), worker=me(request), token=token, now=now)
        return Response({**until(end, now), "held": held})


class PageReleaseView(Door):
    scope = "work"

    @extend_schema(request=TokenIn, responses={200: OpenApiResponse(description="{}")})
    def post(self, request: Request, pk: int) -> Response:
        """Give a page back unanswered."""
        token = read(TokenIn, request)["token"]
        glance.release_page(access_page(pk, me(request)), worker=me(request), token=token)
        return Response({})


class PageAnswerView(Door):
    scope = "work"

    @extend_schema(request=PageIn, responses={201: PageTakenOut, 409: OpenApiResponse(description="conflict")})
    def post(self, request: Request, pk: int) -> Response:
        """Submit a page: what is not among `wrong` gets its shown label as your answer. Same key, same reply."""
        body = read(PageIn, request)
        page = access_page(pk, me(request))
        page, outcomes = glance.receive_page(page, worker=me(request), **body, now=database_now())
        return Response(_taken(page, outcomes), status=201)


def _taken(page: GlancePage, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "page": page.pk,
        "accepted": page.accepted,
        "marked": page.marked,
        "objects": [vars(one) for one in outcomes],
        "next": f"/api/v1/jobs/{page.job_id}/leases",
    }
