"""Labels that come with the input -> predictions of an imported model version.

A prediction that can't be read is refused alone, with its line and reason; its object is labeled without one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from django.db.models import Exists, F, OuterRef

from labeling.errors import BadRequest, InvalidAnswer, InvalidJob, ManifestLineError, NotFound, NotYet, Problem
from labeling.flow.audit_trail import note
from labeling.flow.later import later
from labeling.flow.media_rows import Opener
from labeling.formats.labels import confidences_of, failure_of, read_label, truths_of
from labeling.formats.lines import Line, LineSource, read_lines
from labeling.formats.names import META
from labeling.formats.references import Reference, ReferenceRefused, classify, open_under
from labeling.formats.seqlabel import by_index
from labeling.formats.side_files import MOST_FILES
from labeling.jobs.dialect import lock_row, write
from labeling.jobs.files import keep
from labeling.jobs.frame_tables import frame_names_of
from labeling.jobs.models import (
    Assignment,
    DataObject,
    LabelingJob,
    ModelVersion,
    Prediction,
    RefusedLine,
    Tally,
    Task,
)
from labeling.jobs.proposals import showings
from labeling.jobs.questions import Questions
from labeling.jobs.states import AssignmentState, ModelState, ObjectState, TaskState
from labeling.learners.imported import check_probabilities
from labeling.media.limits import Limits
from labeling.task_types.base import Json, LabelAttribute, Learnable, Question, Target, TaskType
from labeling.workforce.models import User

BATCH = 200  # lines a transaction
NAME = re.compile(r"[^\x00-\x1f\x7f]{0,100}")
NOT_TAKEN = "The prediction was not taken; its object is labeled without one."


@dataclass
class Came:
    """How many predictions were taken, and what is wrong with the others."""

    taken: int = 0
    refused: list[ManifestLineError] = field(default_factory=list)


def take_predictions(
    job: LabelingJob, *, stream: LineSource, root: Path | None, by: User, now: datetime, model: str = ""
) -> Came:
    """The predictions of a second manifest, whose lines name objects of the job by their source.

    `model`: what made them; a name that is new makes a new version, whose predictions hold from then on. Tasks that
    nobody has begun show them; those that somebody holds stay as they are. Raises InvalidJob when the job names no
    attribute for them, or for an odd name.
    """
    if not job.predictions_attribute:
        raise InvalidJob(
            "The job takes no predictions.", where="predictions", todo="Name their label attribute when you make a job."
        )
    if not NAME.fullmatch(model):
        raise InvalidJob(f"{model[:40]!a} is no name of a model.", where="model", todo="Write up to 100 characters.")
    objects = _Objects(job)
    came = Came()
    for batch in _batches(read_lines(stream)):
        found, wrong = objects.matching(batch)
        part = keep_predictions(job, found, _opener(root), now=now, besides=wrong, model=model)
        show_in_waiting_tasks(job, [row.pk for _, row in found])
        came.taken += part.taken
        came.refused += part.refused
    with write():
        note("predictions-taken", by=by, now=now, job=job, taken=came.taken, refused=len(came.refused))
        later(job, "objects", now=now)
    return came


def _opener(root: Path | None) -> Opener:
    def opener(reference: Reference) -> AbstractContextManager[BinaryIO]:
        if root is None:
            raise NotFound(f'"{reference.text}" is relative, and no folder was named.', todo="Name the folder.")
        return open_under(root, reference)

    return opener


def _batches(lines: Iterable[Line | ManifestLineError]) -> Iterator[list[Line | ManifestLineError]]:
    source = iter(lines)
    while batch := list(islice(source, BATCH)):
        yield batch


class _Objects:
    """The job's objects by their place, where the sources agree, else by their source."""

    def __init__(self, job: LabelingJob) -> None:
        self.job = job
        self._by_source: dict[bytes, int] | None = None  # digests: a text's source is the whole of it

    def matching(
        self, batch: Sequence[Line | ManifestLineError]
    ) -> tuple[list[tuple[Line, DataObject]], list[ManifestLineError]]:
        lines = [line for line in batch if isinstance(line, Line)]
        wrong = [line for line in batch if isinstance(line, ManifestLineError)]
        rows = DataObject.objects.filter(job=self.job).select_related("media")
        at_place = {row.position: row for row in rows.filter(position__in=[line.object_id for line in lines])}
        elsewhere = [line for line in lines if not _same_source(line, at_place.get(line.object_id))]
        found_pks = {line.number: self._sources.get(_digest(line.object), 0) for line in elsewhere}
        by_pk = rows.in_bulk([pk for pk in found_pks.values() if pk])
        found: list[tuple[Line, DataObject]] = []
        for line in lines:
            row = by_pk.get(found_pks[line.number]) if line.number in found_pks else at_place[line.object_id]
            if row is None:
                wrong.append(
                    ManifestLineError(
                        line.number, "E-NO-OBJECT", "No object of the job has this source.", todo="Name one of them."
                    )
                )
            else:
                found.append((line, row))
        return found, wrong

    @property
    def _sources(self) -> Mapping[bytes, int]:
        if self._by_source is None:
            rows = DataObject.objects.filter(job=self.job).order_by("-position").values_list("pk", "line")
            self._by_source = {_digest(json.loads(line)): pk for pk, line in rows.iterator(chunk_size=2000)}
        return self._by_source


def _source_of(line: Json) -> str:
    value = line.get("source", line.get("source-ref"))
    return value if isinstance(value, str) else ""


def _digest(line: Json) -> bytes:
    return hashlib.sha256(_source_of(line).encode("utf-8", "surrogatepass")).digest()


def _same_source(line: Line, row: DataObject | None) -> bool:
    return row is not None and _source_of(row.content) == _source_of(line.object)


def keep_predictions(
    job: LabelingJob,
    pairs: Sequence[tuple[Line, DataObject]],
    opener: Opener,
    *,
    now: datetime,
    besides: Sequence[ManifestLineError] = (),
    model: str = "",
) -> Came:
    """Keep the predictions that stand in lines for the objects beside them; a line may have none."""
    reader = _Reader(job, opener)
    name = model or job.predictions_attribute
    objects = [row for _, row in pairs]
    rows = Prediction.objects.filter(data_object__in=objects, model_version__number=0, model_version__name=name)
    known = set(rows.values_list("data_object", flat=True))
    made: list[Prediction] = []
    refused = list(besides)
    for line, row in pairs:
        if row.state == ObjectState.FAILED:
            continue
        try:
            prediction = reader.read(line, row, twice=row.pk in known)
        except ManifestLineError as error:
            refused.append(error)
            continue
        if prediction is not None:
            known.add(row.pk)
            made.append(prediction)
    if made or refused:
        store_predictions(job, name, made, refused, now=now)
    return Came(len(made), refused)


def store_predictions(
    job: LabelingJob, name: str, made: Sequence[Prediction], refused: Sequence[ManifestLineError] = (), *, now: datetime
) -> None:
    """Write predictions of what is called `name` down. One that is there already stays: whoever repeats this was cut
    off before, or came second."""
    with write():
        version, _ = ModelVersion.objects.get_or_create(
            job=job, number=0, name=name, defaults={"state": ModelState.READY, "created_at": now}
        )
        for row in made:
            row.model_version = version
        Prediction.objects.bulk_create(made, ignore_conflicts=True)
        RefusedLine.objects.bulk_create(
            RefusedLine(job=job, line=error.line, rule=error.rule[:20], what=error.what, todo=error.todo)
            for error in refused
        )
        Tally.objects.filter(job=job).update(
            predictions=F("predictions") + len(made),
            refused_predictions=F("refused_predictions") + len(refused),
        )


def show_in_waiting_tasks(job: LabelingJob, objects: Collection[int]) -> None:
    """Let tasks of `objects` (ids) show the newest predictions, as they would if they were made now.

    Only such as nobody has begun: a task that somebody holds, or has answered, stays as they saw it.
    """
    with write():
        begun = Assignment.objects.filter(task=OuterRef("pk")).exclude(state=AssignmentState.OPEN)
        waiting = Task.objects.filter(
            ~Exists(begun), data_object__in=objects, purpose=Task.Purpose.LABEL, state=TaskState.OPEN
        )
        tasks = {task.pk: task for task in waiting.select_related("data_object")}
        places = lock_row(Assignment.objects.filter(task__in=tasks).order_by("pk"))
        taken = {place.task_id for place in places if place.state != AssignmentState.OPEN}  # meanwhile
        by_draw: dict[str, list[Task]] = defaultdict(list)
        for task in tasks.values():
            if task.pk not in taken:
                by_draw[task.data_object.drawn_for].append(task)
        for draw, alike in by_draw.items():
            _show(job, draw, alike)


def _show(job: LabelingJob, draw: str, tasks: Sequence[Task]) -> None:
    shown = showings(job, [task.data_object_id for task in tasks], purpose=Task.Purpose.LABEL, draw=draw)
    for task in tasks:
        showing = shown.get(task.data_object_id)
        if showing is None:
            continue
        Task.objects.filter(pk=task.pk).update(
            purpose=showing.purpose, prediction_id=showing.prediction, proposals_shown=showing.in_full
        )
        Assignment.objects.filter(task=task.pk).update(at_a_glance=showing.at_a_glance)


def probabilities_in(metadata: Json, names: Sequence[str], *, where: str = f"{META}/probabilities") -> list[float]:
    """`probabilities` of the classes: a list by place, or an object by name, where none stands for 0; [] without it.

    Raises InvalidAnswer.
    """
    given = metadata.get("probabilities")
    if given is None:
        return []
    if isinstance(given, dict):
        if odd := sorted(set(given) - set(names)):
            raise InvalidAnswer(
                f"{where}/{odd[0][:40]}", "The job has no class of this name.", todo="Name its classes."
            )
        given = [given.get(name, 0) for name in names]
    if not isinstance(given, list) or not all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in given
    ):
        raise InvalidAnswer(where, "Probabilities are a list of numbers, or an object by class name.")
    try:
        return [float(one) for one in check_probabilities(np.array(given, dtype=float), len(names))]
    except BadRequest as problem:
        raise InvalidAnswer(where, problem.what, todo=problem.todo) from problem


def complete(kind: TaskType[Any], raw: Json, question: Question) -> bool:
    """Whether it could stand as an answer: what comes from elsewhere may lack fields that people must fill in."""
    try:
        kind.parse(raw, question)
    except InvalidAnswer:
        return False
    return True


class _Reader:
    """Reads the prediction of one line through the task type."""

    def __init__(self, job: LabelingJob, opener: Opener) -> None:
        self.name = job.predictions_attribute
        self.questions = Questions(job)
        self.names = [category.name for category in self.questions.about_any().categories]
        self.middles = self.questions.type.further_names(self.questions.about_any())
        self.opener = opener

    def read(self, line: Line, row: DataObject, *, twice: bool) -> Prediction | None:
        """None where the line has none. Raises ManifestLineError."""
        attributes = truths_of(line.object, self.name, self.middles)
        if not attributes or failure_of(line.object, self.name) is not None:
            return None
        try:
            if twice:
                raise InvalidAnswer("", "The object has a prediction already.", todo="Bring one an object.")
            return self._prediction(line, row, attributes)
        except Problem as problem:
            said = f"{NOT_TAKEN} At /{self.name}{problem.where}: {problem.what}"
            raise ManifestLineError(line.number, "E-PREDICTION", said, todo=problem.todo) from problem

    def _prediction(self, line: Line, row: DataObject, attributes: Sequence[LabelAttribute]) -> Prediction:
        names, numbers = frame_names_of(row.media)
        attributes = [by_index(replace(one, side_files=self._side_files(one)), names, numbers) for one in attributes]
        attribute = attributes[0]
        question = self.questions.about(row)
        kind = self.questions.type
        answer = kind.from_manifests(attributes, question)
        found = read_label(line.object, self.name)
        whole, parts = confidences_of(attribute, by_people=found is not None and found.human is True)
        ids = kind.entry_ids(attribute, answer, question)
        known = {ident: part for ident, part in zip(ids, parts, strict=False) if ident and part is not None}
        confidence = whole if whole is not None else min(known.values(), default=1.0)
        raw = kind.dump(answer)
        return Prediction(
            data_object=row,
            confidence=confidence,
            parts=known,
            score=confidence,
            probabilities=self._probabilities(attribute, answer, question),
            complete=complete(kind, raw, question),
            **keep(raw),
        )

    def _probabilities(self, attribute: LabelAttribute, answer: Any, question: Question) -> list[float]:
        """Of the classes by place, where the type has one class an object and the label's metadata holds them."""
        kind = self.questions.type
        if not (isinstance(kind, Learnable) and kind.target == Target.CLASS):
            return []
        values = probabilities_in(attribute.metadata, self.names)
        said = int(kind.encode(answer, question).argmax())
        if values and values[said] < max(values):
            likeliest = self.names[values.index(max(values))]
            problem = f"The label says {self.names[said]}, but {likeliest} is more probable."
            raise InvalidAnswer(f"{META}/probabilities", problem, todo="Let the label be the most probable class.")
        return values

    def _side_files(self, attribute: LabelAttribute) -> dict[str, bytes]:
        """What the label refers to: its files together are no larger than one may be. Raises Problem."""
        files: dict[str, bytes] = {}
        room = Limits().image_bytes
        for text in self.questions.type.side_names(attribute)[:MOST_FILES]:
            files[text] = self._bytes(text, room)
            room -= len(files[text])
        return files

    def _bytes(self, text: str, limit: int) -> bytes:
        try:
            reference = classify(text)
            if reference.kind != "relative":
                raise NotYet(f"{reference.kind}:// references are not fetched yet.", todo="Bring the files.")
            with self.opener(reference) as stream:
                content = stream.read(limit + 1)
        except ReferenceRefused as refused:
            raise Problem(refused.what, todo=refused.todo) from refused
        except OSError as error:
            raise Problem(
                f'"{text}" could not be read ({error.strerror}).', todo="Bring it beside the manifest."
            ) from error
        if len(content) > limit:
            most = Limits().image_bytes // 2**20
            raise Problem(f'"{text}" is too large.', todo=f"{most} MiB are the most, of all files of a label.")
        return content
