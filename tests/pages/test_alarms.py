"""The lead reads how the machine does while its labels are checked blind, and what an alarm was and cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labeling.jobs.models import DataObject, Label, LabelingJob, StandingAudit
from tests.factories import Staff, text_job
from tests.pages.test_job_pages import certificate, page


def checked(people: Staff, *, state: str = "granted", **counts: Any) -> LabelingJob:
    job = text_job(people, texts=4, target_error=0.05, handed_out=False)
    StandingAudit.objects.create(certificate=certificate(job, state=state), **counts)
    return job


def alarmed(people: Staff, **more: Any) -> LabelingJob:
    counts: dict[str, Any] = {"drawn": 90, "answered": 47, "wrong": 12, "alarm_answered": 41, "alarm_wrong": 11}
    now = timezone.now()
    back = {"sent_back": 1204, "answers_back": 2322, "alarm_at": now, "settled_at": now}
    return checked(people, state="revoked", **{**counts, **back, **more})


def test_while_the_promise_holds_the_lead_reads_what_later_checks_found(lead: Client, people: Staff) -> None:
    html = page(lead, "job", checked(people, drawn=90, answered=41, wrong=2))
    assert "The promise holds" in html
    assert "Since then people checked 41 of its labels blind: 2 wrong." in html
    assert "alarm" not in html.lower().replace('id="alarms"', "")


def test_too_few_checks_for_an_alarm_are_called_so(lead: Client, people: Staff) -> None:
    html = page(lead, "job", checked(people, drawn=7))
    assert "People check 7 of its labels blind while the job runs." in html
    assert "That is too few for an alarm, which needs 30 checks." in html


@pytest.mark.parametrize("name", ["job", "job-model"])
def test_where_a_hint_of_drift_has_more_labels_checked_the_lead_reads_why(
    lead: Client, people: Staff, name: str
) -> None:
    html = page(lead, name, checked(people, drawn=90, answered=41, wrong=2, share=0.05)).replace("\u00a0", " ")
    assert "look different to the machine from those before" in html
    assert "So 5 % of its labels on them are checked instead of 1 %; nothing else changes." in html


def test_without_a_share_the_page_says_that_the_alarm_is_off(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=4, target_error=0.05, handed_out=False, audit_share=0.0)
    certificate(job)
    assert "The alarm is off: nobody checks these labels from here on." in page(lead, "job", job)
    assert "none: the alarm is off" in page(lead, "job-settings", job)


def test_the_settings_say_which_share_is_checked(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=1, target_error=0.05, handed_out=False, audit_share=0.005)
    assert "0.5\u00a0%" in page(lead, "job-settings", job)


@pytest.mark.parametrize("name", ["job", "job-live"])
def test_an_alarm_is_told_with_its_time_its_evidence_and_its_cost(lead: Client, people: Staff, name: str) -> None:
    html = page(lead, name, alarmed(people))
    assert "Machine labels stopped." in html
    assert "The promise holds" not in html
    assert "Model 1 stopped labeling." in html
    assert "of 41 machine labels that people checked blind, 11 were wrong; 5\u00a0% may be." in html
    assert "1\u202f204 labels went back to people. That means up to 2\u202f322 more answers." in html
    assert "only after a new check has passed" in html


def test_while_labels_are_on_their_way_back_the_page_says_so(lead: Client, people: Staff) -> None:
    job = alarmed(people, settled_at=None, sent_back=1, answers_back=1)
    html = page(lead, "job", job)
    assert "1 label went back to people. That means up to 1 more answer." in html
    assert "Labels are going back right now." in html


def test_an_object_that_is_checked_blind_is_still_the_machines_to_its_lead(lead: Client, people: Staff) -> None:
    job = checked(people, drawn=1)
    row = DataObject.objects.filter(job=job).earliest("position")
    DataObject.objects.filter(pk=row.pk).update(state="with_people", drawn_for="standing")
    given = Label.objects.create(
        job=job, data_object=row, answer={"category": 0}, confidence=1, by="machine", created_at=timezone.now(),
        certificate_id=StandingAudit.objects.get().pk,
    )  # fmt: skip
    assert "text 0" in page(lead, "job-data", job, state="machine")
    assert "text 0" not in page(lead, "job-data", job, state="waiting")
    Label.objects.filter(pk=given.pk).update(current=False)
    assert "text 0" in page(lead, "job-data", job, state="waiting")


def test_the_form_explains_the_checks_without_statistics(lead: Client) -> None:
    html = lead.get(reverse("new-job")).content.decode()
    assert "As a smoke alarm" in html
    assert "None: the alarm is off" in html
    assert "1 in 200" in html
