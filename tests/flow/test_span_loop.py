"""The loop over a job of spans: the machine learns from tokens, is checked by the exact span, labels what it may."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from labeling.errors import InvalidJob
from labeling.flow import creation, leasing, serving
from labeling.flow.background import work_off
from labeling.flow.export import Wishes, export_job
from labeling.flow.learning import pool_of
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import Label, LabelingJob, ModelVersion
from labeling.jobs.questions import Questions
from labeling.jobs.voices import newest_voice
from labeling.learners.tokens import code_of
from labeling.task_types.base import Attribute
from labeling.task_types.tags import Stretch
from tests.factories import Staff, draft_job, lines_of, staff, take
from tests.flow.looping import in_this_process
from tests.learners.test_tokens import documents

pytestmark = pytest.mark.one_database

COUNT = 300


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


def people_mark(job: LabelingJob, people: Staff, truths: list[list[Stretch]], texts: list[str]) -> int:
    """Answer all that is open, to the letter; how many that were."""
    worker, done = people.workers[0], 0
    while lease := leasing.claim(job, worker=worker, now=database_now()):
        place = lease.task.data_object.position
        spans = [
            {
                "id": str(uuid.UUID(int=number + 1)),
                "shape": "span",
                "category": category,
                "geometry": {"start": start, "end": end, "text": texts[place][start:end]},
            }
            for number, (start, end, category) in enumerate(truths[place])
        ]
        leasing.receive_answer(
            lease,
            worker=worker,
            token=token_of(lease),
            key=uuid.uuid4(),
            answer={"instances": spans},
            active_seconds=2,
            now=database_now(),
        )
        done += 1
    return done


def marked(label: Label) -> list[Stretch]:
    return sorted(
        (one["geometry"]["start"], one["geometry"]["end"], one["category"]) for one in label.answer["instances"]
    )


def test_people_mark_some_the_machine_the_rest_and_its_spans_are_exact(crew: Staff, tmp_path: Path) -> None:
    texts, truths = documents(COUNT)
    rules = {"target_error": 0.1, "classes": ("person", "town"), "audit_share": 0.0, "workers": (1, 1)}
    job: LabelingJob = draft_job(crew, name="Towns", task_type="named-entities", **rules)
    take(job, lines_of(texts))
    creation.start_job(job, by=crew.lead, now=database_now())
    for _ in range(100):
        work_off(job.pk)
        job.refresh_from_db()
        if job.state != "running":
            break
        assert people_mark(job, crew, truths, texts), "nothing is open, and the job is not complete"
    assert job.state == "completed"
    machine = list(Label.objects.filter(job=job, current=True, by=Label.By.MACHINE).select_related("data_object"))
    assert len(machine) > COUNT / 4
    wrong = sum(marked(label) != sorted(truths[label.data_object.position]) for label in machine)
    assert wrong / len(machine) <= 0.1
    assert all(set(label.parts) == {one["id"] for one in label.answer["instances"]} for label in machine)
    version = ModelVersion.objects.filter(job=job).order_by("-number").first()
    assert version is not None
    assert version.metrics["features"] == "tokens-1"
    assert 0 <= version.metrics["oof_accuracy"] <= 1
    asked = [{"data": {"object": label.data_object_id}} for label in machine[:2]]
    for entry, label in zip(serving.predictions_for(job, asked)["results"], machine, strict=False):
        told = [one["value"] for one in entry["result"] if one["type"] == "labels"]
        assert sorted((one["start"], one["end"]) for one in told) == [(start, end) for start, end, _ in marked(label)]
    assert newest_voice(job, Questions(job)) is None
    client = Client()
    client.force_login(crew.lead)
    for page in ("job-model", "job"):
        assert client.get(reverse(page, args=[job.pk])).status_code == 200
    out = export_job(job, target=tmp_path, wishes=Wishes("extended", format="conll"))
    assert out.labeled == COUNT
    assert out.table is not None
    assert out.table.read_text(encoding="utf-8").count("B-person") >= COUNT * 0.9


def test_the_pool_holds_peoples_spans_and_numbers_that_tell_them_apart(crew: Staff) -> None:
    texts, truths = documents(12)
    job: LabelingJob = draft_job(crew, task_type="named-entities", classes=("person", "town"), workers=(1, 1))
    take(job, lines_of(texts))
    creation.start_job(job, by=crew.lead, now=database_now())
    work_off(job.pk)
    assert (pool_of(job).labels == -1).all()
    people_mark(job, crew, [*truths[:10], [], []], texts)
    work_off(job.pk)
    pool = pool_of(job)
    assert pool.spans is not None
    assert [one is not None and sorted(one) for one in pool.spans] == [sorted(one) for one in [*truths[:10], [], []]]
    assert pool.labels.tolist() == [code_of(one) for one in [*truths[:10], [], []]]


def test_the_machine_fills_in_no_attribute_of_a_span_that_must_be_filled_in(crew: Staff) -> None:
    field = Attribute("state", "tick", required=True)
    with pytest.raises(InvalidJob, match="can't fill in"):
        draft_job(crew, task_type="named-entities", target_error=0.1, attributes=[field])
