"""What a certificate covers -> labels by machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from labeling.jobs.dialect import write
from labeling.jobs.files import keep, kept
from labeling.jobs.halting import Halted, still_running
from labeling.jobs.models import Certificate, DataObject, Label, LabelingJob, ModelVersion, Prediction, Tally
from labeling.jobs.questions import Questions, learner_of
from labeling.jobs.standing import ask_blind, raise_share, still_granted
from labeling.jobs.states import ObjectState
from labeling.learners.decisions import standing_coin, standing_sample
from labeling.learners.imported import Imported
from labeling.learners.rounds import Learned
from labeling.learners.tokens import LearnedTokens
from labeling.task_types.base import Verdict

BATCH = 250


def label_by_machine(
    job: LabelingJob,
    certificate: Certificate,
    learned: Learned,
    places: Sequence[int],
    ids: Sequence[int],
    *,
    share: float | None = None,
    now: datetime,
) -> int:
    """Label the objects at `places` (of the job's order; `ids` are their data object ids). How many were labeled newly.

    Safe to repeat: only pending objects are labeled, and a label of people is never replaced. A random share of them
    (`share`, else the job's) goes blind to people in the same transaction. Raises Halted when the certificate was
    revoked meanwhile.
    """
    questions = Questions(job)
    labeled = 0
    by_place = dict(zip(places, ids, strict=True))
    machine, order = np.array(places, dtype=np.int64), certificate.order_digest
    if share is not None:
        raise_share(certificate, share)
    checked = job.audit_share if share is None else share
    audited = standing_sample(machine, share=checked, seed=job.seed, order=order).tolist()
    blind = {by_place[place]: standing_coin(place, seed=job.seed, order=order) for place in audited}
    for start in range(0, len(ids), BATCH):
        part = slice(start, start + BATCH)
        verdicts = _verdicts(questions, learned, places[part], ids[part])
        labeled += _write(job, certificate, questions, dict(zip(ids[part], verdicts, strict=True)), blind, now)
    return labeled


def predict(
    job: LabelingJob, version: ModelVersion, learned: Learned, places: Sequence[int], ids: Sequence[int]
) -> None:
    """Keep what a model version says of objects. Repeating it changes nothing."""
    questions = Questions(job)
    for start in range(0, len(ids), BATCH):
        part = slice(start, start + BATCH)
        verdicts = _verdicts(questions, learned, places[part], ids[part])
        rows = [
            Prediction(
                model_version=version,
                data_object_id=pk,
                confidence=min(1.0, verdict.confidence),  # a sum of floats may pass it
                parts=dict(verdict.parts),
                **keep(questions.type.dump(verdict.answer)),
                score=float(learned.score[place]),
            )
            for place, pk, verdict in zip(places[part], ids[part], verdicts, strict=True)
        ]
        with write():
            Prediction.objects.bulk_create(rows, ignore_conflicts=True)


def _verdicts(questions: Questions, learned: Learned, places: Sequence[int], ids: Sequence[int]) -> list[Verdict[Any]]:
    if isinstance(learned, LearnedTokens):
        return _spans(questions, learned, places, ids)
    if isinstance(learned, Imported):
        return _given(questions, [int(learned.answers[place]) for place in places])
    learner, question = learner_of(questions), questions.about_any()
    return [learner.decode(learned.proba[place].astype(float), question) for place in places]


def _spans(
    questions: Questions, learned: LearnedTokens, places: Sequence[int], ids: Sequence[int]
) -> list[Verdict[Any]]:
    """Each document's own tokens make its question."""
    learner = learner_of(questions)
    rows = DataObject.objects.select_related("media").in_bulk(ids)
    asked = zip(places, ids, strict=True)
    return [learner.decode(learned.scores(place), questions.about(rows[pk])) for place, pk in asked]


def _given(questions: Questions, predictions: Sequence[int]) -> list[Verdict[Any]]:
    """What predictions (ids) from elsewhere say, in their own words."""
    rows = Prediction.objects.select_related("data_object__media").in_bulk(predictions)
    made: list[Verdict[Any]] = []
    for row in (rows[pk] for pk in predictions):
        answer = questions.type.parse(kept(row), questions.about(row.data_object))
        made.append(Verdict(answer, row.confidence, row.parts))
    return made


def _write(
    job: LabelingJob,
    certificate: Certificate,
    questions: Questions,
    verdicts: dict[int, Verdict[Any]],
    blind: dict[int, float],
    now: datetime,
) -> int:
    with write():
        still_running(job)
        if not still_granted(certificate):
            raise Halted
        pending = list(
            DataObject.objects.filter(job=job, pk__in=verdicts, state=ObjectState.PENDING).values_list("pk", flat=True)
        )
        Label.objects.bulk_create(
            Label(
                job=job,
                data_object_id=pk,
                confidence=verdicts[pk].confidence,
                parts=dict(verdicts[pk].parts),
                by=Label.By.MACHINE,
                model_version_id=certificate.model_version_id,
                certificate=certificate,
                created_at=now,
                **keep(questions.type.dump(verdicts[pk].answer)),
            )
            for pk in pending
        )
        DataObject.objects.filter(pk__in=pending).update(state=ObjectState.LABELED)
        Tally.objects.filter(job=job).update(by_machine=F("by_machine") + len(pending))
        wave = certificate.model_version.number  # of the round that made the model
        ask_blind(job, certificate, {pk: blind[pk] for pk in pending if pk in blind}, wave=wave)
    return len(pending)


def wrong_by_people(job: LabelingJob, learned: Learned, places: Sequence[int], ids: Sequence[int]) -> NDArray[np.bool_]:
    """(n,) whether the machine was wrong on each audited object, by the task type's own notion of right.

    An object without an answer of people counts as wrong.
    """
    questions = Questions(job)
    wrong = np.ones(len(ids), dtype=np.bool_)
    for start in range(0, len(ids), BATCH):
        part = slice(start, start + BATCH)
        labels = Label.objects.filter(data_object__in=ids[part], current=True, by=Label.By.PEOPLE)
        people = {label.data_object_id: label for label in labels.select_related("data_object__media")}
        for place, (pk, verdict) in enumerate(
            zip(ids[part], _verdicts(questions, learned, places[part], ids[part]), strict=True), start
        ):
            wrong[place] = pk not in people or not _right(questions, verdict, people[pk])
    return wrong


def _right(questions: Questions, verdict: Verdict[Any], label: Label) -> bool:
    question = questions.about(label.data_object)
    return questions.type.right(verdict.answer, questions.type.parse(kept(label), question), question)
