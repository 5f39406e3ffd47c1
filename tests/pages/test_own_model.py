"""The lead's own model server in a job's settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labeling.flow import backends
from labeling.jobs.models import LabelingJob
from labeling.storage.egress import networks
from tests.factories import Staff, draft_job, staff, text_job
from tests.ml_backend import MlBackend, chosen, ml_backend


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return text_job(people)


@pytest.fixture
def lead(people: Staff) -> Client:
    client = Client()
    client.force_login(people.lead)
    return client


@pytest.fixture
def server(settings: Any) -> Iterator[MlBackend]:
    settings.TOUCHSTONE_PRIVATE_NETWORKS = networks(["127.0.0.1"])
    with ml_backend(lambda _: {"result": chosen("bad"), "score": 0.75}) as running:
        yield running


def post(lead: Client, job: LabelingJob, **body: str) -> Any:
    return lead.post(reverse("job-own-model", args=[job.pk]), body, follow=True)


def test_a_server_is_registered_tried_and_ended(lead: Client, job: LabelingJob, server: MlBackend) -> None:
    text = post(lead, job, url=server.url, key="sesame").content.decode()
    assert server.url in text
    assert "sesame" not in text
    text = post(lead, job, act="try").content.decode()
    assert "calls its model “guesser 1”" in text
    assert "Of “text 0” it says: bad, 75 % sure." in text.replace("\xa0", " ")
    assert server.keys == {"Bearer sesame"}
    post(lead, job, url=server.url + "/other")
    row = backends.current(job)
    assert row is not None
    assert (row.number, bool(row.key_file)) == (2, True), "an empty key keeps the one that is there"
    post(lead, job, url=server.url, forget="1")
    assert backends.current(job).key_file == ""
    assert "The machine labels nothing in this job" in post(lead, job, act="remove").content.decode()
    assert backends.current(job) is None


def test_what_is_wrong_with_it_stands_on_the_page(lead: Client, job: LabelingJob, server: MlBackend) -> None:
    post(lead, job, url=server.url)
    server.mode = "unknown class"
    reply = post(lead, job, act="try")
    assert reply.status_code == 502
    assert "The job has no class &quot;ugly&quot;." in reply.content.decode()
    again = lead.get(reverse("job-settings", args=[job.pk])).content.decode()
    assert "At the last call something was wrong." in again


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "Write the address"),
        ("ftp://example.org", "Only http and https"),
        ("http://127.0.0.1:9/", "private network"),
    ],
)
def test_an_address_that_is_not_asked_is_said_beside_its_field(
    lead: Client, job: LabelingJob, url: str, said: str
) -> None:
    reply = post(lead, job, url=url)
    assert reply.status_code in (400, 422)
    assert said in reply.content.decode()
    assert backends.current(job) is None


def test_a_question_that_servers_can_not_be_asked_has_no_such_section(lead: Client, people: Staff) -> None:
    job = draft_job(people, name="Lines", task_type="polyline")
    assert "Your own model" not in lead.get(reverse("job-settings", args=[job.pk])).content.decode()
