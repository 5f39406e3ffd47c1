"""Terms of a job's settings are suggested where they stand, like the predictions of a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labeling.errors import InvalidJob
from labeling.flow import background, creation, leasing
from labeling.flow.suggesting import suggest
from labeling.jobs.models import DataObject, LabelingJob, Prediction
from labeling.jobs.proposals import shown_to
from labeling.task_types.registry import task_type
from tests.factories import MONDAY, Staff, draft_job, staff, take

pytestmark = pytest.mark.one_database

TERMS = {"terms": [{"text": "Oban", "category": "good"}, {"text": "Ferry to Oban", "category": "bad"}]}
LINES = '{"source":"\\ufeffOban, Obans"}\n{"source":"Ferry to Oban."}\n{"source":"nothing"}'


@pytest.fixture
def crew(db: None) -> Staff:
    return staff(workers=2)


def spans_job(crew: Staff, lines: str = LINES, **rules: Any) -> LabelingJob:
    rules = {"settings": TERMS, "show_proposals": True, "blind_share": 0.0, **rules}
    job: LabelingJob = draft_job(crew, name="Terms", task_type="named-entities", workers=(1, 1), **rules)
    take(job, lines.encode())
    creation.start_job(job, by=crew.lead, now=MONDAY)
    background.work_off(job.pk)
    return job


def test_terms_are_shown_where_they_stand_and_nothing_where_there_are_none(crew: Staff) -> None:
    job = spans_job(crew)
    leases = [leasing.claim(job, worker=crew.workers[0], now=MONDAY) for _ in range(3)]
    shown = {lease.task.data_object.position: shown_to(lease.task) for lease in leases if lease}
    assert shown[2] is None
    found = {place: row.answer["instances"] for place, row in shown.items() if row is not None}
    assert [one["geometry"] for one in found[0]] == [{"start": 1, "end": 5, "text": "Oban"}]
    assert [(one["geometry"]["text"], one["category"]) for one in found[1]] == [("Ferry to Oban", 1)]
    assert {row.model_version.title for row in shown.values() if row is not None} == {"terms"}


def test_asking_again_suggests_the_same_once(crew: Staff) -> None:
    job = spans_job(crew)
    before = list(Prediction.objects.order_by("pk").values_list("pk", "answer"))
    suggest(job, list(DataObject.objects.filter(job=job).values_list("pk", flat=True)))
    assert list(Prediction.objects.order_by("pk").values_list("pk", "answer")) == before
    assert len(before) == 2


def test_a_share_is_asked_without_them(crew: Staff) -> None:
    job = spans_job(crew, blind_share=1.0)
    lease = leasing.claim(job, worker=crew.workers[0], now=MONDAY)
    assert lease is not None
    assert shown_to(lease.task) is None


def test_an_object_that_came_with_a_prediction_keeps_that(crew: Staff, tmp_path: Path) -> None:
    entity = {"label": "bad", "startOffset": 0, "endOffset": 4}
    came = f'{{"source":"Oban","guess":{{"annotations":{{"entities":[{entity}],"labels":[]}}}},"guess-metadata":{{}}}}'
    job = spans_job(crew, came.replace("'", '"'), predictions="guess")
    assert list(Prediction.objects.values_list("model_version__name", flat=True)) == ["guess"]
    assert job.model_versions.count() == 1


def test_without_proposals_nothing_is_looked_for(crew: Staff) -> None:
    spans_job(crew, show_proposals=False)
    assert not Prediction.objects.exists()


def test_proposals_need_a_source_and_terms_are_one(crew: Staff) -> None:
    with pytest.raises(InvalidJob, match="nothing to show"):
        spans_job(crew, settings={})
    assert task_type("named-entities").suggesting(TERMS)
    assert not task_type("bounding-box").suggesting({})
