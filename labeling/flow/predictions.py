"""Labels that come with the input -> predictions of an imported model version.

A prediction that can't be read is refused alone, with its line and reason; its object is labeled without one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.db.models import F

from labeling.errors import InvalidAnswer, InvalidJob, ManifestLineError, NotFound, NotYet, Problem
from labeling.flow.audit_trail import note
from labeling.flow.media_rows import Opener
from labeling.formats.labels import confidences_of, failure_of, read_label, truth_of
from labeling.formats.lines import Line, LineSource, read_lines
from labeling.formats.references import Reference, ReferenceRefused, classify, open_under
from labeling.formats.side_files import MOST_FILES
from labeling.jobs.dialect import write
from labeling.jobs.files import keep
from labeling.jobs.models import DataObject, LabelingJob, ModelVersion, Prediction, RefusedLine, Tally
from labeling.jobs.questions import Questions
from labeling.jobs.states import ModelState, ObjectState
from labeling.media.limits import Limits
from labeling.task_types.base import Json, LabelAttribute
from labeling.workforce.models import User

BATCH = 200  # lines a transaction
NOT_TAKEN = "The prediction was not taken; its object is labeled without one."


@dataclass
class Came:
    """How many predictions were taken, and what is wrong with the others."""

    taken: int = 0
    refused: list[ManifestLineError] = field(default_factory=list)


def take_predictions(job: LabelingJob, *, stream: LineSource, root: Path | None, by: User, now: datetime) -> Came:
    """The predictions of a second manifest, whose lines name objects of the job by their source.

    Tasks that are handed out already stay as they are. Raises InvalidJob when the job names no attribute for them.
    """
    if not job.predictions_attribute:
        raise InvalidJob(
            "The job takes no predictions.", where="predictions", todo="Name their label attribute when you make a job."
        )
    objects = _Objects(job)
    came = Came()
    for batch in _batches(read_lines(stream)):
        found, wrong = objects.matching(batch)
        part = keep_predictions(job, found, _opener(root), now=now, besides=wrong)
        came.taken += part.taken
        came.refused += part.refused
    with write():
        note("predictions-taken", by=by, now=now, job=job, taken=came.taken, refused=len(came.refused))
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
) -> Came:
    """Keep the predictions that stand in lines for the objects beside them; a line may have none."""
    reader = _Reader(job, opener)
    known = set(
        Prediction.objects.filter(
            data_object__in=[row for _, row in pairs], model_version__job=job, model_version__number=0
        ).values_list("data_object", flat=True)
    )
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
        _store(job, made, refused, now)
    return Came(len(made), refused)


def _store(job: LabelingJob, made: Sequence[Prediction], refused: Sequence[ManifestLineError], now: datetime) -> None:
    with write():
        version, _ = ModelVersion.objects.get_or_create(
            job=job, number=0, name=job.predictions_attribute, defaults={"state": ModelState.READY, "created_at": now}
        )
        for row in made:
            row.model_version = version
        Prediction.objects.bulk_create(made)
        RefusedLine.objects.bulk_create(
            RefusedLine(job=job, line=error.line, rule=error.rule[:20], what=error.what, todo=error.todo)
            for error in refused
        )
        Tally.objects.filter(job=job).update(
            predictions=F("predictions") + len(made),
            refused_predictions=F("refused_predictions") + len(refused),
        )


class _Reader:
    """Reads the prediction of one line through the task type."""

    def __init__(self, job: LabelingJob, opener: Opener) -> None:
        self.name = job.predictions_attribute
        self.questions = Questions(job)
        self.opener = opener

    def read(self, line: Line, row: DataObject, *, twice: bool) -> Prediction | None:
        """None where the line has none. Raises ManifestLineError."""
        attribute = truth_of(line.object, self.name)
        if attribute is None or failure_of(line.object, self.name) is not None:
            return None
        try:
            if twice:
                raise InvalidAnswer("", "The object has a prediction already.", todo="Bring one an object.")
            return self._prediction(line, row, attribute)
        except Problem as problem:
            said = f"{NOT_TAKEN} At /{self.name}{problem.where}: {problem.what}"
            raise ManifestLineError(line.number, "E-PREDICTION", said, todo=problem.todo) from problem

    def _prediction(self, line: Line, row: DataObject, attribute: LabelAttribute) -> Prediction:
        attribute = replace(attribute, side_files=self._side_files(attribute))
        question = self.questions.about(row)
        kind = self.questions.type
        answer = kind.from_manifest(attribute, question)
        found = read_label(line.object, self.name)
        whole, parts = confidences_of(attribute, by_people=found is not None and found.human is True)
        ids = kind.entry_ids(attribute, answer, question)
        known = {ident: part for ident, part in zip(ids, parts, strict=False) if ident and part is not None}
        confidence = whole if whole is not None else min(known.values(), default=1.0)
        return Prediction(
            data_object=row, confidence=confidence, parts=known, score=confidence, **keep(kind.dump(answer))
        )

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
