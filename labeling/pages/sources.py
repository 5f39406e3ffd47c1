"""Where a job's data come from when a lead says it in a browser: a folder or a manifest of the server, or an upload.

A folder or manifest must lie under one of the folders that whoever runs the server has opened (TOUCHSTONE_INPUT), with
links resolved first: a lead is no administrator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from labeling.errors import InvalidJob
from labeling.flow import intake
from labeling.jobs.models import LabelingJob
from labeling.workforce.models import User

MANIFESTS: Final = (".manifest", ".jsonl")
OFFERED: Final = 200  # names in the list of what there is


def roots() -> list[Path]:
    """The folders that leads may name."""
    return [Path(root).resolve() for root in settings.TOUCHSTONE_INPUT]


@dataclass(frozen=True)
class Source:
    """What a lead named: a path of the server, or files of their own."""

    path: Path | None = None
    files: tuple[intake.Upload, ...] = ()

    @property
    def root(self) -> str:
        """The folder that relative references are read from; none for an upload."""
        if self.path is None:
            return ""
        return str(self.path if self.path.is_dir() else self.path.parent)

    def take(self, job: LabelingJob, *, by: User, now: datetime) -> intake.Intake:
        if self.path is None:
            return intake.take_upload(job, files=self.files, by=by, now=now)
        if self.path.is_dir():
            return intake.take_folder(job, folder=self.path, by=by, now=now)
        with self.path.open("rb") as stream:
            return intake.take_manifest(job, stream=stream, root=self.path.parent, by=by, now=now)


def read_source(request: HttpRequest) -> Source:
    """The source of a form. Raises InvalidJob (`where` is "path" or "files") with how to mend it."""
    if request.POST.get("source") == "upload":
        files = tuple(
            intake.Upload(name=upload.name or "", stream=cast(BinaryIO, upload.file))
            for upload in request.FILES.getlist("files")
        )
        if not files:
            raise InvalidJob(_("No file is chosen."), where="files", todo=_("Choose pictures, texts or a manifest."))
        return Source(files=files)
    return Source(path=server_path(request.POST.get("path", "")))


def server_path(typed: str) -> Path:
    """A folder with something in it, or a manifest, under one of the opened folders."""
    try:
        return _checked(_inside(typed.strip()))
    except (OSError, RuntimeError) as error:  # a name too long, a folder that we may not read, links in a ring
        raise _no_such() from error


def _no_such() -> InvalidJob:
    return InvalidJob(
        _("There is no such folder or manifest."), where="path", todo=_("Choose one of the list, or upload files.")
    )


def _checked(path: Path | None) -> Path:
    """Raises InvalidJob for what is no source, OSError for what can't be read."""
    if path is None or not path.exists():
        raise _no_such()
    if path.is_file() and path.suffix.lower() not in MANIFESTS:
        raise InvalidJob(
            _("This file is no manifest."), where="path", todo=_("Name a folder, or a .manifest or .jsonl file.")
        )
    if path.is_dir() and not any(path.iterdir()):
        raise InvalidJob(_("This folder is empty."), where="path", todo=_("Put files into it, or name another."))
    if path.is_file():
        path.open("rb").close()
    return path


def _inside(typed: str) -> Path | None:
    if not typed or "\0" in typed:
        return None
    for root in roots():
        path = (root / typed).resolve()
        if path != root and path.is_relative_to(root):
            return path
    return None


def offered() -> list[str]:
    """Folders and manifests that a lead may name, relative to their opened folder."""
    return list(islice(_offered(), OFFERED))


def _offered() -> Iterator[str]:
    for root in roots():
        if root.is_dir():
            yield from sorted(_below(root, root, depth=3))


def _below(root: Path, folder: Path, *, depth: int) -> Iterator[str]:
    try:
        found = list(islice(folder.iterdir(), 1000))
    except OSError:  # a folder that we may not read is none to offer
        return
    for path in found:
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield path.relative_to(root).as_posix() + "/"
            if depth > 1:
                yield from _below(root, path, depth=depth - 1)
        elif path.suffix.lower() in MANIFESTS:
            yield path.relative_to(root).as_posix()
