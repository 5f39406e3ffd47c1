"""Bytes of data objects -> storage and Media rows, many files in one look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import BinaryIO

from labeling.errors import NotYet, Problem
from labeling.formats.references import Reference
from labeling.jobs.dialect import write
from labeling.jobs.files import store
from labeling.jobs.models import Media
from labeling.media import Limits, Probed, probe_many
from labeling.task_types.base import Medium

LOCAL = {"relative"}

Opener = Callable[[Reference], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True)
class FetchedMedia:
    row: Media


class MediaTaker:
    """Copies files into storage and looks at each once; the same bytes are one row however often they come."""

    def __init__(self, medium: Medium, limits: Limits | None = None) -> None:
        self.medium = medium
        self.limits = limits or Limits()
        self.store = store()

    def fetch(
        self,
        wanted: Sequence[tuple[str, Reference | None]],
        opener: Opener,
    ) -> list[FetchedMedia | Problem | None]:
        """For each (name, reference): its media, why there is none, or None where the object stands in its line."""
        keys = [None if reference is None else self._keep(reference, opener) for _, reference in wanted]
        rows = self._rows([key for key in keys if isinstance(key, str)])
        return [key if key is None or isinstance(key, Problem) else rows[key] for key in keys]

    def _keep(self, reference: Reference, opener: Opener) -> str | Problem:
        limit = {
            "image": self.limits.image_bytes,
            "video": self.limits.video_bytes,
            "text": self.limits.text_bytes,
        }[self.medium]
        try:
            if reference.kind not in LOCAL:
                raise NotYet(
                    f"{reference.kind}:// references are not fetched yet.",
                    todo="Bring the files, and name their folder.",
                )
            with opener(reference) as stream:
                return self.store.put(stream, limit=limit)
        except Problem as problem:
            return problem
        except OSError as error:
            return Problem(f"The file could not be read ({error.strerror}).", where=reference.text)

    def _rows(self, keys: Sequence[str]) -> dict[str, FetchedMedia | Problem]:
        wanted = list(dict.fromkeys(keys))
        known = {row.digest: row for row in Media.objects.filter(digest__in=wanted, kind=self.medium)}
        fresh = [key for key in wanted if key not in known]
        found: dict[str, FetchedMedia | Problem] = {key: FetchedMedia(row) for key, row in known.items()}
        probed = probe_many([self.store.path(key) for key in fresh], self.medium, limits=self.limits)
        with write():
            for key, facts in zip(fresh, probed, strict=True):
                found[key] = facts if isinstance(facts, Problem) else FetchedMedia(self._row(key, facts))
        return found

    def _row(self, key: str, probed: Probed) -> Media:
        row, _ = Media.objects.get_or_create(
            digest=key,
            kind=self.medium,
            defaults={
                "content_type": probed.content_type,
                "size": probed.size,
                "facts": {**asdict(probed.facts), "text": "", "shown": probed.shown, "codec": probed.codec},
            },
        )
        return row
