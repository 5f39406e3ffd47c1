"""The Doubts page: what it lists, what a mark does, what it says when there is nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from labeling.jobs.models import DoubtCheck, Label, LabelingJob, Task
from tests.factories import Staff, staff, text_job
from tests.flow.looping import spoken
from tests.flow.test_doubts import MODEL, SAID, answer_all


@pytest.fixture
def crew(db: None) -> Staff:
    return staff()


@pytest.fixture
def job(crew: Staff) -> LabelingJob:
    job = text_job(crew, texts=6)
    answer_all(job, crew, SAID)
    spoken(job, [[0.5, 0.5]] * 6, oof=dict(enumerate(MODEL)))
    return job


@pytest.fixture
def lead(crew: Staff) -> Client:
    client = Client()
    client.force_login(crew.lead)
    return client


def page(client: Client, job: LabelingJob) -> str:
    return re.sub(r"\s+", " ", client.get(f"/jobs/{job.pk}/doubts/").content.decode().replace("\u00a0", " "))


def shown(html: str) -> list[str]:
    return re.findall(r'name="shown" value="(\d+)"', html)


def test_it_lists_the_worst_first_with_both_opinions_and_both_chances(lead: Client, job: LabelingJob) -> None:
    html = page(lead, job)
    assert "2 labels that the model doubts" in html
    assert html.index("text 1") < html.index("text 3")
    first = html[html.index("text 1") : html.index("text 3")]
    assert re.search(r"People:</span>.*?good.*?2 %.*?Model:</span>.*?bad.*?98 %", first)
    assert "text 0" not in html


def test_marks_go_back_and_the_rest_of_the_page_is_checked(lead: Client, job: LabelingJob) -> None:
    worst, other = shown(page(lead, job))
    reply = lead.post(f"/jobs/{job.pk}/doubts/", {"shown": [worst, other], "wrong": [worst]}, follow=True)
    said = reply.content.decode()
    assert "1 label went back to people." in said
    assert "1 stays as it is." in said
    assert "No label is in doubt" in said
    assert Task.objects.get(purpose="review").data_object.position == 1
    assert set(DoubtCheck.objects.values_list("verdict", flat=True)) == {"right", "wrong"}


def test_a_form_that_is_sent_twice_says_that_nothing_changed(lead: Client, job: LabelingJob) -> None:
    worst, other = shown(page(lead, job))
    for _ in range(2):
        reply = lead.post(f"/jobs/{job.pk}/doubts/", {"shown": [worst, other], "wrong": [worst]}, follow=True)
    assert "these labels were checked already" in reply.content.decode()
    assert Task.objects.filter(purpose="review").count() == 1


def test_what_is_no_number_is_nothing(lead: Client, job: LabelingJob) -> None:
    reply = lead.post(f"/jobs/{job.pk}/doubts/", {"shown": ["x", "9" * 40, "²"], "wrong": ["-1"]}, follow=True)
    assert reply.status_code == 200
    assert not DoubtCheck.objects.exists()


def test_without_a_model_the_page_says_what_it_will_be_for(lead: Client, crew: Staff) -> None:
    html = page(lead, text_job(crew, texts=1, name="New", target_error=0.1))
    assert "No model has learned yet" in html
    assert "No model learns in this job" in page(lead, text_job(crew, texts=1, name="By people"))


def test_in_a_stopped_job_nothing_can_be_marked(lead: Client, job: LabelingJob) -> None:
    LabelingJob.objects.filter(pk=job.pk).update(state="stopped")
    html = page(lead, job)
    assert html.count("disabled") >= 2
    reply = lead.post(f"/jobs/{job.pk}/doubts/", {"shown": shown(html), "wrong": shown(html)})
    assert reply.status_code == 409


def test_the_data_page_says_in_words_that_the_models_voice_counted(lead: Client, job: LabelingJob) -> None:
    version = job.model_versions.get()
    Label.objects.filter(data_object__position=0).update(voice=version)
    Label.objects.filter(data_object__position=1).update(voice=version, voice_decided=True)
    html = lead.get(f"/jobs/{job.pk}/data/").content.decode()
    assert html.count("the voice of model 1 counted") == 1
    assert html.count("the voice of model 1 decided") == 1


def test_only_a_job_that_a_machine_can_learn_has_the_tab(lead: Client, job: LabelingJob, crew: Staff) -> None:
    other = text_job(crew, texts=1, name="Spans", task_type="named-entities", classes=("a",))
    assert f"/jobs/{job.pk}/doubts/" in page(lead, job)
    assert f"/jobs/{other.pk}/doubts/" not in lead.get(f"/jobs/{other.pk}/").content.decode()
