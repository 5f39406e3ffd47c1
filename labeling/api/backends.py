"""A lead's own model server, and our models as one for others: the ML-backend contract both ways."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Body, Door, me, read
from labeling.errors import BadRequest, NotFound
from labeling.flow import backends, serving
from labeling.jobs.access import access_job
from labeling.jobs.clock import database_now
from labeling.jobs.models import Backend

FAULT = {502: OpenApiResponse(description="backend-fault: what, where and what to do")}


class BackendIn(Body):
    url = serializers.CharField(max_length=backends.LONGEST_URL, help_text="Where /health, /setup and /predict are")
    key = serializers.CharField(
        max_length=500,
        required=False,
        default="",
        allow_blank=True,
        allow_null=True,
        help_text="Sent as a bearer token, never shown again; null keeps the one that is there",
    )


class BackendOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    url = serializers.CharField()
    key = serializers.CharField(help_text='"***" where there is one')
    model_version = serializers.CharField()
    asked_at = serializers.DateTimeField(allow_null=True)
    fault = serializers.CharField()
    fault_at = serializers.DateTimeField(allow_null=True)


class TrialOut(serializers.Serializer[Any]):
    model_version = serializers.CharField()
    object = serializers.CharField(help_text="Whose prediction this is")
    answer = serializers.DictField(allow_null=True)
    confidence = serializers.FloatField(allow_null=True)


class TasksIn(serializers.Serializer[Any]):
    tasks = serializers.ListField(
        child=serializers.DictField(),
        help_text="`{id, data: {text}}`, `{data: {image}}` (a data URL), `{data: {object}}`",
    )


class NamedOut(serializers.Serializer[Any]):
    model_version = serializers.CharField()


class ResultsOut(NamedOut):
    results = serializers.ListField(child=serializers.DictField())


class HealthOut(serializers.Serializer[Any]):
    status = serializers.CharField()


def _row(row: Backend) -> dict[str, Any]:
    return {
        "number": row.number,
        "url": row.url,
        "key": "***" if row.key_file else "",
        "model_version": row.model_version,
        "asked_at": row.asked_at,
        "fault": row.fault,
        "fault_at": row.fault_at,
    }


class BackendView(Door):
    @extend_schema(responses=BackendOut)
    def get(self, request: Request, pk: int) -> Response:
        """The job's own model server."""
        row = backends.current(access_job(pk, me(request)))
        if row is None:
            raise NotFound("No model server is registered for this job.")
        return Response(BackendOut(_row(row)).data)

    @extend_schema(request=BackendIn, responses={200: BackendOut})
    def put(self, request: Request, pk: int) -> Response:
        """Register one, instead of the one before."""
        body = read(BackendIn, request)
        job = access_job(pk, me(request))
        row = backends.register_backend(job, **body, by=me(request), now=database_now())
        return Response(BackendOut(_row(row)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Ask it no more."""
        backends.remove_backend(access_job(pk, me(request)), by=me(request), now=database_now())
        return Response(status=204)


class BackendTrialView(Door):
    @extend_schema(request=None, responses={200: TrialOut, **FAULT})
    def post(self, request: Request, pk: int) -> Response:
        """Look whether it is up, and what it says of the job's first object."""
        trial = backends.try_out(access_job(pk, me(request)), now=database_now())
        said = trial.said
        return Response(
            {
                "model_version": trial.model_version,
                "object": trial.object,
                "answer": said.answer if said else None,
                "confidence": said.confidence if said else None,
            }
        )


class MlHealthView(Door):
    @extend_schema(responses=HealthOut)
    def get(self, request: Request, pk: int) -> Response:
        """For others: whether this job's model can be asked."""
        access_job(pk, me(request))
        return Response({"status": "UP"})


class MlSetupView(Door):
    @extend_schema(request=None, responses=NamedOut)
    def post(self, request: Request, pk: int) -> Response:
        """For others: what the model's version is called."""
        return Response({"model_version": serving.model_name(access_job(pk, me(request)))})


class MlPredictView(Door):
    max_body = 48 * 2**20

    @extend_schema(request=TasksIn, responses=ResultsOut)
    def post(self, request: Request, pk: int) -> Response:
        """For others: what the job's latest model says of tasks."""
        job = access_job(pk, me(request))
        if not isinstance(request.data, dict):
            raise BadRequest("The body is an object with `tasks`.", where="", todo="See docs/your-own-model.md.")
        return Response(serving.predictions_for(job, request.data.get("tasks")))
