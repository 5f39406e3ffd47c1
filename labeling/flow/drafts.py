"""Unsent work, kept on the server within seconds, whatever becomes of the lease."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from labeling.errors import BadRequest, DraftOutdated
from labeling.jobs.dialect import lock_row, write
from labeling.jobs.lease_tokens import secret_in
from labeling.jobs.models import Assignment, Draft
from labeling.workforce.models import User

HISTORY = 500  # diffs kept for undo after a reload
MOST_HISTORY = 4 * 2**20  # characters of them: each save writes them anew, and a stroke on a ragged mask has 100,000

Diff = dict[str, Any]


def save_draft(
    assignment: Assignment, *, worker: User, token: str, base: int, diffs: Sequence[Diff], now: datetime
) -> int:
    """Apply `diffs` to the draft at revision `base`; returns the new revision.

    Raises DraftOutdated, with the server's revision and document, when the draft has moved on: nothing is merged.
    """
    secret_in(token, assignment, worker)
    with write():
        Draft.objects.get_or_create(task_id=assignment.task_id, worker=worker, defaults={"saved_at": now})
        draft = lock_row(Draft.objects.filter(task_id=assignment.task_id, worker=worker)).get()
        if draft.revision != base:
            raise DraftOutdated(
                "This object was changed in another window.",
                revision=draft.revision,
                document=draft.document,
                todo="Look at both and keep one.",
            )
        for place, diff in enumerate(diffs):
            apply(draft.document, diff, where=f"/diffs/{place}")
        draft.history = recent(draft.history, diffs)
        draft.revision += 1
        draft.saved_at = now
        draft.save(update_fields=["document", "history", "revision", "saved_at"])
    return int(draft.revision)


def recent(history: Sequence[Diff], diffs: Sequence[Diff]) -> list[Diff]:
    """The latest of both. All of `diffs`, so that an editor that heard no answer finds them here when it asks again."""
    kept = list(diffs)[-HISTORY:]
    room = MOST_HISTORY - sum(len(json.dumps(diff)) for diff in kept)
    for diff in reversed(history[-HISTORY:]):
        room -= len(json.dumps(diff))
        if room < 0 or len(kept) == HISTORY:
            break
        kept.insert(0, diff)
    return kept


def apply(document: dict[str, Any], diff: Diff, *, where: str) -> None:
    """Change `document` ({record id: record}) by one diff of the editor: added, updated [from, to], removed."""
    parts = {name: diff.get(name, {}) for name in ("added", "updated", "removed")}
    if not all(isinstance(part, dict) for part in parts.values()) or set(diff) - set(parts):
        raise BadRequest(
            "A diff holds added, updated and removed, each by record id.",
            where=where,
            todo="Send it as the editor does.",
        )
    document.update(parts["added"])
    for record, change in parts["updated"].items():
        if not (isinstance(change, list) and len(change) == 2):
            raise BadRequest("A change is [from, to].", where=f"{where}/updated/{record}", todo="Send both.")
        document[record] = change[1]
    for record in parts["removed"]:
        document.pop(record, None)
