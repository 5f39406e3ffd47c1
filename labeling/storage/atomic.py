"""A file appears whole or not at all, and is still there after a power cut."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO


class Incoming:
    """A file under a temporary name, until `keep_as` gives it its own."""

    def __init__(self, stream: BinaryIO, name: Path) -> None:
        self.stream = stream
        self.name = name

    def keep_as(self, target: Path) -> None:
        """Flush to disk, then rename. Replacing a file of the same name is one step, too."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        make_folder(target.parent)
        self.name.replace(target)
        sync_folder(target.parent)


@contextmanager
def incoming(folder: Path) -> Iterator[Incoming]:
    """Room for a new file; what was not kept at the end of the block is gone.

    `folder` must be on the same file system as the later name. A killed process leaves its temporary file behind, which
    nothing ever reads.
    """
    make_folder(folder)
    handle, name = mkstemp(dir=folder, prefix=".", suffix=".part")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield Incoming(stream, path)
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def make_folder(folder: Path) -> None:
    """Like mkdir -p, readable to its owner only; each new name is flushed to disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """A rename is on disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
