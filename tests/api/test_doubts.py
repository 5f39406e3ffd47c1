"""Labels in doubt over the API."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from labeling.jobs.models import LabelingJob, Task
from tests.factories import Staff, signed_in, staff, text_job
from tests.flow.looping import spoken
from tests.flow.test_doubts import MODEL, SAID, answer_all

pytestmark = pytest.mark.one_database


@pytest.fixture
def crew(db: None) -> Staff:
    return staff()


@pytest.fixture
def lead(crew: Staff) -> APIClient:
    return signed_in(crew.lead)


@pytest.fixture
def job(crew: Staff) -> LabelingJob:
    job = text_job(crew, texts=6)
    answer_all(job, crew, SAID)
    spoken(job, [[0.5, 0.5]] * 6, oof=dict(enumerate(MODEL)), number=3)
    return job


def test_the_list_names_labels_with_both_opinions(lead: APIClient, job: LabelingJob) -> None:
    body = lead.get(f"/api/v1/jobs/{job.pk}/doubts").json()
    assert (body["model"], body["left"]) == (3, 2)
    worst = body["doubts"][0]
    assert (worst["position"], worst["answer"], worst["suggested"]) == (1, {"category": 0}, {"category": 1})
    assert worst["chance"] == pytest.approx(0.02)
    assert worst["suggested_chance"] == pytest.approx(0.98)


def test_a_word_on_labels_is_taken_once(lead: APIClient, job: LabelingJob) -> None:
    first, second = (one["label"] for one in lead.get(f"/api/v1/jobs/{job.pk}/doubts").json()["doubts"])
    body = {"wrong": [first], "right": [second]}
    assert lead.post(f"/api/v1/jobs/{job.pk}/doubts", body).json() == {"sent_back": 1, "kept": 1}
    assert lead.post(f"/api/v1/jobs/{job.pk}/doubts", body).json() == {"sent_back": 0, "kept": 0}
    assert Task.objects.filter(purpose="review").count() == 1
    assert lead.get(f"/api/v1/jobs/{job.pk}/doubts").json()["left"] == 0


@pytest.mark.parametrize(
    "body", [{"wrong": "1"}, {"wrong": [1.5]}, {"right": [-1]}, {"wrong": list(range(1, 102))}, {"wrongs": [1]}]
)
def test_a_body_that_makes_no_sense_is_refused(lead: APIClient, job: LabelingJob, body: dict[str, object]) -> None:
    assert lead.post(f"/api/v1/jobs/{job.pk}/doubts", body).status_code == 400


def test_a_job_says_whether_its_model_has_a_voice_and_a_label_which(lead: APIClient, crew: Staff) -> None:
    body = {"name": "Quiet", "task_type": "text-classification", "team": crew.team.pk, "categories": ["a", "b"]}
    assert lead.post("/api/v1/jobs", body).json()["model_voice"] is True
    assert lead.post("/api/v1/jobs", {**body, "name": "Silent", "model_voice": False}).json()["model_voice"] is False


def test_a_label_names_the_version_that_was_heard(lead: APIClient, job: LabelingJob) -> None:
    label = job.labels.get(data_object__position=2)
    label.voice, label.voice_decided = job.model_versions.get(), True
    label.save()
    rows = lead.get(f"/api/v1/jobs/{job.pk}/objects").json()["objects"]
    assert [row["label"]["voice"] for row in rows] == [None, None, 3, None, None, None]
    assert rows[2]["label"]["voice_decided"] is True
