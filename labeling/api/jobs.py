"""A lead's calls: jobs, their objects, their steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

from django.db.models import prefetch_related_objects
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api import asked
from labeling.api.asked import AttributeIn, NameOrCategory
from labeling.api.base import MOST, Body, Door, me, page_key, read
from labeling.api.data import JobObjectsView
from labeling.api.parsing import StorableJson
from labeling.errors import BadRequest, NotFound
from labeling.flow import creation, intake, predictions, retrying
from labeling.flow.job_rules import Rules
from labeling.flow.status import statuses_of
from labeling.jobs.access import access_job, access_jobs
from labeling.jobs.clock import database_now
from labeling.jobs.models import LabelingJob
from labeling.jobs.questions import categories_of
from labeling.task_types.registry import TASK_TYPES, task_type
from labeling.workforce.access import access_team

PAGE = 100


class JobIn(Body):
    name = serializers.CharField(max_length=63)
    task_type = serializers.ChoiceField(choices=[kind.name for kind in TASK_TYPES])
    team = serializers.IntegerField()
    categories = serializers.ListField(child=NameOrCategory(), max_length=1000)
    attributes = AttributeIn(many=True, required=False, default=list)
    label_attribute = serializers.CharField(max_length=127, required=False, default="")
    workers_min = serializers.IntegerField(min_value=1, max_value=9, default=1)
    workers_max = serializers.IntegerField(min_value=1, max_value=9, required=False)
    target_error = serializers.FloatField(required=False, allow_null=True, default=None)
    settings = serializers.DictField(required=False, default=dict)
    tools = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=10,
        default=list,
        help_text="Shapes that people may draw, of a type with several: box, polygon, polyline, keypoint",
    )
    instructions = serializers.CharField(allow_blank=True, max_length=100_000, default="")
    risk = serializers.FloatField(required=False, default=0.05)
    audit_share = serializers.FloatField(
        default=0.01, help_text="Of machine labels, checked blind by people later; 0: no checks and no alarm"
    )
    promise_per_class = serializers.BooleanField(
        default=False, help_text="The allowed error holds in each class that the machine says, not on average"
    )
    people_error = serializers.FloatField(
        required=False,
        allow_null=True,
        default=None,
        help_text="How often one answer of people is wrong, as far as you know; it is measured where two are asked",
    )
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=1)
    submit_on_digit = serializers.BooleanField(default=False)
    predictions = serializers.CharField(
        max_length=127, required=False, default="", help_text="Label attribute of the input that holds predictions"
    )
    scores_from = serializers.ChoiceField(
        choices=["", *LabelingJob.ScoresFrom.values],
        default="",
        help_text="Of the machine's labels; default: a model trained here, where the type has a learner",
    )
    show_proposals = serializers.BooleanField(default=False, help_text="People see the predictions as proposals")
    blind_share = serializers.FloatField(default=0.1, help_text="Of tasks with a proposal, asked without it")
    glance = serializers.BooleanField(default=False, help_text="Predictions are checked at a glance, in the grid")
    model_voice = serializers.BooleanField(
        default=True, help_text="What the trained model says counts beside people's answers, where several may be asked"
    )
    text_features = serializers.ChoiceField(
        choices=LabelingJob.TextFeatures.values,
        default="words",
        help_text="What a model that is trained here goes by in texts; meaning needs an extra on the server",
    )
    lease_seconds = serializers.IntegerField(min_value=30, max_value=86_400, default=600)


class JobOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    task_type = serializers.CharField()
    team = serializers.IntegerField()
    state = serializers.CharField()
    label_attribute = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    tools = serializers.ListField(child=serializers.CharField(), help_text="Empty: all that the type has")
    workers_min = serializers.IntegerField()
    workers_max = serializers.IntegerField()
    target_error = serializers.FloatField(allow_null=True)
    audit_share = serializers.FloatField()
    promise_per_class = serializers.BooleanField()
    people_error = serializers.FloatField(allow_null=True)
    predictions = serializers.CharField(help_text="Label attribute of the input that holds predictions, or empty")
    scores_from = serializers.CharField(help_text="trained, predictions or backend")
    show_proposals = serializers.BooleanField()
    blind_share = serializers.FloatField()
    glance = serializers.BooleanField()
    model_voice = serializers.BooleanField()
    text_features = serializers.CharField(help_text="words or meaning")
    status = serializers.DictField()


class JobsOut(serializers.Serializer[Any]):
    jobs = JobOut(many=True)
    before = serializers.IntegerField(allow_null=True, help_text="Pass on to read the next page")


class RefusedOut(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    rule = serializers.CharField()
    what = serializers.CharField()
    todo = serializers.CharField()


class IntakeOut(serializers.Serializer[Any]):
    taken = serializers.IntegerField()
    failed = serializers.IntegerField()
    refused = RefusedOut(many=True)
    predictions = serializers.IntegerField()
    refused_predictions = RefusedOut(many=True)


class RetriedOut(serializers.Serializer[Any]):
    retried = serializers.IntegerField(help_text="Objects that are asked about again")
    videos = serializers.IntegerField(help_text="Videos that are made ready for the editor once more")


class PredictionsIn(Body):
    lines = serializers.ListField(child=serializers.CharField(), max_length=10_000)
    model = serializers.CharField(
        max_length=100, required=False, default="", help_text="What made them; a new name is a new version, which holds"
    )


class PredictionsOut(serializers.Serializer[Any]):
    taken = serializers.IntegerField()
    refused = RefusedOut(many=True)


def _job(job: LabelingJob) -> dict[str, Any]:
    return _jobs([job])[0]


def _jobs(jobs: Sequence[LabelingJob]) -> list[dict[str, Any]]:
    prefetch_related_objects(jobs, "categories")
    statuses = statuses_of(jobs)
    return [_row(job, statuses[job.pk]) for job in jobs]


def _row(job: LabelingJob, status: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": job.pk,
        "name": job.name,
        "task_type": job.task_type,
        "team": job.team_id,
        "state": job.state,
        "label_attribute": job.label_attribute,
        "categories": [category.name for category in categories_of(job)],
        "tools": job.tools,
        "workers_min": job.workers_min,
        "workers_max": job.workers_max,
        "target_error": job.target_error,
        "audit_share": job.audit_share,
        "promise_per_class": job.promise_per_class,
        "people_error": job.people_error,
        "predictions": job.predictions_attribute,
        "scores_from": job.scores_from,
        "show_proposals": job.show_proposals,
        "blind_share": job.blind_share,
        "glance": job.glance,
        "model_voice": job.model_voice,
        "text_features": job.text_features,
        "status": status,
    }


class JobsView(Door):
    @extend_schema(operation_id="jobs_list", parameters=[OpenApiParameter("before", int)], responses=JobsOut)
    def get(self, request: Request) -> Response:
        """Jobs that you lead, newest first, a page at a time."""
        rows = access_jobs(me(request)).filter(pk__lt=page_key(request, "before", MOST)).order_by("-pk")
        page = list(rows[:PAGE])
        return Response({"jobs": _jobs(page), "before": page[-1].pk if len(page) == PAGE else None})

    @extend_schema(request=JobIn, responses={201: JobOut})
    def post(self, request: Request) -> Response:
        """Make a draft job."""
        body = read(JobIn, request)
        kind = task_type(body["task_type"])
        categories = asked.categories_of(body.pop("categories"), min_count=kind.min_categories)
        attributes = asked.attributes_of(body.pop("attributes"), scope="object")
        least = body.pop("workers_min")
        most = body.pop("workers_max", least)
        tools = tuple(body.pop("tools"))
        job = creation.create_job(
            name=body.pop("name"),
            task_type=body.pop("task_type"),
            instructions=body.pop("instructions"),
            team=access_team(body.pop("team"), me(request)),
            categories=categories,
            attributes=attributes,
            by=me(request),
            now=database_now(),
            rules=Rules(workers=(least, most), tools=tools, **body),
        )
        return Response(_job(job), status=201)


class JobView(Door):
    @extend_schema(responses=JobOut)
    def get(self, request: Request, pk: int) -> Response:
        """A job with its counters."""
        return Response(_job(access_job(pk, me(request))))


STEPS: Mapping[str, Callable[..., None]] = {
    "start": creation.start_job,
    "pause": creation.pause_job,
    "resume": creation.resume_job,
    "stop": creation.stop_job,
}


class StepView(Door):
    @extend_schema(request=None, responses={200: JobOut, 409: OpenApiResponse(description="conflict")})
    def post(self, request: Request, pk: int, step: str) -> Response:
        """start, pause, resume or stop a job."""
        if step not in STEPS:
            raise NotFound
        job = access_job(pk, me(request))
        STEPS[step](job, by=me(request), now=database_now())
        return Response(_job(job))


class ObjectsView(JobObjectsView):
    parser_classes: tuple[type[BaseParser], ...] = (StorableJson, MultiPartParser)

    @extend_schema(
        request={
            "application/json": {"type": "object", "properties": {"lines": {"type": "array"}}},
            "multipart/form-data": {"type": "object", "properties": {"files": {"type": "array"}}},
        },
        responses={201: IntakeOut},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Add objects: `files` (media, or manifests with the media that they name), or `lines` of a manifest."""
        job = access_job(pk, me(request))
        files = request.FILES.getlist("files")
        if files:
            uploads = [intake.Upload(name=one.name or "", stream=one.file) for one in files]
            came = intake.take_upload(job, files=uploads, by=me(request), now=database_now())
        else:
            lines = request.data.get("lines") if isinstance(request.data, dict) else None
            if not isinstance(lines, list) or not all(isinstance(line, str) and "\n" not in line for line in lines):
                raise BadRequest("Nothing to add.", where="/lines", todo="Send lines of a manifest, or files.")
            stream = BytesIO("\n".join(lines).encode())
            came = intake.take_manifest(job, stream=stream, root=None, by=me(request), now=database_now())
        body = {
            "taken": came.taken,
            "failed": came.failed,
            "refused": [vars(one) for one in came.refused],
            "predictions": came.predictions,
            "refused_predictions": [vars(one) for one in came.refused_predictions],
        }
        return Response(body, status=201)


class PredictionsView(Door):
    @extend_schema(request=PredictionsIn, responses={201: PredictionsOut})
    def post(self, request: Request, pk: int) -> Response:
        """Add predictions: lines of a manifest that name the job's objects by their source, each with its label."""
        body = read(PredictionsIn, request)
        job = access_job(pk, me(request))
        stream = BytesIO("\n".join(line.replace("\n", " ") for line in body["lines"]).encode())
        came = predictions.take_predictions(
            job, stream=stream, root=None, by=me(request), now=database_now(), model=body["model"]
        )
        refused = [vars(intake.as_refused(one)) for one in came.refused]
        return Response({"taken": came.taken, "refused": refused}, status=201)


class RetryView(Door):
    @extend_schema(request=None, responses=RetriedOut)
    def post(self, request: Request, pk: int) -> Response:
        """Try again the failed objects, and the videos that there is no proxy of."""
        job = access_job(pk, me(request))
        done = retrying.retry(job, by=me(request), now=database_now())
        return Response({"retried": done.objects, "videos": done.videos})
