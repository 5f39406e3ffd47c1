"""A job from a lead's wishes, and the steps of its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import jsonschema
from django.db import IntegrityError

from labeling.errors import InvalidJob
from labeling.flow.audit_trail import note
from labeling.flow.later import later
from labeling.formats.names import check_label_attribute, default_label_attribute, job_slug, name_problem
from labeling.jobs.dialect import write
from labeling.jobs.models import Category as CategoryRow
from labeling.jobs.models import InstructionsVersion, LabelingJob, Tally
from labeling.jobs.states import JobState, check_job_step
from labeling.task_types import registry
from labeling.task_types.base import Attribute, Category, Json, Learnable, Target, TaskType
from labeling.task_types.checks import check_asked
from labeling.workforce.models import Team, User

MOST_WORKERS = 9
LONGEST_NAME = 63


def create_job(
    *,
    name: str,
    task_type: str,
    categories: Sequence[Category],
    team: Team,
    by: User,
    now: datetime,
    label_attribute: str = "",
    attributes: Sequence[Attribute] = (),
    workers: tuple[int, int] = (1, 1),
    target_error: float | None = None,
    risk: float = 0.05,
    settings: Json | None = None,
    instructions: str = "",
    root: str = "",
    lease_seconds: int = 600,
    submit_on_digit: bool = False,
    predictions: str = "",
    show_proposals: bool = False,
    blind_share: float = 0.1,
    glance: bool = False,
    model_voice: bool = True,
    audit_share: float = 0.01,
    people_error: float | None = None,
    promise_per_class: bool = False,
    seed: int = 1,
    scores_from: str = "",
) -> LabelingJob:
    """A draft job without objects. Raises InvalidJob, with the field that is wrong in `where`.

    `predictions`: label attribute of the input whose labels are predictions; `show_proposals`: people see them (or the
    machine's own), but for `blind_share` of the tasks; `glance`: many at once, in the grid. `audit_share`: of the
    machine's labels, checked blind by people after they were given; 0 means that no alarm can be raised.
    `model_voice`: what the trained model says counts in labels beside people's answers, where several may be asked.
    `promise_per_class`: the error that is allowed holds in each class that the machine says, not on average.
    `people_error`: how often one answer of people is wrong, as far as the lead knows; used until it can be measured.
    `scores_from`: "trained", "predictions" or "backend"; "": a model trained here where the task type has one, else
    predictions.
    """
    kind = registry.task_type(task_type)
    _check_name(name)
    _check_categories(kind, categories)
    _check_rules(workers, target_error, risk, lease_seconds)
    _check_audit_share(audit_share)
    _check_people_error(people_error)
    source = _scores_from(kind, scores_from, predictions, target_error)
    if promise_per_class:
        _check_per_class(kind, source, target_error)
    attribute = _label_attribute(kind, name, label_attribute)
    shown_anyway = show_proposals and not kind.suggesting(settings or {})
    _check_proposals(attribute, predictions, target_error, blind_share, show_proposals=shown_anyway, glance=glance)
    _check_settings(kind, settings or {}, categories)
    check_asked(kind, categories, attributes)
    trained = source == LabelingJob.ScoresFrom.TRAINED
    _check_machine(attributes, categories, target_error, trained=trained)
    try:
        with write():
            job = LabelingJob.objects.create(
                organisation=team.organisation,
                team=team,
                name=name.strip(),
                task_type=kind.name,
                label_attribute=attribute,
                settings=settings or {},
                attributes=[asdict(one) for one in attributes],
                workers_min=workers[0],
                workers_max=workers[1],
                target_error=target_error,
                risk=risk,
                root=root,
                lease_seconds=lease_seconds,
                scores_from=source,
                submit_on_digit=submit_on_digit,
                predictions_attribute=predictions,
                show_proposals=show_proposals,
                blind_share=blind_share,
                glance=glance,
                model_voice=model_voice,
                audit_share=audit_share,
                people_error=people_error,
                promise_per_class=promise_per_class,
                seed=seed,
                created_by=by,
                created_at=now,
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


def _check_rules(workers: tuple[int, int], target_error: float | None, risk: float, lease_seconds: int) -> None:
    least, most = workers
    if not 1 <= least <= most <= MOST_WORKERS:
        raise InvalidJob(
            f"An object can be asked of 1 to {MOST_WORKERS} workers; this says {least} to {most}.",
            where="workers",
            todo="Write one number, or the least and the most as in 2-4.",
        )
    if target_error is not None and not 0 < target_error < 1:
        raise InvalidJob(
            f"The error that is allowed must lie between 0 and 1; this says {target_error}.",
            where="target_error",
            todo="Write 0.05 for 5 %.",
        )
    if not 0 < risk < 1:
        raise InvalidJob("The risk must lie between 0 and 1.", where="risk", todo="Write 0.05 for 5 %.")
    if not 30 <= lease_seconds <= 86_400:
        raise InvalidJob(
            "A worker may hold an object for 30 seconds to a day.",
            where="lease_seconds",
            todo="Write 600 for 10 minutes.",
        )


def _scores_from(
    kind: TaskType[Any], given: str, predictions: str, target_error: float | None
) -> LabelingJob.ScoresFrom:
    """Where the machine's scores come from. Raises InvalidJob where a promise has no scores to stand on."""
    sources = LabelingJob.ScoresFrom
    if given and given not in sources.values:
        raise InvalidJob(
            f"Scores can't come from {given[:40]!r}.", where="scores_from", todo=f"Choose: {', '.join(sources.values)}."
        )
    learnable = isinstance(kind, Learnable)
    source = sources(given or (sources.TRAINED if learnable or not predictions else sources.PREDICTIONS))
    if source == sources.TRAINED and not learnable and (given or target_error is not None):
        raise InvalidJob(
            f"The machine can't learn this yet: {kind.title.lower()}.",
            where="scores_from" if given else "target_error",
            todo="Bring predictions (name their label attribute) or a model server of your own; or leave it out, and "
            "people will label every object.",
        )
    if source == sources.PREDICTIONS and not predictions:
        raise InvalidJob(
            "Scores are to come from predictions, but no label attribute is named for them.",
            where="predictions",
            todo="Name the label attribute that holds them in the input, or in what the API will be sent.",
        )
    return source


def _check_audit_share(audit_share: float) -> None:
    if not 0 <= audit_share <= 1:
        raise InvalidJob(
            f"The share of machine labels that is checked later must lie between 0 and 1; this says {audit_share}.",
            where="audit_share",
            todo="Write 0.01 for 1 %, or 0 for no checks and no alarm.",
        )


def _check_people_error(people_error: float | None) -> None:
    if people_error is not None and not 0 <= people_error < 0.5:
        raise InvalidJob(
            f"How often people are wrong must lie between 0 and 0.5; this says {people_error}.",
            where="people_error",
            todo="Write 0.03 for 3 %, or leave it out.",
        )


def _check_per_class(kind: TaskType[Any], source: LabelingJob.ScoresFrom, target_error: float | None) -> None:
    problem, todo = "", "Leave it out: the promise then holds for all machine labels together."
    if target_error is None:
        problem, todo = "There is no promise that could hold for each class.", "Say which error is allowed, too."
    elif not (isinstance(kind, Learnable) and kind.target == Target.CLASS):
        problem = f"Only a machine that says one class an object can promise something of each; not: {kind.title}."
    elif source != LabelingJob.ScoresFrom.TRAINED:
        problem = "A promise for each class needs a model that is trained here."
    if problem:
        raise InvalidJob(problem, where="promise_per_class", todo=todo)


def _check_proposals(
    attribute: str,
    predictions: str,
    target_error: float | None,
    blind_share: float,
    *,
    show_proposals: bool,
    glance: bool,
) -> None:
    problem = name_problem(predictions) if predictions else ""
    if predictions == attribute:
        problem = "It is the name of the job's own labels: objects that have one are labeled already."
    if problem:
        raise InvalidJob(
            f"{predictions[:140]!r} can't be the label attribute of predictions. {problem}",
            where="predictions",
            todo="Name the label attribute of the input that holds them.",
        )
    if not 0 <= blind_share <= 1:
        raise InvalidJob(
            f"The share without proposals must lie between 0 and 1; this says {blind_share}.",
            where="blind_share",
            todo="Write 0.1 for 10 %.",
        )
    for wanted, where in ((show_proposals, "show_proposals"), (glance, "glance")):
        if wanted and not predictions and target_error is None:
            raise InvalidJob(
                "There would be nothing to show: no predictions are named, and the machine does not learn.",
                where=where,
                todo="Name the label attribute of the predictions, or an error that the machine may make.",
            )


def _check_machine(
    attributes: Sequence[Attribute], categories: Sequence[Category], target_error: float | None, *, trained: bool
) -> None:
    """`trained`: the machine is one of ours, which knows no attributes; others may bring those of instances along."""
    own = [one for category in categories for one in category.attributes]
    required = [one.name for one in (*attributes, *own) if one.required and (trained or one.scope == "object")]
    if required and target_error is not None:
        raise InvalidJob(
            f'The machine can\'t fill in "{required[0]}", which must be filled in.',
            where="target_error",
            todo="Let people label everything, or let the attribute be left out.",
        )


def _label_attribute(kind: TaskType[Any], name: str, given: str) -> str:
    if given:
        return check_label_attribute(given, suffix=kind.lan_suffix)
    return default_label_attribute(name, suffix=kind.lan_suffix)


def _check_settings(kind: TaskType[Any], settings: Json, categories: Sequence[Category]) -> None:
    errors = list(jsonschema.Draft202012Validator(kind.settings_schema()).iter_errors(settings))
    if errors:
        where = "settings/" + "/".join(str(part) for part in errors[0].path)
        raise InvalidJob(errors[0].message, where=where, todo="See the settings of this task type in docs/.")
    kind.check_settings(settings, categories)


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
