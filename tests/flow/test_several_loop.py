"""The loop on texts with several classes each: what is learned, certified and labeled are whole sets."""

from __future__ import annotations

import random
import uuid

import numpy as np
import pytest

from labeling.flow import consolidation, leasing
from labeling.flow.background import work_off
from labeling.flow.doubts import doubts_of
from labeling.flow.learning import pool_of
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import Certificate, Label, LabelingJob, ModelVersion, Prediction
from labeling.learners.several import codes_of
from tests.factories import Staff, staff, text_job
from tests.flow.looping import COMMON, in_this_process

pytestmark = pytest.mark.one_database

CLASSES = ("water", "street", "night")
OWN = [[f"{name}{number}" for number in range(12)] for name in CLASSES]


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


def texts_of_sets(count: int) -> tuple[list[str], list[list[int]]]:
    """Texts with words of each of their classes, and the truth: none to three classes."""
    chance = random.Random(4)
    truth = [[category for category in range(3) if chance.random() < 0.45] for _ in range(count)]
    texts = []
    for chosen in truth:
        words = chance.choices(COMMON, k=4)
        for category in chosen:
            words += chance.choices(OWN[category], k=4)
        chance.shuffle(words)
        texts.append(" ".join(words))
    return texts, truth


def several_job(crew: Staff, texts: list[str], **rules: object) -> LabelingJob:
    return text_job(
        crew,
        texts=texts,
        handed_out=False,
        task_type="text-classification-multilabel",
        classes=CLASSES,
        settings={"allow_none": True},
        **{"target_error": 0.1, "audit_share": 0.0, **rules},
    )


def run_to_the_end(job: LabelingJob, crew: Staff, truth: list[list[int]]) -> LabelingJob:
    (worker,) = crew.workers
    for _ in range(100):
        work_off(job.pk)
        job.refresh_from_db()
        if job.state != "running":
            return job
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            leasing.receive_answer(
                lease,
                worker=worker,
                token=token_of(lease),
                key=uuid.uuid4(),
                answer={"categories": truth[lease.task.data_object.position]},
                active_seconds=2.0,
                now=database_now(),
            )
        while consolidation.consolidate_waiting(job.pk, now=database_now()):
            pass
    raise AssertionError("the job never ends")


def test_the_machine_labels_whole_sets_and_keeps_its_promise(crew: Staff) -> None:
    texts, truth = texts_of_sets(400)
    job = run_to_the_end(several_job(crew, texts), crew, truth)
    assert job.state == "completed", job.trouble
    labels = Label.objects.filter(job=job, current=True).select_related("data_object")
    by_machine = [label for label in labels if label.by == "machine"]
    assert len(by_machine) > 100
    wrong = [label for label in by_machine if label.answer["categories"] != truth[label.data_object.position]]
    assert len(wrong) <= 0.1 * len(by_machine)
    assert len({tuple(label.answer["categories"]) for label in by_machine}) >= 4
    assert all(set(label.parts) == set(map(str, label.answer["categories"])) for label in by_machine)
    assert Certificate.objects.get(job=job, state="granted").covers >= len(by_machine)
    assert labels.count() == 400


def test_the_record_of_a_version_tells_each_class(crew: Staff) -> None:
    texts, truth = texts_of_sets(300)
    job = run_to_the_end(several_job(crew, texts, show_proposals=True), crew, truth)
    version = ModelVersion.objects.filter(job=job).order_by("number").last()
    assert version is not None
    assert (version.parameters["target"], version.parameters["least"]) == ("classes", 0)
    assert len(version.metrics["by_class"]) == 3
    assert version.background_key == "", "reasons are for one class an object"
    assert doubts_of(job, limit=9).left == 0, "sets are not ranked by doubt"
    some = Prediction.objects.filter(model_version__job=job).first()
    assert some is not None
    assert set(some.answer) == {"categories"}


def test_people_s_sets_are_learned_from_as_they_are(crew: Staff) -> None:
    texts, truth = texts_of_sets(60)
    job = run_to_the_end(several_job(crew, texts, target_error=None), crew, truth)
    pool = pool_of(job)
    wanted = np.array([[category in chosen for category in range(3)] for chosen in truth])
    assert pool.targets is not None
    assert np.array_equal(pool.targets > 0, wanted)
    assert np.array_equal(pool.labels, codes_of(wanted))
