"""Exports that a lead asks for on a page: written in the background, kept as one archive, downloaded when ready."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from labeling.errors import Problem
from labeling.flow.audit_trail import note
from labeling.flow.export import Wishes, export_job
from labeling.flow.export_tables import check_format
from labeling.flow.later import later
from labeling.jobs.dialect import write
from labeling.jobs.files import home, store
from labeling.jobs.models import Export, LabelingJob, Outbox
from labeling.jobs.questions import type_of
from labeling.workforce.models import User

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same archive for the same content


def request_export(job: LabelingJob, *, wishes: Wishes, by: User, now: datetime) -> Export:
    """Ask for an export; while one of the same wishes is being written, that one is given back. Raises BadRequest for a
    format that the job's labels have no place in."""
    check_format(type_of(job), wishes.format)
    options = asdict(wishes)
    with write():
        waiting = Export.objects.filter(job=job, state=Export.State.WAITING, options=options).first()
        if waiting is not None:
            return waiting
        export = Export.objects.create(job=job, options=options, made_by=by, made_at=now)
        note("export-requested", by=by, now=now, job=job, **options)
        later(job, "export", now=now, export=export.pk)
    return export


def export_waiting(job_id: int, *, now: datetime) -> None:
    """Write what was asked for. Repeatable: an export is ready only when all of it is kept."""
    for entry in Outbox.objects.filter(job_id=job_id, kind="export").order_by("pk"):
        export = Export.objects.select_related("job").get(pk=entry.body["export"])
        try:
            columns = _write(export)
        except (Problem, OSError) as error:
            columns = {"state": Export.State.FAILED, "reason": str(error)}
        with write():
            Export.objects.filter(pk=export.pk).update(made_at=now, **columns)
            entry.delete()


def _write(export: Export) -> dict[str, object]:
    folder = home() / "exports" / str(export.pk)
    exported = export_job(export.job, target=folder, wishes=Wishes(**export.options))
    archive = folder / "export.zip"
    _zip(exported.folder, archive)
    keeper = store()
    with archive.open("rb") as whole, exported.manifest.open("rb") as manifest:
        columns = {
            "state": Export.State.READY,
            "archive_key": keeper.put(whole),
            "manifest_key": keeper.put(manifest),
            "lines": exported.lines,
        }
    shutil.rmtree(folder, ignore_errors=True)
    return columns


def _zip(folder: Path, place: Path) -> None:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder.parent)), ZIP_EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with path.open("rb") as source, archive.open(entry, "w") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
