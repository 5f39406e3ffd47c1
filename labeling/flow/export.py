"""Labels -> augmented manifest, with the folder that Ground Truth's readers expect (spec section 9).

The outcome is a function of the database: the same bytes twice. A folder is written beside its place and swapped in
whole, so that nobody reads half an export.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labeling.flow.export_labels import labels_of
from labeling.flow.export_piles import Piles
from labeling.flow.export_tables import Format, Table, check_format
from labeling.formats.augmented import Profile, Stamp, attribute_pair, augment, fail, unlabelled
from labeling.formats.folders import OUTPUT_MANIFEST, write_atomically
from labeling.formats.names import job_slug
from labeling.jobs.files import kept
from labeling.jobs.models import Annotation, DataObject, Label, LabelingJob
from labeling.jobs.questions import Questions, type_of
from labeling.jobs.states import ObjectState
from labeling.task_types.base import Json, Question, Verdict

PAGE = 500  # objects a read: one long read would hold a snapshot open


@dataclass(frozen=True)
class Wishes:
    """What a lead wants of an export. `source_prefix`: s3://bucket/folder/ before relative references; the addresses of
    labels' own files begin with it and the job's name, so the exported folder belongs there as it is. `format`: a file
    beside the manifest, for the types that have one. `no_overlaps`: of overlapping parts one, for readers that refuse
    the others."""

    profile: Profile = "pure"
    source_prefix: str = ""
    labeled_only: bool = False
    format: Format = "manifest"
    no_overlaps: bool = False


@dataclass
class Exported:
    """What was written, and what the chosen profile has no place for (W-LOSS: attribute -> how many).

    `table`, `table_lost`: the same of the file beside the manifest, where one was wished for.
    """

    folder: Path
    lines: int = 0
    labeled: int = 0
    failed: int = 0
    lost: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    table: Path | None = None
    table_lost: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def manifest(self) -> Path:
        return self.folder / OUTPUT_MANIFEST


def export_job(job: LabelingJob, *, target: Path, wishes: Wishes | None = None) -> Exported:
    """Write `<target>/<job name>/`, replacing an earlier export of this job there. Raises BadRequest for a format that
    the job's labels have no place in."""
    wishes = wishes or Wishes()
    check_format(type_of(job), wishes.format)
    slug = job_slug(job.name)
    folder, new = target / slug, target / f".{slug}.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    exported = Exported(folder)
    piles = Piles(new, waves=_waves(job))
    table = None
    if wishes.format != "manifest":
        table = Table(new, slug, wishes.format, type_of(job), exported.table_lost)
        exported.table = folder / table.path.relative_to(new)
    write_atomically(new / OUTPUT_MANIFEST, _lines(job, wishes, piles, exported, table))
    piles.close()
    if table is not None:
        table.close()
    old = target / f".{slug}.old"
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return exported


def _waves(job: LabelingJob) -> int:
    last = job.tasks.order_by("-wave").values_list("wave", flat=True).first()
    return max(last or 1, job.iterations.count(), 1)


def _lines(job: LabelingJob, wishes: Wishes, piles: Piles, exported: Exported, table: Table | None) -> Iterator[str]:
    questions = Questions(job)
    for page in _pages(job):
        labels = _labels(page)
        answers = _answers(page)
        for row in page:
            label = labels.get(row.pk)
            _work(questions, piles, row, answers.get(row.pk, []))
            line = _line(job, questions, wishes, piles, exported, table, row, label)
            if line is not None:
                exported.lines += 1
                yield line


def _pages(job: LabelingJob) -> Iterator[list[DataObject]]:
    last = -1
    rows = DataObject.objects.filter(job=job).select_related("media").order_by("position")
    while page := list(rows.filter(position__gt=last)[:PAGE]):
        yield page
        last = page[-1].position


def _labels(page: Sequence[DataObject]) -> dict[int, Label]:
    rows = Label.objects.filter(data_object__in=page, current=True).select_related(
        "model_version", "certificate", "voice"
    )
    return {row.data_object_id: row for row in rows}


def _answers(page: Sequence[DataObject]) -> dict[int, list[Annotation]]:
    """Every answer that was ever taken, whatever its standing: work of people is never thrown away."""
    answers: dict[int, list[Annotation]] = defaultdict(list)
    rows = Annotation.objects.filter(data_object__in=page).select_related("worker", "task")
    for row in rows.order_by("submitted_at", "pk"):
        answers[row.data_object_id].append(row)
    return answers


def _work(questions: Questions, piles: Piles, row: DataObject, answers: Sequence[Annotation]) -> None:
    if not answers:
        return
    contents = []
    for one in answers:
        question = questions.about(row, one.task.frames)
        contents.append(questions.type.worker_answer(questions.type.parse(kept(one), question), question))
    piles.worker_answers(row, answers, contents)


def _line(
    job: LabelingJob,
    questions: Questions,
    wishes: Wishes,
    piles: Piles,
    exported: Exported,
    table: Table | None,
    row: DataObject,
    label: Label | None,
) -> str | None:
    if label is not None:
        return _labeled(job, questions, wishes, piles, exported, table, row, label)
    if row.state == ObjectState.LABELED:  # labeled when it came, under the same name: copied through
        exported.labeled += 1
    elif wishes.labeled_only:
        return None
    if row.state == ObjectState.FAILED:
        exported.failed += 1
        name, *further = questions.names
        return fail(
            row.line,
            name=name,
            further=further,
            reason=row.failure_reason,
            retry_count=row.retries,
            source_prefix=wishes.source_prefix,
        )
    return unlabelled(row.line, source_prefix=wishes.source_prefix)


def _labeled(
    job: LabelingJob,
    questions: Questions,
    wishes: Wishes,
    piles: Piles,
    exported: Exported,
    table: Table | None,
    row: DataObject,
    label: Label,
) -> str:
    exported.labeled += 1
    question = questions.about(row)
    verdict = _verdict(questions, label, question)
    if table is not None:
        table.add(row, verdict, question)
    if wishes.no_overlaps:
        verdict, dropped = questions.type.flat(verdict)
        if dropped:
            exported.lost["overlapping spans"] += dropped
    attributes = labels_of(
        job, questions.type, row, verdict, question, created=label.created_at, prefix=_address(job, wishes)
    )
    if wishes.profile == "pure":
        for lost in questions.type.lost(verdict, attributes[job.label_attribute], question):
            exported.lost[lost] += 1
    stamp = Stamp(questions.type.manifest_type, job_slug(job.name), label.by == Label.By.PEOPLE, label.created_at)
    line = row.line
    pairs: Json = {}
    for name, attribute in attributes.items():
        ours = {**attribute.ours, **_ours(job, label)}
        pairs |= attribute_pair(name, attribute, stamp, ours=ours, profile=wishes.profile)
        line = augment(
            line,
            name=name,
            label=attribute,
            stamp=stamp,
            ours=ours,
            profile=wishes.profile,
            source_prefix=wishes.source_prefix,
        )
        for path, content in attribute.side_files.items():
            piles.side_file(path, content)
    piles.label(row, label, pairs)
    return line


def _verdict(questions: Questions, label: Label, question: Question) -> Verdict[Any]:
    return Verdict(
        answer=questions.type.parse(kept(label), question),
        confidence=label.confidence,
        parts=label.parts,
        votes=label.votes,
    )


def _address(job: LabelingJob, wishes: Wishes) -> str:
    """Where labels' files stand: below the prefix of the references, as the whole folder is taken there."""
    return f"{wishes.source_prefix.rstrip('/')}/{job_slug(job.name)}/" if wishes.source_prefix else ""


def _ours(job: LabelingJob, label: Label) -> Json:
    """What the format has no place for; written in the extended profile only."""
    ours: Json = {"v": 1, "annotators": label.votes, "confidence": round(label.confidence, 4)}
    if label.notes:
        ours["notes"] = label.notes
    if label.voice is not None:
        ours |= {"voice": label.voice.number, "voice_decided": label.voice_decided}
    if label.certificate is not None and label.model_version is not None:
        ours |= {
            "model": label.model_version.number,
            "promise": label.certificate.promise,
            "risk": job.risk,
            "threshold": label.certificate.threshold,
            "audited": label.certificate.audited,
            "wrong": label.certificate.wrong,
        }
    return ours
