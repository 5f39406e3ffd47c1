"""A folder of files that can be made again, of a bounded size: what was not read for longest goes first."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from labeling.storage.atomic import make_folder

SLACK = 0.9  # trimmed below the limit, so that not every new file must look through the folder


class BoundedFiles:
    """`<root>/<name>`, at most `limit` bytes of them but for the newest. The folder may be emptied at any second."""

    def __init__(self, root: Path, limit: int) -> None:
        self.root, self.limit = root, limit

    def get(self, name: str) -> bytes | None:
        """The bytes, or None; being read keeps a file longer."""
        place = self._place(name)
        try:
            content = place.read_bytes()
        except FileNotFoundError:
            return None
        with suppress(FileNotFoundError):
            os.utime(place)
        return content

    def put(self, name: str, content: bytes) -> None:
        """Whole or not at all; not flushed to disk: it can be made again."""
        place = self._place(name)
        make_folder(self.root)
        new = place.with_name(f".{os.getpid()}-{os.urandom(4).hex()}")
        new.write_bytes(content)
        new.replace(place)
        self._trim(keep=place.name)

    def _trim(self, *, keep: str) -> None:
        with os.scandir(self.root) as entries:
            files = [(entry.stat().st_mtime, entry.stat().st_size, entry.name) for entry in entries]
        total = sum(size for _, size, _ in files)
        if total <= self.limit:
            return
        for _, size, name in sorted(files):
            if name != keep:
                with suppress(FileNotFoundError):
                    (self.root / name).unlink()
                total -= size
            if total <= self.limit * SLACK:
                return

    def _place(self, name: str) -> Path:
        if "/" in name or name.startswith("."):
            raise ValueError(f"not the name of a file here: {name!r}")
        return self.root / name
