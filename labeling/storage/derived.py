"""Thumbnails and other files that can be made again. The folder may be emptied at any second."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from labeling.storage.atomic import incoming
from labeling.storage.store import checked_key

VARIANT = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}", re.ASCII)


class DerivedFiles:
    """`<root>/ab/<key>.<variant>`, made from the stored file of that key."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get_or_make(self, key: str, variant: str, make: Callable[[], bytes]) -> Path:
        """The file of this variant; `make` is called when there is none. Two who make it at once both succeed.

        Whatever `make` raises goes through, and nothing is kept. A new way of making a variant needs a new name for it.
        """
        place = self._place(key, variant)
        if not place.is_file():
            content = make()
            with incoming(self.root / "incoming") as new:
                new.stream.write(content)
                new.keep_as(place)
        return place

    def has(self, key: str, variant: str) -> bool:
        return self._place(key, variant).is_file()

    def forget(self, key: str, variant: str) -> None:
        with suppress(FileNotFoundError):
            self._place(key, variant).unlink()

    def _place(self, key: str, variant: str) -> Path:
        if not VARIANT.fullmatch(variant):
            raise ValueError(f"not the name of a variant: {variant!r}")
        return self.root / checked_key(key)[:2] / f"{key}.{variant}"
