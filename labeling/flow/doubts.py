"""Labels of people that the model doubts: the list that a lead looks through, and what becomes of it.

The list is worked out when somebody asks for it and kept in the process; only what the lead decides is written down.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import log
from typing import Any

import numpy as np
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from labeling.errors import BadRequest, Conflict, InvalidAnswer
from labeling.flow.audit_trail import note
from labeling.flow.later import later
from labeling.jobs.dialect import lock_row, write
from labeling.jobs.files import kept
from labeling.jobs.models import Certificate, DataObject, DoubtCheck, Label, LabelingJob, ModelVersion, Tally, Task
from labeling.jobs.places import ask_again
from labeling.jobs.questions import Questions
from labeling.jobs.states import CertificateState, JobState, ObjectState
from labeling.jobs.voices import Voice, newest_voice
from labeling.learners.doubts import doubt
from labeling.task_types.base import Json, Learnable, Target
from labeling.workforce.models import User

MOST = 2000  # of the list; who has looked at so many has a better model to ask
AT_ONCE = 100  # labels decided on in one call
PAGE = 2000  # labels a read
GROWN = 1.1  # the list of one model is worked out anew when the labels have grown by this factor
RUNS = (JobState.RUNNING, JobState.PAUSED, JobState.COMPLETED)


@dataclass(frozen=True)
class Doubted:
    """`label` with its data object. `chance`, `suggested_chance`: the model's probabilities of the label and of what it
    suggests. `score`: how likely the label is wrong, by which the list is ordered."""

    label: Label
    chance: float
    suggested: Json
    suggested_chance: float
    score: float


@dataclass(frozen=True)
class DoubtList:
    """`shown` the worst first, `left` how many are on the whole list; `version` None: no model has a say yet."""

    version: ModelVersion | None
    shown: Sequence[Doubted]
    left: int


@dataclass(frozen=True)
class Checked:
    """How many labels went back to people, and how many were found right, by this very call."""

    sent_back: int
    kept: int


@dataclass(frozen=True)
class _Ranked:
    label: int
    chance: float
    suggested: int  # class id
    suggested_chance: float
    score: float


def doubts_of(job: LabelingJob, *, limit: int) -> DoubtList:
    """The labels that the newest model doubts and nobody has checked yet, the most doubtful first."""
    questions = Questions(job)
    kind = questions.type
    voice = newest_voice(job, questions)
    if voice is None or not isinstance(kind, Learnable) or kind.target != Target.CLASS:
        return DoubtList(None, [], 0)
    labels = Tally.objects.values_list("by_people", flat=True).get(job=job)
    ranked = _ranked(voice.version.pk, voice.version.scores_key, round(log(max(labels, 1), GROWN)), job.state)
    open_ones = set(_open(job).filter(pk__in=[row.label for row in ranked]).values_list("pk", flat=True))
    rows = [row for row in ranked if row.label in open_ones]
    found = Label.objects.select_related("data_object", "data_object__media").in_bulk(
        [row.label for row in rows[:limit]]
    )
    question = questions.about_any()
    size = len(question.categories)
    shown = [
        Doubted(
            label=found[row.label],
            chance=row.chance,
            suggested=kind.dump(kind.decode(np.eye(size)[row.suggested], question).answer),
            suggested_chance=row.suggested_chance,
            score=row.score,
        )
        for row in rows[:limit]
    ]
    return DoubtList(voice.version, shown, len(rows))


def _open(job: LabelingJob) -> QuerySet[Label]:
    """Labels that may be doubted: current, by people, and not checked.

    What an undecided audit rests on is left out. To look anew only where the machine disagrees would let the audit pass
    too easily; once it is decided, its counts stay as they are.
    """
    undecided: set[int] = set()
    for plan in Certificate.objects.filter(job=job, state=CertificateState.AUDITING).values_list("plan", flat=True):
        undecided |= set(plan["drawn"])
    rows = Label.objects.filter(job=job, current=True, by=Label.By.PEOPLE, data_object__state=ObjectState.LABELED)
    rows = rows.filter(~Exists(DoubtCheck.objects.filter(label=OuterRef("pk"))))
    return rows.exclude(data_object__in=undecided) if undecided else rows


@lru_cache(maxsize=8)
def _ranked(version_id: int, _scores: str, _grown: int, _state: str) -> tuple[_Ranked, ...]:
    version = ModelVersion.objects.select_related("job").get(pk=version_id)
    questions = Questions(version.job)
    voice = newest_voice(version.job, questions)
    if voice is None:
        return ()
    labels, places, classes = _labelled(version.job, questions, voice)
    if not labels:
        return ()
    proba = voice.proba[places].astype(np.float64)
    found = doubt(classes, proba)
    return tuple(
        _Ranked(
            label=labels[place],
            chance=float(proba[place, classes[place]]),
            suggested=int(found.suggested[place]),
            suggested_chance=float(proba[place, found.suggested[place]]),
            score=float(found.score[place]),
        )
        for place in found.order.tolist()
        if found.suspect[place]
    )[:MOST]


def _labelled(job: LabelingJob, questions: Questions, voice: Voice) -> tuple[list[int], Any, Any]:
    """Label ids, their rows in the model's scores, and their class ids: (n,) each."""
    learner = questions.type
    if not isinstance(learner, Learnable) or learner.target != Target.CLASS:  # whole sets are not ranked yet
        return [], None, None
    question = questions.about_any()
    labels, places, classes = [], [], []
    rows = Label.objects.filter(job=job, current=True, by=Label.By.PEOPLE).order_by("pk")
    for label in rows.iterator(chunk_size=PAGE):
        place = voice.places.get(label.data_object_id)
        if place is None or np.isnan(voice.proba[place, 0]):
            continue
        try:
            answer = questions.type.parse(kept(label), question)
        except InvalidAnswer:  # the classes have changed since
            continue
        labels.append(label.pk)
        places.append(place)
        classes.append(int(np.argmax(learner.encode(answer, question))))
    return labels, np.array(places, dtype=np.int64), np.array(classes, dtype=np.int64)


def check_labels(
    job: LabelingJob, *, wrong: Collection[int], right: Collection[int], by: User, now: datetime
) -> Checked:
    """A lead's word on labels (ids): wrong ones go back to people, who are asked afresh; right ones are not doubted
    again and stay as they are.

    Safe to repeat: a label that is current no more, or was checked before, is left alone. Audits that were decided keep
    their counts. Raises BadRequest when a label is both or too many are named, Conflict when the job asks nobody.
    """
    if set(wrong) & set(right):
        raise BadRequest("A label can't be both right and wrong.", where="/wrong", todo="Name it once.")
    if len(wrong) + len(right) > AT_ONCE:
        raise BadRequest(f"{AT_ONCE} labels can be checked at once.", where="/wrong", todo="Send fewer, several times.")
    with write():
        lock_row(LabelingJob.objects.filter(pk=job.pk)).get()  # a job that is just being finished waits, or we do
        job.refresh_from_db(fields=["state"])
        if wrong and job.state not in RUNS:
            raise Conflict(
                "Nobody is asked in this job right now.", where="state", todo="Run it again, then send labels back."
            )
        version = newest_version(job)
        open_ones = _open(job).filter(Q(pk__in=wrong) | Q(pk__in=right)).order_by("pk")
        rows = {row.pk: row for row in lock_row(open_ones)} if version else {}
        DoubtCheck.objects.bulk_create(
            DoubtCheck(job=job, label=row, model_version=version, verdict=_verdict(row, wrong), by=by, at=now)
            for row in rows.values()
        )
        back = [row for pk, row in rows.items() if pk in set(wrong)]
        if back:
            _send_back(job, back, now)
        checked = Checked(sent_back=len(back), kept=len(rows) - len(back))
        if rows:
            note("labels-checked", by=by, now=now, job=job, sent_back=checked.sent_back, kept=checked.kept)
    return checked


def newest_version(job: LabelingJob) -> ModelVersion | None:
    voice = newest_voice(job, Questions(job))
    return voice.version if voice else None


def _verdict(row: Label, wrong: Collection[int]) -> str:
    return DoubtCheck.Verdict.WRONG if row.pk in wrong else DoubtCheck.Verdict.RIGHT


def _send_back(job: LabelingJob, labels: Sequence[Label], now: datetime) -> None:
    objects = [label.data_object_id for label in labels]
    checks = Task.objects.filter(data_object__in=objects, purpose=Task.Purpose.AUDIT)
    audited = checks.values("data_object").distinct().count()
    Label.objects.filter(pk__in=[label.pk for label in labels]).update(current=False)
    DataObject.objects.filter(pk__in=objects).update(state=ObjectState.WITH_PEOPLE)
    last = job.tasks.order_by("-wave").values_list("wave", flat=True).first()
    ask_again(job, objects, wave=last or 1)
    Tally.objects.filter(job=job).update(by_people=F("by_people") - len(objects), audited=F("audited") - audited)
    LabelingJob.objects.filter(pk=job.pk, state=JobState.COMPLETED).update(state=JobState.RUNNING, ended_at=None)
    later(job, "objects", now=now)
