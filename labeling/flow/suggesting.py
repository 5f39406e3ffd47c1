"""What a job's own settings suggest of its objects, such as known terms: predictions that no model had to make."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from labeling.flow.predictions import complete, store_predictions
from labeling.jobs.files import keep
from labeling.jobs.models import DataObject, LabelingJob, Prediction
from labeling.jobs.questions import Questions

NAME: Final = "terms"  # what an answer's `origin` calls them


def suggest(job: LabelingJob, objects: Collection[int]) -> None:
    """Suggestions for those of `objects` (ids) that have no prediction yet. Safe to repeat.

    They are as old as the job: its settings never change.
    """
    questions = Questions(job)
    if not (job.show_proposals and questions.type.suggesting(job.settings)):
        return
    rows = DataObject.objects.filter(pk__in=objects, predictions=None).select_related("media").order_by("pk")
    made = []
    for row in rows:
        question = questions.about(row)
        verdict = questions.type.suggested(question, f"{job.seed} {row.position}")
        if verdict is None:
            continue
        raw = questions.type.dump(verdict.answer)
        made.append(
            Prediction(
                data_object=row,
                confidence=verdict.confidence,
                parts=dict(verdict.parts),
                score=verdict.confidence,
                complete=complete(questions.type, raw, question),
                **keep(raw),
            )
        )
    if made:
        store_predictions(job, NAME, made, now=job.created_at)
