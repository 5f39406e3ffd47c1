"""How like the final labels people's answers are. Read only, over the last answers of a job, so that a page can ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from labeling.errors import InvalidAnswer
from labeling.jobs.files import kept
from labeling.jobs.models import Annotation, Label, LabelingJob, Tally
from labeling.jobs.questions import Questions
from labeling.jobs.states import Standing

LOOKED_AT: Final = 500  # last answers of a job
OWN: Final = 100  # last answers of one worker
ENOUGH: Final = 20  # below, a share would say more than it knows
Z: Final = 1.959964  # two-sided 95 %


@dataclass(frozen=True)
class Likeness:
    """Mean agreement with the final label, in [0, 1], over `n` answers, with its 95 % range."""

    mean: float
    low: float
    high: float
    n: int


def likeness(values: Sequence[float]) -> Likeness:
    """The range is Wilson's for a share: for values in [0, 1] that are no yes or no it is only wider than need be.

    values: (n,) in [0, 1], n >= 1. Source: Wilson 1927; the variance of a value in [0, 1] is at most mean (1 - mean).
    """
    n, mean = len(values), sum(values) / len(values)
    middle = (mean + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(mean * (1 - mean) / n + Z * Z / (4 * n * n))
    return Likeness(mean, max(0.0, middle - half), min(1.0, middle + half), n)


Agreement = tuple[Likeness | None, Mapping[int, Likeness]]


def agreement(job: LabelingJob) -> Agreement:
    """Of the whole team (None without evidence), and by worker id.

    Only objects that at least two people answered count: a single answer is its own label. Measured anew only when an
    answer or a label has come: with 20 boxes an answer it takes most of a second.
    """
    answer = Annotation.objects.filter(job=job).order_by("-id").values_list("key", flat=True).first()
    labels = Tally.objects.filter(job=job).values_list("by_people", flat=True).first()
    return _measured(job.pk, answer, labels) if answer and labels else (None, {})


@lru_cache(maxsize=256)
def _measured(job_id: int, _last_answer: UUID, _labels: int) -> Agreement:
    values: dict[int, list[float]] = defaultdict(list)
    for worker, value in _values(Annotation.objects.filter(job=job_id), LOOKED_AT):
        values[worker].append(value)
    everything = [value for own in values.values() for value in own]
    by_worker = {worker: likeness(own) for worker, own in values.items()}
    return (likeness(everything) if everything else None), by_worker


def own_agreement(own: QuerySet[Annotation]) -> Likeness | None:
    """Of one worker's answers, the last of all their jobs; None on less than ENOUGH of them."""
    values = [value for _, value in _values(own, OWN)]
    return likeness(values) if len(values) >= ENOUGH else None


def _values(answers: QuerySet[Annotation], limit: int) -> list[tuple[int, float]]:
    """(worker id, agreement with the final label) of the last counted answers whose label has at least two votes."""
    counted = answers.filter(superseded=False, standing__in=[Standing.COUNTED, Standing.LATE])
    last = list(counted.order_by("-id").select_related("job", "task", "data_object__media")[:limit])
    labels = {
        label.data_object_id: label
        for label in Label.objects.filter(
            data_object__in={a.data_object_id for a in last}, current=True, by=Label.By.PEOPLE, votes__gte=2
        )
    }
    jobs = {answer.job_id: answer.job for answer in last if answer.data_object_id in labels}
    asked = {pk: Questions(job) for pk, job in jobs.items()}
    found = []
    for answer in last:
        label = labels.get(answer.data_object_id)
        if label is None:
            continue
        value = _value(asked[answer.job_id], answer, kept(label))
        if value is not None:
            found.append((answer.worker_id, value))
    return found


def _value(questions: Questions, given: Annotation, label: Any) -> float | None:
    """Agreement of an answer with a label; None when either breaks today's question (its classes have changed)."""
    question, whole = questions.about(given.data_object, given.task.frames), questions.about(given.data_object)
    kind = questions.type
    try:
        there = kind.part_of(kind.parse(label, whole), question)
        return kind.agreement(kind.parse(kept(given), question), there, question)
    except InvalidAnswer:
        return None
