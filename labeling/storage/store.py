"""What every store of bytes offers. A key is the SHA-256 of the bytes, so a key can never come to mean other bytes."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from labeling.errors import NotFound

KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Store(Protocol):
    """Bytes by their digest. Names that people gave to files are display text and never reach a store."""

    def put(self, source: bytes | BinaryIO, *, limit: int | None = None) -> str:
        """Keep the bytes and return their key; the same bytes twice are one file.

        When it returns, the bytes survive a power cut. Raises TooLarge beyond `limit` bytes.
        """

    def open(self, key: str) -> BinaryIO:
        """The bytes from their beginning, seekable. Raises NotFound."""

    def size(self, key: str) -> int:
        """In bytes. Raises NotFound."""

    def exists(self, key: str) -> bool:
        """False for what is no key, too."""

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """A local file with the bytes, for as long as the block lasts. Never write to it. Raises NotFound."""


def checked_key(key: str) -> str:
    """The key itself; anything else (a path, an upper-case digest) is answered like a key that is not there."""
    if not KEY.fullmatch(key):
        raise NotFound("There is no such file in storage.")
    return key
