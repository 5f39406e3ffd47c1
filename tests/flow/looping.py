"""A small job that the machine can learn, and people who answer it."""

from __future__ import annotations

import random
import uuid
from dataclasses import fields
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeling.errors import Problem
from labeling.flow import auto_label, consolidation, glance, learning, leasing, routing
from labeling.flow.background import work_off
from labeling.jobs.clock import database_now
from labeling.jobs.files import kept, store
from labeling.jobs.lease_tokens import page_token_of
from labeling.jobs.models import Assignment, Certificate, DataObject, Iteration, LabelingJob, ModelVersion
from labeling.learners.rounds import Learned
from labeling.learners.run import run
from labeling.quality.risk import RiskLedger
from labeling.workforce.models import User
from tests.factories import Staff, answered, text_job

COMMON = [f"common{number}" for number in range(20)]
OWN = [[f"{name}{number}" for number in range(25)] for name in ("river", "motor")]


def learnable_texts(count: int, *, seed: int = 1, learnable: bool = True) -> tuple[list[str], list[int]]:
    """Texts of two classes with words of their own (or, not learnable, of none), and the truth."""
    chance = random.Random(seed)
    truth = [chance.randrange(2) for _ in range(count)]
    texts = []
    for category in truth:
        words = chance.choices(COMMON, k=5) + (chance.choices(OWN[category], k=5) if learnable else [])
        chance.shuffle(words)
        texts.append(" ".join(words))
    return texts, truth


def machine_job(
    people: Staff, *, count: int = 400, learnable: bool = True, **rules: Any
) -> tuple[LabelingJob, list[int]]:
    texts, truth = learnable_texts(count, learnable=learnable)
    rules = {"target_error": 0.1, "classes": ("water", "street"), "audit_share": 0.0, **rules}
    return text_job(people, texts=texts, handed_out=False, **rules), truth


def in_this_process(patch: pytest.MonkeyPatch) -> None:
    """Training without a child process, which takes seconds to start (test_training_child.py has the child)."""

    def train(folder: Path) -> None:
        try:
            run(folder)
        except Problem as problem:
            raise learning.TrainingFailed(str(problem), where=folder.name) from problem

    patch.setattr(learning, "_run_child", train)


def knowing(truth: list[int]) -> Learned:
    """A model that is right everywhere, and sure of it."""
    proba = np.full((len(truth), 2), 0.01, dtype=np.float32)
    proba[np.arange(len(truth)), truth] = 0.99
    predicted, sure = np.array(truth, dtype=np.int64), np.full(len(truth), 0.99)
    none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    readable = np.ones(len(truth), dtype=np.bool_)
    return Learned(
        trained=True, picks=none, proba=proba, predicted=predicted, confidence=sure, score=sure, readable=readable,
        oof_index=none, oof_proba=np.zeros((0, 2)), oof_predicted=none, oof_score=nothing,
    )  # fmt: skip


def certified_job(
    people: Staff, *, count: int = 120, by_machine: int = 90, share: float = 0.5, stages: int = 2, **rules: Any
) -> tuple[LabelingJob, list[int]]:
    """A job just after its certificate was granted, without the seconds that learning takes.

    The machine has labeled the first objects, the others are with people. `stages`: decisions that the risk has paid.
    """
    job, truth = machine_job(people, count=count, audit_share=share, **rules)
    now = database_now()
    ledger = RiskLedger(job.risk)
    for stage in range(stages):
        ledger = ledger.spend(order=f"order {stage}", objects=[])
    version = ModelVersion.objects.create(
        job=job, number=1, state="ready", training_digest="0" * 64, metrics={}, created_at=now
    )
    certificate = Certificate.objects.create(
        job=job, model_version=version, stage=1, state="granted", promise=job.target_error, risk=ledger.total / 2,
        order_digest="ab" * 32, plan={"drawn": [], "ledger": ledger.as_json()}, covers=by_machine, created_at=now,
        decided_at=now,
    )  # fmt: skip
    Iteration.objects.create(job=job, number=1, phase="done", model_version=version, started_at=now)
    ids = list(DataObject.objects.filter(job=job).order_by("position").values_list("pk", flat=True))
    places = list(range(by_machine))
    auto_label.label_by_machine(job, certificate, knowing(truth), places, ids[:by_machine], now=now)
    routing.to_people(job, ids[by_machine:], draw=DataObject.Draw.REST)
    return job, truth


def people_answer(job: LabelingJob, people: Staff, truth: list[int]) -> int:
    """Whatever is open is answered rightly, in the grid too; how many answers and marks that took."""
    count = 0
    for worker in people.workers:
        count += look_through(job, worker, truth)
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            answered(lease, worker, truth[lease.task.data_object.position], database_now())
            count += 1
    while consolidation.consolidate_waiting(job.pk, now=database_now()):
        pass
    return count


def look_through(job: LabelingJob, worker: User, truth: list[int], *, seconds: float = 0.5) -> int:
    """Pages of the grid as long as there are any, wrong labels marked; how many labels were looked at."""
    looked = 0
    while True:
        now = database_now()
        page, places, _ = glance.lease_page(job, worker=worker, count=28, now=now)
        if page is None:
            return looked
        wrong = [one.pk for one in places if shown(one) != truth[one.task.data_object.position]]
        glance.receive_page(
            page, worker=worker, token=page_token_of(page), key=uuid.uuid4(), wrong=wrong,
            active_seconds=seconds * len(places), now=now,
        )  # fmt: skip
        looked += len(places)


def shown(place: Assignment) -> int:
    assert place.task.prediction is not None
    return int(kept(place.task.prediction)["category"])


def run_to_the_end(job: LabelingJob, people: Staff, truth: list[int]) -> LabelingJob:
    for _ in range(200):
        work_off(job.pk)
        job.refresh_from_db()
        if job.state != "running":
            return job
        assert people_answer(job, people, truth), "nothing is open, and the job is not complete"
    raise AssertionError("the job never ends")


def spoken(
    job: LabelingJob, proba: Any, *, oof: dict[int, Any] | None = None, number: int = 1, readable: Any = None
) -> ModelVersion:
    """A trained version of `job` that says `proba` (N, C); `oof`: place of an object that taught it -> (C,) out of
    fold. What it says of those in `proba` is what it must never be asked."""
    proba = np.asarray(proba, dtype=np.float32)
    held_out = dict(sorted((oof or {}).items()))
    index = np.array(list(held_out), dtype=np.int64)
    apart = np.array(list(held_out.values()), dtype=np.float64).reshape(len(index), proba.shape[1])
    learned = Learned(
        trained=True, picks=np.zeros(0, dtype=np.int64), proba=proba, predicted=proba.argmax(axis=1).astype(np.int64),
        confidence=proba.max(axis=1).astype(np.float64), score=proba.max(axis=1).astype(np.float64),
        readable=np.ones(len(proba), dtype=np.bool_) if readable is None else np.asarray(readable, dtype=np.bool_),
        oof_index=index, oof_proba=apart, oof_predicted=apart.argmax(axis=1).astype(np.int64),
        oof_score=apart.max(axis=1, initial=0),
    )  # fmt: skip
    buffer = BytesIO()
    np.savez(buffer, **{field.name: getattr(learned, field.name) for field in fields(Learned)})
    return ModelVersion.objects.create(
        job=job, number=number, state="ready", training_digest="0" * 64, metrics={}, created_at=database_now(),
        scores_key=store().put(buffer.getvalue()),
    )  # fmt: skip
