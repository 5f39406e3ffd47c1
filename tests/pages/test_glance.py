"""The grid's page, the way to it, and the wishes for it in a new job."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labeling.jobs.clock import database_now
from labeling.jobs.models import LabelingJob
from labeling.pages.views.work import held
from tests.factories import Editor, Staff, glance_job, staff


@pytest.fixture
def people(db: None) -> Staff:
    return staff("Crossings", workers=1)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def wishes(people: Staff, **more: Any) -> dict[str, Any]:
    return {
        "name": "News",
        "team": people.team.pk,
        "task_type": "text-classification",
        "source": "upload",
        "category": ["Sport", "Politics"],
        "promise": "none",
        "workers": "1",
        **more,
    }


def test_the_page_tells_the_bundle_what_to_mount_and_leases_nothing(people: Staff) -> None:
    job = glance_job(people)
    reply = client_of(people.workers[0]).get(reverse("glance", args=[job.pk]))
    found = re.search(r'<script id="boot" type="application/json">(.*?)</script>', reply.content.decode())
    assert found is not None
    boot = json.loads(found[1])
    assert (boot["purpose"], boot["job"]["id"]) == ("glance", job.pk)
    assert not job.glance_pages.exists()


def test_a_worker_reaches_the_grid_from_their_jobs_while_labels_wait(people: Staff) -> None:
    job = glance_job(people, plain=1)
    client = client_of(people.workers[0])
    address = reverse("glance", args=[job.pk])
    assert address in client.get(reverse("work")).content.decode()
    editor = Editor(people.workers[0], job)
    page = editor.page()
    assert address in client.get(reverse("work")).content.decode(), "their own open page"
    editor.submit_page(page)
    assert address not in client.get(reverse("work")).content.decode()


def test_what_a_page_holds_is_not_where_the_editor_goes_on(people: Staff) -> None:
    job = glance_job(people, plain=2)
    editor = Editor(people.workers[0], job)
    client = client_of(people.workers[0])
    editor.page()
    assert held(people.workers[0], job, database_now()) is None
    shown = editor.lease()["question"]["media"]["text"]
    found = held(people.workers[0], job, database_now())
    assert found is not None
    assert found.text == shown
    assert client.get(reverse("work")).status_code == 200


def test_a_job_without_the_grid_offers_none(people: Staff) -> None:
    job = glance_job(people, glance=False)
    assert reverse("glance", args=[job.pk]) not in client_of(people.workers[0]).get(reverse("work")).content.decode()


def test_a_new_job_takes_the_wishes_for_predictions(people: Staff) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    line = b'{"source": "one", "guess": 0, "guess-metadata": {"class-name": "Sport", "confidence": 0.9}}\n'
    data = wishes(people, predictions="guess", show_proposals="1", glance="1")
    reply = client_of(people.lead).post(
        reverse("new-job"), {**data, "files": [SimpleUploadedFile("news.manifest", line)]}
    )
    assert reply.status_code == 302, reply.content
    job = LabelingJob.objects.get()
    assert (job.predictions_attribute, job.show_proposals, job.glance) == ("guess", True, True)
    assert job.tally.predictions == 1
    settings = client_of(people.lead).get(reverse("job-settings", args=[job.pk])).content.decode()
    assert "at a glance" in settings


def test_a_wish_that_can_not_be_stands_beside_its_field(people: Staff) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    data = wishes(people, glance="1")
    files = [SimpleUploadedFile("a.txt", b"a text")]
    reply = client_of(people.lead).post(reverse("new-job"), {**data, "files": files})
    assert reply.status_code == 422
    assert "There would be nothing to show" in reply.content.decode()
