"""Labels of people that the model doubts: the list, and a lead's word on them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Body, Door, me, read
from labeling.api.rows import RowId
from labeling.flow import doubts
from labeling.jobs.access import access_job
from labeling.jobs.clock import database_now
from labeling.jobs.files import kept

PAGE = 100


class DoubtOut(serializers.Serializer[Any]):
    label = serializers.IntegerField(  # type: ignore[assignment]  # DRF uses the name for another thing
        help_text="Name it when you send your word on it"
    )
    object = serializers.IntegerField()
    position = serializers.IntegerField()
    name = serializers.CharField()
    answer = serializers.DictField(help_text="People's label")
    chance = serializers.FloatField(help_text="What the model gives it")
    suggested = serializers.DictField(help_text="What the model would say")
    suggested_chance = serializers.FloatField()
    score = serializers.FloatField(help_text="How likely the label is wrong; the list is ordered by it")


class DoubtsOut(serializers.Serializer[Any]):
    model = serializers.IntegerField(allow_null=True, help_text="Number of the version; null: none has a say yet")
    left = serializers.IntegerField(help_text="Length of the whole list")
    doubts = DoubtOut(many=True)


class CheckedIn(Body):
    wrong = serializers.ListField(child=RowId(), max_length=doubts.AT_ONCE, default=list, help_text="Labels: go back")
    right = serializers.ListField(child=RowId(), max_length=doubts.AT_ONCE, default=list, help_text="Labels: stay")


class CheckedOut(serializers.Serializer[Any]):
    sent_back = serializers.IntegerField()
    kept = serializers.IntegerField()


class DoubtsView(Door):
    @extend_schema(operation_id="jobs_doubts_list", responses=DoubtsOut)
    def get(self, request: Request, pk: int) -> Response:
        """The labels of people that the newest model doubts most and nobody has checked yet; a hundred at most."""
        found = doubts.doubts_of(access_job(pk, me(request)), limit=PAGE)
        number = found.version.number if found.version else None
        return Response({"model": number, "left": found.left, "doubts": [_doubt(one) for one in found.shown]})

    @extend_schema(
        request=CheckedIn, responses={200: CheckedOut, 409: OpenApiResponse(description="nobody is asked in this job")}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Send wrong labels back to people, and keep right ones; what was checked before is left alone."""
        job, body = access_job(pk, me(request)), read(CheckedIn, request)
        done = doubts.check_labels(job, **body, by=me(request), now=database_now())
        return Response({"sent_back": done.sent_back, "kept": done.kept})


def _doubt(one: doubts.Doubted) -> dict[str, Any]:
    row = one.label.data_object
    return {
        "label": one.label.pk,
        "object": row.pk,
        "position": row.position,
        "name": row.name,
        "answer": kept(one.label),
        "chance": one.chance,
        "suggested": one.suggested,
        "suggested_chance": one.suggested_chance,
        "score": one.score,
    }
