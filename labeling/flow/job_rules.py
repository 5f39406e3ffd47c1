"""What a lead may set of a job beside its name, its question and its team, and what of it can't be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema

from labeling.errors import InvalidJob
from labeling.formats.names import label_names, name_problem
from labeling.jobs.models import LabelingJob
from labeling.learners import embeddings
from labeling.learners.embeddings import INSTALL_IT, NO_LANGUAGE_MODEL
from labeling.task_types.base import Attribute, Category, Json, Learnable, Target, TaskType
from labeling.task_types.checks import check_asked

MOST_WORKERS = 9


@dataclass(frozen=True)
class Rules:
    """Shares in [0, 1]."""

    label_attribute: str = ""  # "": made from the name
    workers: tuple[int, int] = (1, 1)  # least and most answers an object
    target_error: float | None = None  # of machine labels may be wrong; None: people label everything
    risk: float = 0.05  # that the promise is broken all the same
    promise_per_class: bool = False  # the error holds in each class that the machine says, not on average
    people_error: float | None = None  # how often one answer of people is wrong, used until it can be measured
    audit_share: float = 0.01  # of the machine's labels, checked blind after they were given; 0: no alarm can be raised
    scores_from: str = ""  # "trained", "predictions", "backend"; "": trained where the type has a learner
    predictions: str = ""  # label attribute of the input whose labels are predictions
    show_proposals: bool = False  # people see them, or the machine's own, but for `blind_share` of the tasks
    blind_share: float = 0.1
    glance: bool = False  # many at once, in the grid
    model_voice: bool = True  # what the trained model says counts beside people's answers, where several may be asked
    text_features: str = (
        "words"  # what the machine goes by in texts: "words", or their "meaning", where that is installed
    )
    settings: Json = field(default_factory=dict)  # the task type's own
    tools: tuple[str, ...] = ()  # shapes that people may draw, of a type with a choice; empty: its usual ones
    lease_seconds: int = 600
    submit_on_digit: bool = False
    seed: int = 1


DEFAULT = Rules()


def columns(rules: Rules, source: LabelingJob.ScoresFrom) -> dict[str, Any]:
    """The job's row, as far as its rules go."""
    return {
        "workers_min": rules.workers[0],
        "workers_max": rules.workers[1],
        "target_error": rules.target_error,
        "risk": rules.risk,
        "promise_per_class": rules.promise_per_class,
        "people_error": rules.people_error,
        "audit_share": rules.audit_share,
        "scores_from": source,
        "predictions_attribute": rules.predictions,
        "show_proposals": rules.show_proposals,
        "blind_share": rules.blind_share,
        "glance": rules.glance,
        "model_voice": rules.model_voice,
        "text_features": rules.text_features,
        "settings": rules.settings,
        "lease_seconds": rules.lease_seconds,
        "submit_on_digit": rules.submit_on_digit,
        "seed": rules.seed,
    }


def checked(
    rules: Rules,
    kind: TaskType[Any],
    attribute: str,
    middles: Sequence[str],
    categories: Sequence[Category],
    attributes: Sequence[Attribute],
) -> LabelingJob.ScoresFrom:
    """Where the machine's scores come from, if everything fits together. `attribute`: the job's label attribute;
    `middles`: of the names of its further labels. Raises InvalidJob."""
    target_error, predictions = rules.target_error, rules.predictions
    _check_rules(rules.workers, target_error, rules.risk, rules.lease_seconds)
    _check_audit_share(rules.audit_share)
    _check_people_error(rules.people_error)
    source = _scores_from(kind, rules.scores_from, predictions, target_error)
    _check_text_features(kind, source, rules.text_features)
    if rules.promise_per_class:
        _check_per_class(kind, source, target_error)
    shown = rules.show_proposals and not kind.suggesting(rules.settings)
    if predictions:
        _check_predictions(attribute, predictions, middles)
    _check_proposals(predictions, target_error, rules.blind_share, show_proposals=shown, glance=rules.glance)
    _check_settings(kind, rules.settings, categories)
    check_asked(kind, categories, attributes)
    trained = source == LabelingJob.ScoresFrom.TRAINED
    _check_machine(attributes, categories, target_error, trained=trained)
    return source


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


def learns_meaning(kind: TaskType[Any]) -> bool:
    """Whether the machine could go by what objects of this type mean: it learns whole texts."""
    return isinstance(kind, Learnable) and kind.media == "text" and kind.target != Target.TOKENS


def _check_text_features(kind: TaskType[Any], source: LabelingJob.ScoresFrom, given: str) -> None:
    problem, todo = "", "Leave it out: the machine then goes by words."
    if given not in LabelingJob.TextFeatures.values:
        problem = f"The machine can't go by {given[:40]!r}."
        todo = f"Choose: {', '.join(LabelingJob.TextFeatures.values)}."
    elif given == LabelingJob.TextFeatures.WORDS:
        return
    elif not learns_meaning(kind):
        problem = f"Only a machine that learns whole texts can go by what they mean; not: {kind.title}."
    elif source != LabelingJob.ScoresFrom.TRAINED:
        problem = "What texts mean matters only to a model that is trained here."
    elif not embeddings.installed():
        problem, todo = NO_LANGUAGE_MODEL, f"{INSTALL_IT}; or leave it out, and the machine goes by words."
    if problem:
        raise InvalidJob(problem, where="text_features", todo=todo)


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


def _check_predictions(attribute: str, predictions: str, middles: Sequence[str]) -> None:
    """Predictions of several tools stand under several names, as labels do: none may be a name of both."""
    problem = name_problem(predictions)
    todo = "Name the label attribute of the input that holds them."
    own, theirs = label_names(attribute, middles), label_names(predictions, middles)
    if predictions == attribute:
        problem = "It is the name of the job's own labels: objects that have one are labeled already."
    elif both := [name for name in theirs if name in own]:
        problem = f"The job writes labels of its own under {both[0]!r}, where labels of these predictions stand."
        todo = "Give the job another label attribute name."
    if problem:
        raise InvalidJob(
            f"{predictions[:140]!r} can't be the label attribute of predictions. {problem}",
            where="predictions",
            todo=todo,
        )


def _check_proposals(
    predictions: str,
    target_error: float | None,
    blind_share: float,
    *,
    show_proposals: bool,
    glance: bool,
) -> None:
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


def _check_settings(kind: TaskType[Any], settings: Json, categories: Sequence[Category]) -> None:
    errors = list(jsonschema.Draft202012Validator(kind.settings_schema()).iter_errors(settings))
    if errors:
        where = "settings/" + "/".join(str(part) for part in errors[0].path)
        raise InvalidJob(errors[0].message, where=where, todo="See the settings of this task type in docs/.")
    kind.check_settings(settings, categories)
