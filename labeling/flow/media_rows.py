"""Bytes of data objects -> storage and Media rows, many files in one look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from labeling.errors import NotYet, Problem
from labeling.flow.sequence_rows import sequence_row
from labeling.formats.references import Reference
from labeling.formats.sequences import MOST_BYTES, names_sequence, read_sequence
from labeling.jobs.dialect import write
from labeling.jobs.files import store
from labeling.jobs.frame_tables import keep_table
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

    def __init__(self, medium: Medium, limits: Limits | None = None, *, sequences: bool = False) -> None:
        self.medium = medium
        self.sequences = sequences  # a reference to a .json is a frame sequence
        self.limits = limits or Limits()
        self.store = store()

    def fetch(
        self,
        wanted: Sequence[tuple[str, Reference | None]],
        opener: Opener,
    ) -> list[FetchedMedia | Problem | None]:
        """For each (name, reference): its media, why there is none, or None where the object stands in its line."""
        keys = [None if reference is None else self._taken(reference, opener) for _, reference in wanted]
        rows = self._rows([key for key in keys if isinstance(key, str)])
        return [rows[key] if isinstance(key, str) else key for key in keys]

    def _taken(self, reference: Reference, opener: Opener) -> str | FetchedMedia | Problem:
        if not self.sequences or not names_sequence(reference):
            return self.keep(reference, opener, medium=self.medium)
        key = self.keep(reference, opener, medium="text")
        return key if isinstance(key, Problem) else self._sequence(key, opener)

    def _sequence(self, key: str, opener: Opener) -> FetchedMedia | Problem:
        """Each frame is copied into storage as a picture is, and looked at with the others."""
        try:
            with self.store.open(key) as stream:
                sequence = read_sequence(stream.read(MOST_BYTES + 1))
            keys = []
            for frame in sequence.frames:
                kept = self.keep(sequence.reference(frame), opener, medium="image")
                if isinstance(kept, Problem):
                    raise kept
                keys.append(kept)
            return FetchedMedia(sequence_row(key, sequence, keys, limits=self.limits))
        except Problem as problem:
            return problem

    def keep(self, reference: Reference, opener: Opener, *, medium: Medium) -> str | Problem:
        """Copy a file into storage; its key."""
        limit = {
            "image": self.limits.image_bytes,
            "video": self.limits.video_bytes,
            "text": self.limits.text_bytes,
        }[medium]
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
        facts = {**asdict(probed.facts), "text": "", "shown": probed.shown, "codec": probed.codec}
        more: dict[str, Any] = {}
        if probed.table is not None:
            facts["quick"] = probed.quick
            more = {"frame_table_key": keep_table(probed.table), "state": Media.State.WAITING}
        row, _ = Media.objects.get_or_create(
            digest=key,
            kind=self.medium,
            defaults={"content_type": probed.content_type, "size": probed.size, "facts": facts, **more},
        )
        return row
