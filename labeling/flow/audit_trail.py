"""Who did what, when: one row for every act of a lead, in the act's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from labeling.jobs.models import AuditEvent, LabelingJob
from labeling.workforce.models import User


def note(what: str, *, by: User | None, now: datetime, job: LabelingJob | None = None, **detail: Any) -> None:
    AuditEvent.objects.create(who=by, what=what, job=job, detail=detail, at=now)
