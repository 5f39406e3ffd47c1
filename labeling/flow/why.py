"""Why a proposal says what it says, and what a model version goes by. Only looked up; nothing rests on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np

from labeling.errors import LeaseLost, NotFound
from labeling.jobs.files import kept, store
from labeling.jobs.models import Assignment, Category, DataObject, LabelingJob, ModelVersion
from labeling.jobs.proposals import shown_to
from labeling.jobs.questions import Questions, text_of
from labeling.jobs.states import AssignmentState
from labeling.learners.background import load_background
from labeling.learners.images import SIDE
from labeling.learners.model_files import load_model
from labeling.learners.why import Explainer, Pull, Reasons, Unexplained
from labeling.media.render import decode
from labeling.task_types.base import Json, Learnable

KEPT: Final = 3  # models in memory: each up to some tens of MB
MOST_TERMS: Final = 12  # of a class, for and against


@dataclass(frozen=True)
class Why:
    """Of the proposal for one object: the model, and the reasons for each class that it proposes (by class id)."""

    model: str
    reasons: Sequence[tuple[int, Reasons]]


@dataclass(frozen=True)
class ClassPull:
    """What a model version goes by for one class; or, in a sentence, why that can't be said."""

    category: Category
    pull: Pull
    unexplained: str = ""


def why_of(assignment: Assignment, *, now: datetime) -> Why:
    """The reasons for the proposal that is shown with a lease.

    Raises NotFound where none is shown: audits, gold and blind objects are like any other in that; LeaseLost when the
    hold has ended; Unexplained where the model has no reasons to give.
    """
    if assignment.state != AssignmentState.LEASED or assignment.expires_at is None or assignment.expires_at <= now:
        raise LeaseLost("Your hold on this object has ended.", where=f"assignment {assignment.pk}")
    prediction = shown_to(assignment.task)
    if prediction is None:
        raise NotFound("No proposal is shown for this object.")
    questions = Questions(assignment.job)
    explainer = explainer_of(prediction.model_version)
    classes = _classes(questions, kept(prediction), assignment.task.data_object)
    reasons = _reasons(explainer, assignment.task.data_object, classes)
    return Why(prediction.model_version.title, reasons)


def explainer_of(version: ModelVersion) -> Explainer:
    """Raises Unexplained for a model that was not trained here, or before explanations were kept."""
    if not version.background_key or not version.model_key:
        raise Unexplained(
            f"What “{version.title}” goes by is not known here: it came as predictions, without its reasons."
            if version.number == 0 or not version.model_key
            else f"“{version.title}” was trained before reasons were kept, or on features that people can't read.",
            todo="Judge the proposal by the object itself.",
        )
    return _loaded(version.model_key, version.background_key)


@lru_cache(maxsize=KEPT)
def _loaded(model_key: str, background_key: str) -> Explainer:
    """Files are named by their digest and never change."""
    keeper = store()
    with keeper.as_file(model_key) as model, keeper.open(background_key) as background:
        return Explainer(load_model(model), load_background(background.read()))


def _classes(questions: Questions, answer: Json, data_object: DataObject) -> list[int]:
    if not isinstance(questions.type, Learnable):
        raise Unexplained("Shapes and spans come without reasons.", todo="Judge the proposal by the object itself.")
    question = questions.about(data_object)
    scores = questions.type.encode(questions.type.parse(answer, question), question)
    return [int(category) for category in np.flatnonzero(np.asarray(scores) > 0)]


def _reasons(explainer: Explainer, data_object: DataObject, classes: Sequence[int]) -> list[tuple[int, Reasons]]:
    media = data_object.media
    if media is not None and media.kind == "image":
        pixels = decode(store().path(media.digest), 4 * SIDE)
        return [(category, explainer.of_image(pixels, category)) for category in classes]
    text = text_of(data_object)
    return [(category, explainer.of_text(text, category)) for category in classes]


def pulls_of(job: LabelingJob, version: ModelVersion) -> list[ClassPull]:
    """What a model version goes by, class by class. Raises Unexplained where it can't be said of any."""
    explainer = explainer_of(version)
    pulls = [_pull(explainer, category) for category in job.categories.all()]
    if pulls and all(one.unexplained for one in pulls):
        raise Unexplained(pulls[0].unexplained)
    return pulls


def _pull(explainer: Explainer, category: Category) -> ClassPull:
    try:
        return ClassPull(category, explainer.pull(category.place, most=MOST_TERMS))
    except Unexplained as problem:
        return ClassPull(category, Pull(), str(problem))
