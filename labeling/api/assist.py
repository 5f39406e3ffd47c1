"""Suggestions of model servers for the object that somebody holds, or leads."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Body, Door, me, read
from labeling.api.rows import RowId
from labeling.errors import BadRequest
from labeling.flow import assisting
from labeling.jobs.access import access_assignment, access_leased_object, access_object
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import secret_in
from labeling.jobs.models import DataObject

FAULTS = {
    502: OpenApiResponse(description="model-fault"),
    503: OpenApiResponse(description="model-busy"),
    504: OpenApiResponse(description="model-silent"),
}


class ObjectIn(Body):
    object = RowId()
    assignment = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, help_text="Of a worker")
    token = serializers.CharField(max_length=200, required=False, help_text="The lease's, of a worker")


class SuggestIn(ObjectIn):
    prompts = serializers.ListField(child=serializers.DictField(), max_length=200)


class SuggestionOut(serializers.Serializer[Any]):
    model = serializers.CharField(help_text="With its version")
    mask = serializers.DictField(allow_null=True, help_text="size, counts: COCO's compressed runs of the whole picture")
    polygon = serializers.DictField(allow_null=True, help_text="vertices, holes")
    score = serializers.FloatField(allow_null=True)


class ModelsOut(serializers.Serializer[Any]):
    models = serializers.ListField(child=serializers.CharField())


class _AssistDoor(Door):
    def scope_for(self, request: Request) -> str:
        """Who comes with a lease works; whatever one leads, without a lease, is not work."""
        return "work" if isinstance(request.data, dict) and "token" in request.data else "lead"

    def fetch(self, request: Request, body: dict[str, Any]) -> DataObject:
        """The object that the caller holds right now, or leads. Raises NotFound, or BadRequest for half a lease."""
        if "token" not in body:
            return access_object(body["object"], me(request))
        if "assignment" not in body:
            raise BadRequest("A lease is a token and its assignment.", where="/assignment", todo="Send both, or none.")
        assignment = access_assignment(body["assignment"], me(request))
        secret = secret_in(body["token"], assignment, me(request))
        return access_leased_object(body["object"], assignment.pk, secret, me(request), now=database_now())


class ModelsView(Door):
    scope = "work"

    @extend_schema(responses=ModelsOut)
    def get(self, _request: Request) -> Response:
        """The model servers that can be asked."""
        return Response({"models": list(assisting.model_names())})


class SuggestView(_AssistDoor):
    @extend_schema(request=SuggestIn, responses={200: SuggestionOut, **FAULTS})
    def post(self, request: Request, model: str) -> Response:
        """What a model server makes of boxes, points and strokes on the picture."""
        body = read(SuggestIn, request)
        data_object = self.fetch(request, body)
        return Response(assisting.suggest(data_object, model=model, prompts=body["prompts"]).as_json())


class WarmView(_AssistDoor):
    @extend_schema(request=ObjectIn, responses={200: OpenApiResponse(description="{}"), **FAULTS})
    def post(self, request: Request, model: str) -> Response:
        """Let a model server see the picture before it is asked about it."""
        body = read(ObjectIn, request)
        assisting.warm(self.fetch(request, body), model=model)
        return Response({})
