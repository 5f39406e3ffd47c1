"""Where the machine's scores come from: a model trained here, or predictions that were given to us.

The loop asks here and nowhere else. Either way it gets `Learned` arrays over the objects of the job in the order of
their positions; for given scores they are `Imported`, and the machine's answers are the predictions' own.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np

from labeling.errors import Problem
from labeling.flow import backends, learning
from labeling.flow.backends import BackendFault
from labeling.flow.learning import Ints, Pool
from labeling.jobs.dialect import write
from labeling.jobs.files import kept, store
from labeling.jobs.models import DataObject, Label, LabelingJob, ModelVersion, Prediction
from labeling.jobs.questions import Questions
from labeling.jobs.states import ObjectState
from labeling.learners.imported import RIGHT, UNKNOWN, WRONG, Given, Imported, learn_given, load_imported, save_imported
from labeling.learners.metrics import quality_of
from labeling.learners.rounds import Learned
from labeling.task_types.base import Learnable, Target

PAGE = 500
GIVEN = "given"  # ModelVersion.parameters["scores"] of a version that stands for predictions from elsewhere


class ScoresUnavailable(Problem):
    """No scores right now. People go on with the next objects, and the round after that asks again."""

    code = "scores-unavailable"


def is_given(job: LabelingJob) -> bool:
    return job.scores_from != LabelingJob.ScoresFrom.TRAINED


def fetch(job: LabelingJob, *, now: datetime) -> None:
    """Ask the job's own model server, where it has one, for what is missing. Raises ScoresUnavailable."""
    if job.scores_from != LabelingJob.ScoresFrom.BACKEND:
        return
    try:
        backends.predict_missing(job, now=now)
    except BackendFault as fault:
        raise ScoresUnavailable(fault.what, where=fault.where, todo=fault.todo) from fault


def first_picks(job: LabelingJob, pool: Pool, *, ask: int) -> list[int]:
    """Objects (ids) that a first model would learn most from; none where no model is trained."""
    if is_given(job):
        return []
    with learning.learn(job, pool, ask=ask, number=0) as (_, learned):
        return [int(pk) for pk in pool.ids[learned.picks]]


def pool_of(job: LabelingJob, version: ModelVersion | None = None) -> Pool:
    """Everything that may be known of the job right now, in the terms of `version`, or else of the next one.

    For given scores without class probabilities the labels say whether the predictions were right: see
    `learners.imported`. A label of people where nothing was predicted counts as "wrong".
    """
    given = is_given(job) if version is None else version.parameters.get("scores") == GIVEN
    if not given:
        return learning.pool_of(job)
    by_class = _by_class(job) if version is None else bool(version.parameters["probabilities"])
    return _judged(job, _given(job, by_class=by_class), by_class=by_class)


def scored(
    job: LabelingJob, pool: Pool, *, ask: int, number: int, now: datetime
) -> tuple[ModelVersion | None, Learned, list[int]]:
    """A new model version of round `number`, what it says, and the objects (ids) to ask about next to teach it.

    Without a version nothing could be learned yet. Safe to repeat. Raises ScoresUnavailable, learning.TrainingFailed.
    """
    if not is_given(job):
        with learning.learn(job, pool, ask=ask, number=number) as (folder, learned):
            version = learning.record(job, pool, folder, number=number, now=now) if learned.trained else None
        return version, learned, [int(pk) for pk in pool.ids[learned.picks]]
    given = _first(_given(job, by_class=not pool.judged), len(pool.ids))
    if not (given.answers > 0).any():
        raise ScoresUnavailable(
            "No predictions have come in that could stand as answers.",
            todo="Send them to the job (POST predictions); they are looked for again at the next round.",
        )
    imported = learn_given(given, pool.labels)
    return _record(job, pool, imported, number=number, now=now), imported, []


def learned_by(version: ModelVersion) -> Learned:
    """What a kept model version said."""
    if version.parameters.get("scores") != GIVEN:
        return learning.learned_by(version)
    with store().open(version.scores_key) as stream:
        return load_imported(BytesIO(stream.read()))


def _by_class(job: LabelingJob) -> bool:
    """Whether every prediction came with probabilities of the classes, and the task type can use them."""
    kind = Questions(job).type
    if not (isinstance(kind, Learnable) and kind.target == Target.CLASS):
        return False
    rows = Prediction.objects.filter(data_object__job=job, model_version__number=0)
    return rows.exists() and not rows.filter(probabilities=[]).exists()


def _given(job: LabelingJob, *, by_class: bool) -> Given:
    """The last word about each object, of later versions first; by class, of those that came with probabilities."""
    ids = list(DataObject.objects.filter(job=job).order_by("position").values_list("pk", flat=True))
    places = {pk: place for place, pk in enumerate(ids)}
    answers = np.zeros(len(ids), dtype=np.int64)
    scores, joint = np.zeros(len(ids)), np.ones(len(ids))
    parts = np.zeros(len(ids), dtype=np.int64)
    classes = job.categories.count()
    probabilities = np.full((len(ids), classes), 1 / classes) if by_class else None
    rows = Prediction.objects.filter(data_object__job=job, model_version__number=0, complete=True)
    if by_class:  # one without may have come in since that was settled
        rows = rows.exclude(probabilities=[])
    columns = ("pk", "data_object_id", "confidence", "parts", *(("probabilities",) if by_class else ()))
    for pk, object_id, confidence, own, *rest in rows.order_by("model_version_id").values_list(*columns).iterator(PAGE):
        place = places.get(object_id)
        if place is None:  # came in since the places were read
            continue
        answers[place], scores[place], parts[place] = pk, confidence, len(own)
        joint[place] = float(np.prod(list(own.values()))) if own else 1.0
        if probabilities is not None:
            probabilities[place] = rest[0]
    return Given(answers, scores, joint, parts, probabilities)


def _first(given: Given, count: int) -> Given:
    """Of the first objects: others came in since their places were read."""
    probabilities = given.probabilities
    return Given(
        given.answers[:count],
        given.scores[:count],
        given.joint[:count],
        given.parts[:count],
        None if probabilities is None else probabilities[:count],
    )


def _judged(job: LabelingJob, given: Given, *, by_class: bool) -> Pool:
    rows = list(DataObject.objects.filter(job=job).order_by("position").values_list("pk", "state", "drawn_for"))
    rows = rows[: len(given.answers)]
    if by_class:
        return _cut(learning.pool_of(job), len(rows))
    places = {pk: place for place, (pk, _, _) in enumerate(rows)}
    labels = np.full(len(rows), UNKNOWN, dtype=np.int64)
    for place, right in _rights(job, given, places):
        labels[place] = RIGHT if right else WRONG
    return Pool(
        ids=np.array([pk for pk, _, _ in rows], dtype=np.int64),
        labels=labels,
        closed=np.array([state != ObjectState.PENDING for _, state, _ in rows], dtype=bool),
        drawn_for=tuple(draw for _, _, draw in rows),
        judged=True,
    )


def _cut(pool: Pool, count: int) -> Pool:
    """The first objects only: others came in while the predictions were read."""
    return replace(
        pool, ids=pool.ids[:count], labels=pool.labels[:count], closed=pool.closed[:count],
        drawn_for=pool.drawn_for[:count],
    )  # fmt: skip


def _rights(job: LabelingJob, given: Given, places: dict[int, int]) -> list[tuple[int, bool]]:
    """(place, whether the prediction was right) of each object with a label of people."""
    questions = Questions(job)
    people = Label.objects.filter(job=job, current=True, by=Label.By.PEOPLE).select_related("data_object__media")
    judged: list[tuple[int, bool]] = []
    page: list[Label] = []
    for label in people.order_by("pk").iterator(chunk_size=PAGE):
        page.append(label)
        if len(page) == PAGE:
            judged += _page(questions, given, places, page)
            page = []
    return judged + _page(questions, given, places, page)


def _page(questions: Questions, given: Given, places: dict[int, int], page: list[Label]) -> list[tuple[int, bool]]:
    here = [(places[label.data_object_id], label) for label in page if label.data_object_id in places]
    said = Prediction.objects.in_bulk([int(given.answers[place]) for place, _ in here])
    return [(place, _right(questions, said.get(int(given.answers[place])), label)) for place, label in here]


def _right(questions: Questions, row: Prediction | None, label: Label) -> bool:
    if row is None:
        return False
    question = questions.about(label.data_object)
    kind = questions.type
    return kind.right(kind.parse(kept(row), question), kind.parse(kept(label), question), question)


def _record(job: LabelingJob, pool: Pool, imported: Imported, *, number: int, now: datetime) -> ModelVersion:
    """Freeze the scores of a round: a version of its own, so that each certificate has the order that it is about."""
    buffer = BytesIO()
    save_imported(imported, buffer)
    names = _names(job)
    parameters: dict[str, Any] = {
        "scores": GIVEN,
        "from": names,
        "called": names[-1] if names else "",
        "probabilities": not pool.judged,
    }
    with write():
        version = learning.keep_version(
            job,
            number,
            now=now,
            training_digest=hashlib.sha256(imported.answers.astype("<i8").tobytes()).hexdigest(),
            trained_on=len(imported.oof_index),
            parameters=parameters,
            metrics=_metrics(pool.labels, imported),
            scores_key=store().put(buffer.getvalue()),
        )
        LabelingJob.objects.filter(pk=job.pk).exclude(trouble="").update(trouble="")
    return version


def _names(job: LabelingJob) -> list[str]:
    rows = ModelVersion.objects.filter(job=job, number=0).order_by("pk")
    return list(rows.values_list("name", flat=True))


def _metrics(labels: Ints, imported: Imported) -> dict[str, Any]:
    people = labels[imported.oof_index]
    right = imported.oof_predicted == people
    return {
        "trained": True,
        "labeled": len(imported.oof_index),
        "readable": int(imported.readable.sum()),
        **quality_of(imported.oof_proba, people),
        "oof_accuracy": float(right.mean()) if len(right) else None,
    }
