"""Rows that a user's memberships give. There is no other way to a row from a door; everything else is NotFound.

A lead sees the jobs of the teams they lead. A worker sees the running jobs of their teams, the question they hold, and
their own past answers; never others' answers, confidence, or numbers per person.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from labeling.errors import NotFound
from labeling.jobs.models import Annotation, Assignment, DataObject, Export, GlancePage, LabelingJob, ModelVersion
from labeling.jobs.states import AssignmentState, JobState
from labeling.workforce.access import Who, teams_of
from labeling.workforce.models import Role

Row = TypeVar("Row", bound=Model)


def _one(rows: QuerySet[Row], **which: object) -> Row:
    row = rows.filter(**which).first()
    if row is None:
        raise NotFound
    return row


def access_jobs(user: Who) -> QuerySet[LabelingJob]:
    """Jobs that `user` leads."""
    return LabelingJob.objects.filter(team__in=teams_of(user, Role.LEAD)).select_related("team", "tally")


def access_job(pk: int, user: Who) -> LabelingJob:
    return _one(access_jobs(user), pk=pk)


def access_work(user: Who) -> QuerySet[LabelingJob]:
    """Running jobs that `user` may label: of any team that they belong to (a lead may label as a worker)."""
    return LabelingJob.objects.filter(team__in=teams_of(user), state=JobState.RUNNING).select_related("team", "tally")


def access_workable_job(pk: int, user: Who) -> LabelingJob:
    """A job that `user` may ask work of: of their teams, in whatever state (the reply says why there is none)."""
    return _one(LabelingJob.objects.filter(team__in=teams_of(user)).select_related("team", "tally"), pk=pk)


def access_assignment(pk: int, user: Who) -> Assignment:
    """An assignment of a job of `user`'s teams. What they may do with it, their token decides."""
    rows = Assignment.objects.filter(job__team__in=teams_of(user)).select_related(
        "job", "task", "task__data_object", "task__data_object__media"
    )
    return _one(rows, pk=pk)


def access_own_assignment(pk: int, user: Who) -> Assignment:
    """An assignment that `user` holds, held or has answered, of a job of their teams."""
    if not user.is_authenticated:
        raise NotFound
    rows = Assignment.objects.filter(worker=user, job__team__in=teams_of(user))
    return _one(rows.select_related("job", "task__data_object__media", "task__prediction__model_version"), pk=pk)


def access_model(pk: int, number: int, user: Who) -> ModelVersion:
    """A model version of a job that `user` leads."""
    return _one(access_job(pk, user).model_versions.filter(number__gt=0).select_related("job"), number=number)


def access_page(pk: int, user: Who) -> GlancePage:
    """A page of the grid of a job of `user`'s teams. What they may do with it, their token decides."""
    return _one(GlancePage.objects.filter(job__team__in=teams_of(user)).select_related("job"), pk=pk)


def access_objects(user: Who) -> QuerySet[DataObject]:
    """Data objects of the jobs that `user` leads."""
    return DataObject.objects.filter(job__team__in=teams_of(user, Role.LEAD)).select_related("media", "job")


def access_object(pk: int, user: Who) -> DataObject:
    return _one(access_objects(user), pk=pk)


def access_leased_object(pk: int, assignment: int, token: str, user: Who, *, now: datetime) -> DataObject:
    """The data object of a lease that `user` holds right now. Raises NotFound when the lease has ended."""
    if not user.is_authenticated:
        raise NotFound
    held = Assignment.objects.filter(
        pk=assignment,
        token=token,
        worker=user,
        state=AssignmentState.LEASED,
        expires_at__gt=now,
        job__team__in=teams_of(user),
    )
    return _one(DataObject.objects.select_related("media"), pk=pk, tasks__assignments__in=held)


def access_own_answers(user: Who) -> QuerySet[Annotation]:
    """Answers that `user` gave, in teams that they still belong to."""
    if not user.is_authenticated:
        return Annotation.objects.none()
    return Annotation.objects.filter(worker=user, job__team__in=teams_of(user)).select_related("job", "data_object")


def access_export(pk: int, user: Who) -> Export:
    return _one(Export.objects.filter(job__team__in=teams_of(user, Role.LEAD)).select_related("job"), pk=pk)
