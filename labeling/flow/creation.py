"""A job from a lead's wishes, and the steps of its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from labeling.errors import InvalidJob
from labeling.flow.audit_trail import note
from labeling.flow.job_rules import DEFAULT, Rules, checked, columns
from labeling.flow.later import later
from labeling.formats.names import check_label_attribute, default_label_attribute, job_slug
from labeling.jobs.dialect import write
from labeling.jobs.models import Category as CategoryRow
from labeling.jobs.models import InstructionsVersion, LabelingJob, Tally
from labeling.jobs.states import JobState, check_job_step
from labeling.task_types import registry
from labeling.task_types.base import Attribute, Category, MediaFacts, Question, TaskType
from labeling.task_types.checks import chosen_tools
from labeling.workforce.models import Team, User

LONGEST_NAME = 63


def create_job(
    *,
    name: str,
    task_type: str,
    categories: Sequence[Category],
    team: Team,
    by: User,
    now: datetime,
    attributes: Sequence[Attribute] = (),
    instructions: str = "",
    root: str = "",
    rules: Rules = DEFAULT,
) -> LabelingJob:
    """A draft job without objects; `root`: folder of its relative references. Raises InvalidJob, with the field that is
    wrong in `where`."""
    kind = registry.task_type(task_type)
    _check_name(name)
    _check_categories(kind, categories)
    tools = chosen_tools(kind, rules.tools)
    middles = kind.further_names(_question(kind, categories, attributes, tools, rules))
    attribute = _label_attribute(kind, name, rules.label_attribute, middles)
    source = checked(rules, kind, attribute, middles, categories, attributes)
    try:
        with write():
            job = LabelingJob.objects.create(
                organisation=team.organisation,
                team=team,
                name=name.strip(),
                task_type=kind.name,
                label_attribute=attribute,
                attributes=[asdict(one) for one in attributes],
                root=root,
                created_by=by,
                created_at=now,
                tools=list(tools),
                **columns(rules, source),
            )
            CategoryRow.objects.bulk_create(_row(job, place, category) for place, category in enumerate(categories))
            InstructionsVersion.objects.create(job=job, number=1, text=instructions, created_by=by, created_at=now)
            Tally.objects.create(job=job)
            note("job-created", by=by, now=now, job=job, name=job.name)
    except IntegrityError as error:
        raise InvalidJob("There is a job of this name already.", where="name", todo="Choose another name.") from error
    return job


def _row(job: LabelingJob, place: int, category: Category) -> CategoryRow:
    return CategoryRow(
        job=job,
        place=place,
        name=category.name,
        colour=category.colour,
        key=category.key,
        attributes=[asdict(attribute) for attribute in category.attributes],
        skeleton=category.skeleton,
    )


def _check_name(name: str) -> None:
    if not name.strip():
        raise InvalidJob("The job has no name.", where="name", todo="Write one.")
    if len(name.strip()) > LONGEST_NAME:
        raise InvalidJob(
            f"The name has {len(name.strip())} characters; {LONGEST_NAME} is the most.",
            where="name",
            todo="Shorten it.",
        )
    job_slug(name)


def _check_categories(kind: TaskType[Any], categories: Sequence[Category]) -> None:
    if len(categories) < kind.min_categories:
        need = "one class" if kind.min_categories == 1 else f"{kind.min_categories} classes"
        raise InvalidJob(
            f"{kind.title} needs at least {need}; there are {len(categories)}.", where="categories", todo="Add classes."
        )
    if len(categories) > kind.most_categories:
        raise InvalidJob(
            f"{kind.title} has room for {kind.most_categories:,} classes; there are {len(categories):,}.",
            where="categories",
            todo="Leave some out.",
        )
    seen: set[str] = set()
    for category in categories:
        if category.name in seen:
            raise InvalidJob(
                f'The class "{category.name}" is there twice.', where="categories", todo="Give each class its own name."
            )
        seen.add(category.name)


def _question(
    kind: TaskType[Any],
    categories: Sequence[Category],
    attributes: Sequence[Attribute],
    tools: Sequence[str],
    rules: Rules,
) -> Question:
    """What the job will ask, whatever the object."""
    return Question(
        categories=tuple(categories),
        attributes=tuple(attributes),
        tools=tuple(tools) or kind.tools,
        media=MediaFacts(kind=kind.media),
        settings=rules.settings,
    )


def _label_attribute(kind: TaskType[Any], name: str, given: str, middles: Sequence[str]) -> str:
    if given:
        return check_label_attribute(given, suffix=kind.lan_suffix, middles=middles)
    return default_label_attribute(name, suffix=kind.lan_suffix)


def start_job(job: LabelingJob, *, by: User, now: datetime) -> None:
    """Open a draft job to its workers. Raises InvalidJob when there is nothing to label."""
    _need_objects(job)
    _step(job, JobState.RUNNING, by=by, now=now, started_at=now)


def _need_objects(job: LabelingJob) -> None:
    if not job.objects_of.exists():
        raise InvalidJob("The job has no objects.", where="input", todo="Add a manifest, a folder or files first.")


def pause_job(job: LabelingJob, *, by: User, now: datetime) -> None:
    _step(job, JobState.PAUSED, by=by, now=now)


def resume_job(job: LabelingJob, *, by: User, now: datetime) -> None:
    _need_objects(job)
    _step(job, JobState.RUNNING, by=by, now=now, ended_at=None)


def stop_job(job: LabelingJob, *, by: User, now: datetime) -> None:
    """End a job early. Its labels stay, and can be exported; answers on their way are still kept."""
    _step(job, JobState.STOPPED, by=by, now=now, ended_at=now)


def write_instructions(job: LabelingJob, *, text: str, by: User, now: datetime) -> InstructionsVersion:
    """A new version of the instructions; earlier answers keep the version that their workers saw."""
    with write():
        last = job.instructions.order_by("-number").first()
        version = InstructionsVersion.objects.create(
            job=job, number=last.number + 1 if last else 1, text=text, created_by=by, created_at=now
        )
        note("instructions-written", by=by, now=now, job=job, number=version.number)
    return version


def _step(job: LabelingJob, state: JobState, *, by: User, now: datetime, **columns: Any) -> None:
    with write():
        job.refresh_from_db(fields=["state"])
        check_job_step(job.state, state)
        LabelingJob.objects.filter(pk=job.pk).update(state=state, **columns)
        note(f"job-{state}", by=by, now=now, job=job)
        later(job, "state", now=now)
    job.refresh_from_db()
