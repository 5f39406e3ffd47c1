"""A folder of this machine as a store: `<root>/ab/cd/<key>`, two levels, so no folder passes a few thousand names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from labeling.errors import NotFound, TooLarge
from labeling.storage.atomic import Incoming, incoming, sync_folder
from labeling.storage.store import checked_key

CHUNK = 1 << 20


class LocalStore:
    """Content-addressed files under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, source: bytes | BinaryIO, *, limit: int | None = None) -> str:
        stream = BytesIO(source) if isinstance(source, bytes) else source
        with incoming(self.root / "incoming") as new:
            key = _copy(stream, new, limit)
            place = self._place(key)
            if place.is_file():
                sync_folder(place.parent)  # whoever was first may not have come to it yet
            else:
                new.keep_as(place)
        return key

    def path(self, key: str) -> Path:
        place = self._place(key)
        if not place.is_file():
            raise NotFound("There is no such file in storage.")
        return place

    def open(self, key: str) -> BinaryIO:
        return self.path(key).open("rb")

    def size(self, key: str) -> int:
        return self.path(key).stat().st_size

    def exists(self, key: str) -> bool:
        try:
            return self._place(key).is_file()
        except NotFound:
            return False

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        yield self.path(key)

    def _place(self, key: str) -> Path:
        checked_key(key)
        return self.root / key[:2] / key[2:4] / key


def _copy(stream: BinaryIO, new: Incoming, limit: int | None) -> str:
    digest = sha256()
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            raise TooLarge(
                f"The file is larger than {limit / 1e6:,.1f} MB.", todo="Make it smaller, or raise the limit."
            )
        digest.update(chunk)
        new.stream.write(chunk)
    return digest.hexdigest()
