"""What a lead reads of a job's objects, and a worker of their own answers; pages of a hundred, by key."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import MOST, Body, Door, me, page_key, read
from labeling.errors import BadRequest
from labeling.flow import creation
from labeling.jobs.access import access_job, access_objects, access_own_answers
from labeling.jobs.clock import database_now
from labeling.jobs.files import kept
from labeling.jobs.models import DataObject, Label
from labeling.jobs.states import ObjectState

PAGE = 100
AFTER = OpenApiParameter("after", int, description="Pass on to read the next page")


class NoteOut(serializers.Serializer[Any]):
    said = serializers.CharField()
    part = serializers.CharField(allow_null=True, help_text="Id of the instance that it is about")
    frame = serializers.IntegerField(allow_null=True, help_text="Frame of the video that it is about")


class LabelOut(serializers.Serializer[Any]):
    answer = serializers.DictField()
    confidence = serializers.FloatField()
    by = serializers.CharField()
    votes = serializers.IntegerField()
    voice = serializers.IntegerField(allow_null=True, help_text="Model version whose voice counted beside the answers")
    voice_decided = serializers.BooleanField(help_text="People alone would have given another label")
    notes = NoteOut(many=True, help_text="What to look at when you review it, such as tracks whose identity was mended")


class ObjectOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    position = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.CharField()
    failure_reason = serializers.CharField()
    label = LabelOut(allow_null=True)  # type: ignore[assignment]  # DRF uses the name for another thing


class ObjectsOut(serializers.Serializer[Any]):
    objects = ObjectOut(many=True)
    after = serializers.IntegerField(allow_null=True)


class RefusedLineOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    line = serializers.IntegerField()
    rule = serializers.CharField()
    what = serializers.CharField()
    todo = serializers.CharField()


class OwnAnswerOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    job = serializers.IntegerField(source="job_id")
    object = serializers.CharField(source="data_object.name")
    standing = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    active_seconds = serializers.FloatField()


class InstructionsIn(Body):
    text = serializers.CharField(max_length=100_000, allow_blank=True, trim_whitespace=False)


class InstructionsOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    text = serializers.CharField()


def label_json(label: Label) -> dict[str, Any]:
    return {
        "answer": kept(label),
        "confidence": label.confidence,
        "by": label.by,
        "votes": label.votes,
        "voice": label.voice.number if label.voice else None,
        "voice_decided": label.voice_decided,
        "notes": label.notes,
    }


def _object(row: DataObject, label: Label | None) -> dict[str, Any]:
    return {
        "id": row.pk,
        "position": row.position,
        "name": row.name,
        "state": row.state,
        "failure_reason": row.failure_reason,
        "label": label and label_json(label),
    }


class JobObjectsView(Door):
    @extend_schema(
        operation_id="jobs_objects_list",
        parameters=[AFTER, OpenApiParameter("state", str, enum=ObjectState.values)],
        responses=ObjectsOut,
    )
    def get(self, request: Request, pk: int) -> Response:
        """Objects of a job with their labels, by position."""
        job = access_job(pk, me(request))
        rows = access_objects(me(request)).filter(job=job, position__gt=page_key(request, "after", -1))
        state = request.query_params.get("state")
        if state:
            if state not in ObjectState.values:
                raise BadRequest("There is no such state.", where="state", todo=", ".join(ObjectState.values))
            rows = rows.filter(state=state)
        page = list(rows.order_by("position")[:PAGE])
        found = Label.objects.filter(data_object__in=page, current=True).select_related("voice")
        labels = {label.data_object_id: label for label in found}
        body = [_object(row, labels.get(row.pk)) for row in page]
        return Response({"objects": body, "after": page[-1].position if len(page) == PAGE else None})


class RefusedView(Door):
    @extend_schema(parameters=[AFTER], responses=RefusedLineOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """Lines that were not taken, and why."""
        rows = access_job(pk, me(request)).refused_lines.filter(pk__gt=page_key(request, "after", -1)).order_by("pk")
        return Response(RefusedLineOut(rows[:PAGE], many=True).data)


class InstructionsView(Door):
    @extend_schema(request=InstructionsIn, responses={201: InstructionsOut})
    def post(self, request: Request, pk: int) -> Response:
        """A new version of the instructions."""
        text = read(InstructionsIn, request)["text"]
        job = access_job(pk, me(request))
        version = creation.write_instructions(job, text=text, by=me(request), now=database_now())
        return Response({"number": version.number, "text": version.text}, status=201)


class OwnAnswersView(Door):
    scope = "work"

    @extend_schema(parameters=[OpenApiParameter("before", int)], responses=OwnAnswerOut(many=True))
    def get(self, request: Request) -> Response:
        """Your own answers, the newest first."""
        rows = access_own_answers(me(request)).filter(pk__lt=page_key(request, "before", MOST)).order_by("-pk")
        return Response(OwnAnswerOut(rows[:PAGE], many=True).data)
