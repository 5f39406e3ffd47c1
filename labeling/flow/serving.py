"""Our own models as an ML backend: others ask in the contract's words, and get what the job's latest model says.

A task names one of the job's own objects (`data.object`, its id), or brings its text, or a picture as a data URL.
Pictures are never fetched from addresses that a task names.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from labeling.errors import BadRequest, Conflict
from labeling.flow import scores
from labeling.flow.why import explainer_of
from labeling.formats.ml_backend import control_of, result_of
from labeling.jobs.files import kept
from labeling.jobs.models import DataObject, LabelingJob, ModelVersion, Prediction
from labeling.jobs.proposals import newest
from labeling.jobs.questions import Questions, learner_of
from labeling.jobs.states import ModelState
from labeling.learners.images import SIDE
from labeling.learners.serving import of_images, of_texts
from labeling.learners.tokens import LearnedTokens
from labeling.media.render import decode
from labeling.task_types.base import Json, Question, Target

MOST_TASKS: Final = 100
LONGEST: Final = 200_000  # characters of a text
DATA_URL: Final = re.compile(r"data:image/[a-z0-9.+-]{1,40};base64,")


def model_name(job: LabelingJob) -> str:
    """What the contract calls the model's version. Raises Conflict while there is none."""
    version = _latest(job)
    return f"{job.name}, {version.title}"


def predictions_for(job: LabelingJob, tasks: Any) -> Json:
    """The reply to /predict. Raises BadRequest with a JSON pointer, Conflict while the job has no model."""
    control_of(Questions(job).type)
    if not isinstance(tasks, list) or len(tasks) > MOST_TASKS:
        raise BadRequest(f"`tasks` is a list of up to {MOST_TASKS}.", where="/tasks", todo="Ask in batches.")
    version = _latest(job)
    name = model_name(job)
    datas = [_data(task, f"/tasks/{place}") for place, task in enumerate(tasks)]
    results: list[Json] = [{"result": [], "model_version": name} for _ in tasks]
    known = {place: data["object"] for place, data in enumerate(datas) if "object" in data}
    for place, entry in _of_objects(job, known).items():
        results[place] |= entry
    fresh = [place for place in range(len(datas)) if place not in known]
    for place, entry in zip(fresh, _of_others(job, version, [datas[place] for place in fresh], fresh), strict=True):
        results[place] |= entry
    return {"results": results, "model_version": name}


def _latest(job: LabelingJob) -> ModelVersion:
    ready = ModelVersion.objects.filter(job=job, state=ModelState.READY).order_by("number", "pk").last()
    if ready is None:
        raise Conflict("The job has no model yet.", where=f"job {job.pk}", todo="Ask again when it has learned.")
    return ready


def _data(task: Any, where: str) -> Json:
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        raise BadRequest(
            "A task has an object called `data`.", where=f"{where}/data", todo="See docs/your-own-model.md."
        )
    if "object" in data and (not isinstance(data["object"], int) or isinstance(data["object"], bool)):
        raise BadRequest(
            "An object is named by its number.", where=f"{where}/data/object", todo="GET its job's objects."
        )
    return data


def _of_objects(job: LabelingJob, ids: dict[int, int]) -> dict[int, Json]:
    """What is predicted of the job's own objects (place -> id); places without a prediction are left out."""
    rows = DataObject.objects.filter(job=job).select_related("media").in_bulk(list(ids.values()))
    for place, pk in ids.items():
        if pk not in rows:
            raise BadRequest(
                "The job has no such object.", where=f"/tasks/{place}/data/object", todo="GET its objects."
            )
    questions = Questions(job)
    said = {row.data_object_id: row for row in newest(list(rows))}
    trained = _by_trained(job, questions, rows)
    return {
        place: trained[pk] if pk in trained else _entry(questions, said[pk], rows[pk])
        for place, pk in ids.items()
        if pk in trained or pk in said
    }


def _by_trained(job: LabelingJob, questions: Questions, rows: dict[int, DataObject]) -> dict[int, Json]:
    """By the arrays of the latest model that was trained here: it says something of every object that it has seen."""
    version = _latest(job)
    if not version.scores_key or version.parameters.get("scores") == scores.GIVEN:
        return {}
    learned = scores.learned_by(version)
    in_order = DataObject.objects.filter(job=job).order_by("position").values_list("pk", flat=True)
    places = {pk: place for place, pk in enumerate(in_order) if pk in rows}
    made: dict[int, Json] = {}
    for pk, row in rows.items():
        place = places[pk]
        if place < len(learned.readable) and learned.readable[place]:
            spans = isinstance(learned, LearnedTokens)  # each document's own tokens make its question
            asked = questions.about(row) if spans else questions.about_any()
            told = learned.scores(place) if isinstance(learned, LearnedTokens) else learned.proba[place].astype(float)
            made[pk] = _decoded(questions, told, asked)
    return made


def _entry(questions: Questions, row: Prediction, data_object: DataObject) -> Json:
    question = questions.about(data_object)
    return {"result": result_of(kept(row), row.parts, questions.type, question), "score": row.confidence}


def _decoded(questions: Questions, probabilities: Any, question: Question) -> Json:
    learner = learner_of(questions)
    verdict = learner.decode(probabilities, question)
    entry: Json = {
        "result": result_of(questions.type.dump(verdict.answer), {}, questions.type, question),
        "score": min(1.0, verdict.confidence),
    }
    if learner.target == Target.CLASS:
        whole = np.asarray(probabilities, dtype=float)
        names = [category.name for category in question.categories]
        entry["probabilities"] = dict(zip(names, (whole / whole.sum()).tolist(), strict=True))
    return entry


def _of_others(job: LabelingJob, version: ModelVersion, datas: Sequence[Json], places: Sequence[int]) -> list[Json]:
    """What a model that was trained here says of texts and pictures that are no objects of the job."""
    if not datas:
        return []
    questions = Questions(job)
    explainer = explainer_of(version)  # its terms are those that texts are read by
    if questions.type.media == "text":
        texts = [_text(data, f"/tasks/{place}/data/text") for place, data in zip(places, datas, strict=True)]
        found = of_texts(explainer.model, explainer.lexicon, texts)
    else:
        found = of_images(
            explainer.model,
            [_pixels(data, f"/tasks/{place}/data/image") for place, data in zip(places, datas, strict=True)],
        )
    return [_decoded(questions, row, questions.about_any()) for row in found]


def _text(data: Json, where: str) -> str:
    text = data.get("text")
    if not isinstance(text, str) or len(text) > LONGEST:
        raise BadRequest(f"`text` is a text of up to {LONGEST:,} characters.", where=where, todo="Send it in the task.")
    return text


def _pixels(data: Json, where: str) -> Any:
    url = data.get("image")
    head = DATA_URL.match(url) if isinstance(url, str) else None
    if not isinstance(url, str) or head is None:
        raise BadRequest(
            "Pictures are not fetched from addresses.",
            where=where,
            todo="Send a data URL (data:image/png;base64,...), or name an object of the job.",
        )
    try:
        content = base64.b64decode(url[head.end() :], validate=True)
    except binascii.Error as error:
        raise BadRequest("The picture's base64 is odd.", where=where, todo="Encode its bytes.") from error
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(content)
        return decode(path, 4 * SIDE)
