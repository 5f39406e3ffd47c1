"""What a model says of a data object, shown to people: to whom it may be shown, and what became of it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.errors import InvalidAnswer
from labeling.jobs.files import kept
from labeling.jobs.models import DataObject, LabelingJob, Prediction, Task
from labeling.jobs.questions import Questions
from labeling.task_types.base import Json

log = logging.getLogger(__name__)

Draw = DataObject.Draw
EVIDENCE = (Draw.CALIBRATION, Draw.AUDIT_1, Draw.AUDIT_2, Draw.STANDING)  # what a promise rests on is answered blind


@dataclass(frozen=True)
class Showing:
    """What the task of one data object will show."""

    prediction: int | None = None  # id of a Prediction
    in_full: bool = False  # as a proposal to whoever answers in the editor
    at_a_glance: bool = False  # as the label that the grid asks about

    @property
    def purpose(self) -> Task.Purpose:
        return Task.Purpose.GLANCE if self.at_a_glance else Task.Purpose.LABEL


def showings(
    job: LabelingJob, objects: Collection[int], *, purpose: str, draw: str, glanced: Collection[int] | None = None
) -> Mapping[int, Showing]:
    """What new tasks of `objects` (ids) show; an object that is left out shows nothing.

    `glanced`: those to be looked at in the grid, as the loop decided; None where no loop decides: all that have a whole
    prediction. Decided once, and by the job's seed: who asks again gets the same.
    """
    if purpose != Task.Purpose.LABEL or draw in EVIDENCE or not (job.show_proposals or job.glance):
        return {}
    questions = Questions(job)
    made: dict[int, Showing] = {}
    for row in newest(objects):
        in_full = job.show_proposals and not is_blind(job, row.data_object_id)
        wanted = job.glance and (glanced is None or row.data_object_id in glanced)
        at_a_glance = wanted and _complete(questions, row)
        if in_full or at_a_glance:
            made[row.data_object_id] = Showing(row.pk, in_full, at_a_glance)
    return made


def newest(objects: Collection[int]) -> Sequence[Prediction]:
    """The last word about each of `objects` (ids) that has one: a later version's, and any before an imported one."""
    rows = Prediction.objects.filter(data_object__in=objects).select_related("data_object", "data_object__media")
    return list({row.data_object_id: row for row in rows.order_by("model_version__number", "pk")}.values())


def is_blind(job: LabelingJob, object_id: int) -> bool:
    """Whether this object is one of the random share that is asked without its proposal."""
    drawn = hashlib.sha256(f"proposals {job.seed} {object_id}".encode()).digest()
    return int.from_bytes(drawn[:6], "big") / 2**48 < job.blind_share


def _complete(questions: Questions, row: Prediction) -> bool:
    """Whether it could stand as an answer: what was read from a manifest may lack fields that workers must fill in."""
    try:
        questions.type.parse(kept(row), questions.about(row.data_object))
    except InvalidAnswer:
        return False
    return True


def shown_to(task: Task) -> Prediction | None:
    """The proposal that a task shows to whoever answers it in full. What a promise rests on shows none, whatever its
    row says: gold, audits, and objects that were drawn for a promise since."""
    blind = task.purpose in (Task.Purpose.GOLD, Task.Purpose.AUDIT) or task.data_object.drawn_for in EVIDENCE
    return task.prediction if task.proposals_shown and not blind else None


def proposal_of(row: Prediction, answer: Json | None = None) -> Json:
    """As the editor and the grid read it. `answer`: what is shown of it; None for all."""
    return {
        "model": row.model_version.title,
        "confidence": row.confidence,
        "parts": row.parts,
        "answer": kept(row) if answer is None else answer,
    }


def proposed_in(task: Task, questions: Questions) -> Json:
    """What a task's prediction says of the frames that it asks for; nothing where it no longer fits the question."""
    if task.prediction is None:
        raise ValueError(f"{task} has no prediction")
    whole: Json = kept(task.prediction)
    if task.frames is None:
        return whole
    try:
        return questions.in_part(whole, task.data_object, task.frames)
    except InvalidAnswer:  # the job's fields were changed since
        log.warning("prediction %s no longer fits its job's question", task.prediction.pk)
        return {"instances": []}


def taken_as_it_is(answer: Json, model: str) -> Json:
    """The answer of somebody who finds nothing wrong with it: its instances say where they came from."""
    if "instances" not in answer:
        return answer
    origin = {"model": model, "how": "accepted"}
    return {**answer, "instances": [{**one, "origin": origin} for one in answer["instances"]]}


@dataclass(frozen=True)
class Fate:
    """How many of the proposed instances (or the one answer for the whole) an answer took, changed, left out."""

    accepted: int = 0
    corrected: int = 0
    rejected: int = 0


def fate_of(proposed: Json, answer: Json) -> Fate:
    """By ids and content, whatever the client says of `origin`."""
    if "instances" not in proposed:
        same = _bare(proposed) == _bare(answer)
        return Fate(accepted=int(same), corrected=int(not same))
    given = {one["id"]: _bare(one) for one in answer.get("instances", ())}
    before = [(one["id"], _bare(one)) for one in proposed["instances"]]
    accepted = sum(given.get(ident) == one for ident, one in before)
    met = sum(ident in given for ident, _ in before)
    return Fate(accepted, met - accepted, len(before) - met)


def _bare(one: Json) -> dict[str, Any]:
    """Without where it came from, and without the fields that a proposal may lack: filling them in corrects nothing."""
    return {key: value for key, value in one.items() if key not in ("origin", "attributes")}
