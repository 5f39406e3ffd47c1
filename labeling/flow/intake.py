"""Manifest lines and files -> data objects.

A line that can't be read is refused and kept with its number and reason; a line whose media can't be read becomes a
data object that failed. Either way the rest go on. Media are copied into storage under their digest, so that a job
doesn't break when a folder moves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet

from labeling.errors import InvalidJob, ManifestLineError, NotFound, Problem
from labeling.flow.audit_trail import note
from labeling.flow.later import hint_media, later
from labeling.flow.media_rows import FetchedMedia, MediaTaker, Opener
from labeling.flow.predictions import keep_predictions
from labeling.formats.findings import pointer
from labeling.formats.labels import failure_of, key_in_the_way, read_label
from labeling.formats.lines import Line, LineSource, read_lines
from labeling.formats.references import Reference, classify, open_under
from labeling.formats.source import InputLine, check_input
from labeling.jobs.dialect import lock_row, write
from labeling.jobs.models import Assignment, DataObject, Decline, LabelingJob, Outbox, RefusedLine, Tally, Task
from labeling.jobs.places import SENT_BACK
from labeling.jobs.questions import Questions, type_of
from labeling.jobs.states import UNFINISHED, AssignmentState, JobState, ObjectState, TaskState
from labeling.workforce.models import User

BATCH = 200  # lines a transaction
EXCERPT = 200


@dataclass(frozen=True)
class Refused:
    """A line that was not taken: its number from 1, the rule that it breaks, what is wrong and what to do."""

    line: int
    rule: str
    what: str
    todo: str = ""


@dataclass
class Intake:
    """What came in."""

    taken: int = 0
    failed: int = 0
    refused: list[Refused] = field(default_factory=list)
    predictions: int = 0
    refused_predictions: list[Refused] = field(default_factory=list)


@dataclass(frozen=True)
class Upload:
    """A file from a browser: its name for display only, and its bytes."""

    name: str
    stream: BinaryIO


def take_manifest(job: LabelingJob, *, stream: LineSource, root: Path | None, by: User, now: datetime) -> Intake:
    """Take the lines of a manifest; relative references stand for files under `root` (None: they are not followed)."""

    return _take(job, read_lines(stream), _opener(root), from_root=root is not None, by=by, now=now)


def _opener(root: Path | None) -> Opener:
    def opener(reference: Reference) -> BinaryIO:
        if root is None:
            raise NotFound(
                f'"{reference.text}" is a relative reference, and no folder was named.',
                todo="Name the folder of the files (--root), or upload them together with the manifest.",
            )
        return open_under(root, reference)

    return opener


def take_folder(job: LabelingJob, *, folder: Path, by: User, now: datetime) -> Intake:
    """Take every file in `folder` and below, in the order of their names. Raises InvalidJob when there is none."""
    if not folder.is_dir():
        raise InvalidJob(f"There is no folder {folder}.", where="input", todo="Name a folder or a manifest file.")
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not names:
        raise InvalidJob(f"The folder {folder} is empty.", where="input", todo="Put files into it, or name another.")
    lines = (_line_for(number, name) for number, name in enumerate(names, start=1))
    return _take(job, lines, _opener(folder), from_root=True, by=by, now=now)


def take_upload(job: LabelingJob, *, files: Sequence[Upload], by: User, now: datetime) -> Intake:
    """Take files from a browser: manifests (.manifest, .jsonl), whose relative references name other uploaded files,
    or, without a manifest, the files themselves. Raises InvalidJob when there is none."""
    if not files:
        raise InvalidJob("No file was sent.", where="input", todo="Choose files or a manifest.")
    manifests = [upload for upload in files if upload.name.lower().endswith((".manifest", ".jsonl"))]
    others, twice = _by_name([upload for upload in files if upload not in manifests])

    def opener(reference: Reference) -> AbstractContextManager[BinaryIO]:
        stream = others.get(reference.text) or others.get(reference.name)
        if stream is None:
            raise NotFound(f'"{reference.text}" is not among the uploaded files.', todo="Upload it with the manifest.")
        stream.seek(0)
        return nullcontext(stream)  # not closed: another line may name the same file

    if not manifests:
        lines = (_line_for(number, name) for number, name in enumerate(sorted(others), start=1))
        return _take(job, chain(lines, twice), opener, by=by, now=now)
    intake = Intake()
    for manifest in manifests:
        part = _take(job, chain(read_lines(manifest.stream), twice), opener, by=by, now=now)
        twice = []
        intake.taken += part.taken
        intake.failed += part.failed
        intake.refused += part.refused
        intake.predictions += part.predictions
        intake.refused_predictions += part.refused_predictions
    return intake


def _by_name(files: Sequence[Upload]) -> tuple[dict[str, BinaryIO], list[ManifestLineError]]:
    """The files' streams, and a complaint for each further file of a name."""
    streams: dict[str, BinaryIO] = {}
    twice: list[ManifestLineError] = []
    for upload in files:
        if streams.setdefault(upload.name, upload.stream) is not upload.stream:
            said = f'A second file is called "{upload.name}".'
            twice.append(ManifestLineError(0, "E-FILE-TWICE", said, todo="Rename it."))
    return streams, twice


def _line_for(number: int, name: str) -> Line | ManifestLineError:
    """A file's line; a name that is no UTF-8 (its odd bytes are lone surrogates here) has no place in a manifest."""
    if any("\ud800" <= character <= "\udfff" for character in name):
        return ManifestLineError(number, "E-UTF8", f"The file name {name!a} is no UTF-8.", todo="Rename the file.")
    value = {"source-ref": name}
    return Line(number=number, text=json.dumps(value, ensure_ascii=False, separators=(",", ":")), object=value)


def _take(
    job: LabelingJob,
    lines: Iterable[Line | ManifestLineError],
    opener: Opener,
    *,
    from_root: bool = False,
    by: User,
    now: datetime,
) -> Intake:
    kind = type_of(job)
    medium = kind.media
    taker = MediaTaker(medium, sequences=kind.sequences)
    names = Questions(job).names
    intake = Intake()
    for batch in _batches(lines):
        good, refused = _sort(batch, medium, names)
        fetched = taker.fetch([(_name(line, given), given.source.reference) for line, given in good], opener)
        rows = [
            _object(job, line, given, media, from_root=from_root)
            for (line, given), media in zip(good, fetched, strict=True)
        ]
        _store(job, rows, refused)
        intake.taken += len(rows)
        intake.failed += sum(row.state == ObjectState.FAILED for row in rows)
        intake.refused += [as_refused(error) for error in refused]
        if job.predictions_attribute:
            lines_with_rows = [(line, row) for (line, _), row in zip(good, rows, strict=True)]
            came = keep_predictions(job, lines_with_rows, opener, now=now)
            intake.predictions += came.taken
            intake.refused_predictions += [as_refused(error) for error in came.refused]
    with write():
        note("objects-taken", by=by, now=now, job=job, taken=intake.taken, refused=len(intake.refused))
        if medium == "video":
            transaction.on_commit(hint_media)
        _run_again(job)
        later(job, "objects", now=now)
    return intake


def as_refused(error: ManifestLineError) -> Refused:
    return Refused(error.line, error.rule, error.what, error.todo)


def _run_again(job: LabelingJob) -> None:
    """A complete job with new objects is complete no more. Call inside a transaction."""
    if DataObject.objects.filter(job=job, state__in=UNFINISHED).exists():
        done = lock_row(LabelingJob.objects.filter(pk=job.pk, state=JobState.COMPLETED))
        done.update(state=JobState.RUNNING, ended_at=None)


def _batches(lines: Iterable[Line | ManifestLineError]) -> Iterator[list[Line | ManifestLineError]]:
    source = iter(lines)
    while batch := list(islice(source, BATCH)):
        yield batch


def _sort(
    batch: Sequence[Line | ManifestLineError], medium: str, names: Sequence[str]
) -> tuple[list[tuple[Line, InputLine]], list[ManifestLineError]]:
    good: list[tuple[Line, InputLine]] = []
    refused: list[ManifestLineError] = []
    for line in batch:
        if isinstance(line, ManifestLineError):
            refused.append(line)
            continue
        try:
            given = check_input(line, medium)  # type: ignore[arg-type]
            _check_room(line, names)
            good.append((line, given))
        except ManifestLineError as error:
            refused.append(error)
    return good, refused


def _check_room(line: Line, names: Sequence[str]) -> None:
    """Raises ManifestLineError where a label of the job, or its metadata, would take the place of what came."""
    key = key_in_the_way(line.object, names)
    if key is not None:
        said = f'The job would write its label over the key "{key}", and what stands there is none of its labels.'
        todo = "Rename the key, or make a job with another label attribute name."
        raise ManifestLineError(line.number, "E-LAN-TAKEN", said, pointer=pointer(key), todo=todo)


def _name(line: Line, given: InputLine) -> str:
    if given.source.reference is not None:
        return given.source.reference.name[:200] or f"object {line.object_id}"
    shown = "".join(character if character.isprintable() else " " for character in given.source.value[:80])
    return " ".join(shown.split()) or f"object {line.object_id}"


def _object(
    job: LabelingJob, line: Line, given: InputLine, media: FetchedMedia | Problem | None, *, from_root: bool
) -> DataObject:
    row = DataObject(job=job, line=line.text, name=_name(line, given), from_root=from_root)
    if isinstance(media, Problem):
        row.state = ObjectState.FAILED
        row.failure_reason = f"ClientError: {media.what}"
    elif media is not None:
        row.media = media.row
    if row.state != ObjectState.FAILED and _has_label(job, line):
        row.state = ObjectState.LABELED
    return row


def _has_label(job: LabelingJob, line: Line) -> bool:
    """Chaining under the same name: what has a usable label is copied through (spec section 8.3)."""
    name = job.label_attribute
    return failure_of(line.object, name) is None and read_label(line.object, name) is not None


def _store(job: LabelingJob, rows: Sequence[DataObject], refused: Sequence[ManifestLineError]) -> None:
    with write():
        lock_row(Tally.objects.filter(job=job)).get()  # two uploads at once take their positions in turn
        top = job.objects_of.aggregate(top=Max("position"))["top"]
        for position, row in enumerate(rows, start=0 if top is None else top + 1):
            row.position = position
        DataObject.objects.bulk_create(rows)
        RefusedLine.objects.bulk_create(
            RefusedLine(job=job, line=error.line, rule=error.rule[:20], what=error.what, todo=error.todo)
            for error in refused
        )
        Tally.objects.filter(job=job).update(
            total=F("total") + len(rows),
            refused=F("refused") + len(refused),
            failed=F("failed") + sum(row.state == ObjectState.FAILED for row in rows),
            by_people=F("by_people") + sum(row.state == ObjectState.LABELED for row in rows),
        )


def retry_failed(job: LabelingJob, *, by: User, now: datetime) -> int:
    """Offer failed objects once more, their files read anew where they were missing; how many came back.

    What fails again keeps its new reason.
    """
    rows = DataObject.objects.filter(job=job, state=ObjectState.FAILED)
    missing = rows.filter(media__isnull=True, from_root=True).order_by("position")
    _fetch_again(job, [row for row in missing if _reference(row)])
    with write():
        chosen = [
            row.pk for row in lock_row(rows.order_by("pk")) if row.media_id is not None or _reference(row) is None
        ]
        last = Task.objects.filter(data_object__in=chosen).exclude(SENT_BACK)
        Assignment.objects.filter(task__in=last, state=AssignmentState.WITHDRAWN).update(state=AssignmentState.OPEN)
        Decline.objects.filter(task__data_object__in=chosen).delete()
        asked = set(last.values_list("data_object_id", flat=True))
        last.update(state=TaskState.OPEN)
        _look_again(job, last, now)
        for state, part in ((ObjectState.WITH_PEOPLE, asked), (ObjectState.PENDING, set(chosen) - asked)):
            DataObject.objects.filter(pk__in=part).update(state=state, failure_reason="", retries=F("retries") + 1)
        Tally.objects.filter(job=job).update(failed=F("failed") - len(chosen))
        _run_again(job)
        note("failed-retried", by=by, now=now, job=job, objects=len(chosen))
        later(job, "objects", now=now)
    return len(chosen)


def _look_again(job: LabelingJob, tasks: QuerySet[Task], now: datetime) -> None:
    """Tasks that have all their answers are not waited for: what could not be made into a label is tried once more."""
    held = Q(assignments__state__in=[AssignmentState.OPEN, AssignmentState.LEASED])
    given = Q(assignments__state=AssignmentState.SUBMITTED)
    counted = tasks.annotate(left=Count("assignments", filter=held), given=Count("assignments", filter=given))
    full = counted.filter(left=0, given__gt=0).values_list("pk", flat=True)
    Outbox.objects.bulk_create(
        Outbox(job=job, kind="again", body={"task": pk, "tries": 0}, created_at=now) for pk in full
    )


def _reference(row: DataObject) -> Reference | None:
    text = row.content.get("source-ref")
    return classify(text) if isinstance(text, str) else None  # its line was taken, so it can be classified


def _fetch_again(job: LabelingJob, rows: Sequence[DataObject]) -> None:
    kind = type_of(job)
    taker = MediaTaker(kind.media, sequences=kind.sequences)
    opener = _opener(Path(job.root) if job.root else None)
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        fetched = taker.fetch([(row.name, _reference(row)) for row in batch], opener)
        with write():
            for row, media in zip(batch, fetched, strict=True):
                again = DataObject.objects.filter(pk=row.pk, state=ObjectState.FAILED)
                if isinstance(media, FetchedMedia):
                    again.update(media=media.row)
                elif isinstance(media, Problem):
                    again.update(failure_reason=f"ClientError: {media.what}", retries=F("retries") + 1)
