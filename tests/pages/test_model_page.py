"""The page on which a lead sees what the machine has learned, and where the objects are."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labeling.flow.overview_models import last_word, versions
from labeling.jobs.models import Certificate, Iteration, LabelingJob, ModelVersion, Tally
from labeling.pages.model_charts import Step, accuracy_chart
from labeling.pages.numbers import percent
from tests.factories import Staff, text_job


def version(job: LabelingJob, number: int, labels: int, accuracy: float | None) -> ModelVersion:
    metrics: dict[str, Any] = {"seconds": {"features": 0.5, "learn": 1.25}, "oof_accuracy": accuracy}
    if accuracy is not None:
        metrics |= {"oof_log_loss": 0.31, "calibration_error": 0.021}
    return ModelVersion.objects.create(
        job=job, number=number, trained_on=labels, metrics=metrics, training_digest="0" * 64, created_at=timezone.now()
    )


def shown(lead: Client, job: LabelingJob) -> str:
    reply = lead.get(reverse("job-model", args=[job.pk]))
    assert reply.status_code == 200
    return reply.content.decode()


def test_a_job_without_a_promise_says_that_nothing_learns(lead: Client, people: Staff) -> None:
    assert "No model learns in this job" in shown(lead, text_job(people, texts=["one"]))


def test_before_the_first_model_the_page_says_when_it_comes(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=["one", "two"], target_error=0.05)
    assert "Nothing has been learned yet" in shown(lead, job)


def test_versions_stand_newest_first_with_what_each_gained(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=["one", "two"], target_error=0.05)
    for number, labels, accuracy in ((1, 60, 0.7), (2, 120, 0.82), (3, 180, None)):
        version(job, number, labels, accuracy)
    newest, second, first = versions(job)
    assert [one.row.number for one in (newest, second, first)] == [3, 2, 1]
    assert (first.gain, newest.gain) == (None, None)
    assert second.gain == pytest.approx(0.12)
    assert second.seconds == 1.75
    page = shown(lead, job)
    assert "+12.0" in page
    assert "How well the model has learned" in page


def test_a_version_says_what_it_was_allowed_to_label(people: Staff) -> None:
    job = text_job(people, texts=["one", "two"], target_error=0.05)
    common: dict[str, Any] = {"job": job, "promise": 0.05, "risk": 0.025, "order_digest": "0" * 64, "audited": 20}
    for number, state in ((1, "refused"), (2, "granted")):
        Certificate.objects.create(
            model_version=version(job, number, 60, 0.9), stage=number, state=state, covers=100,
            created_at=timezone.now(), **common,
        )  # fmt: skip
    assert [one.labeled for one in versions(job)] == [80, 0]


def test_the_ways_are_counted_each_once(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=["one"] * 10)
    Tally.objects.filter(job=job).update(by_people=6, audited=1, by_machine=3, glanced=4, marked=1)
    page = shown(lead, job)
    rows = {row.split("</span>")[0]: row for row in page.split('<span class="key is-')[1:]}
    found = {name.split('">')[0]: row.split('class="n">')[1].split("<")[0] for name, row in rows.items()}
    assert found == {"machine": "3", "audit": "1", "glance": "3", "people": "2", "waiting": "1"}


def test_once_a_job_is_over_its_last_word_is_no_longer_about_now(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=["one"], target_error=0.05, handed_out=False)
    Iteration.objects.create(job=job, number=1, detail={"step": "No objects are left."}, started_at=timezone.now())
    assert "Why the machine does what it does now: No objects are left." in shown(lead, job)
    LabelingJob.objects.filter(pk=job.pk).update(state="completed")
    assert "Why the machine went no further: No objects are left." in shown(lead, job)


def test_the_last_word_is_the_newest_rounds_and_trouble_goes_first(people: Staff) -> None:
    job = text_job(people, texts=["one"], target_error=0.05)
    assert last_word(job) == ""
    said = {"step": "More labels are expected to help.", "forecast": {"reason": "Too few are sure."}}
    job.iterations.all().delete()
    Iteration.objects.create(job=job, number=1, detail=said, started_at=timezone.now())
    Iteration.objects.create(job=job, number=2, detail={"picks": []}, started_at=timezone.now())
    assert last_word(job) == "More labels are expected to help. Too few are sure."
    job.trouble = "The backend does not answer."
    assert last_word(job) == "The backend does not answer."


def test_a_curve_of_accuracy_begins_under_its_worst_point() -> None:
    chart = accuracy_chart([Step(50, 0.62), Step(400, 0.91)])
    assert [word.text for word in chart.words if word.kind == "yt"] == [
        "60\N{NO-BREAK SPACE}%",
        "80\N{NO-BREAK SPACE}%",
        "100\N{NO-BREAK SPACE}%",
    ]
    assert chart.table.rows == (("50", percent(0.62)), ("400", percent(0.91)))
    heights = [word.y for word in chart.words if word.kind == "dotmark machine"]
    assert heights == pytest.approx([95.0, 22.5])


def times(page: str) -> dict[str, str]:
    """The figures of people's time by their names; what is said under one only where it says how it came about."""
    block = page.split("data-time>")[1].split("</dl>")[0].replace("\xa0", " ")
    rows = [re.findall(r"<d[td][^>]*>([^<]*)<", row) for row in block.split("<div>")[1:]]
    plain = ("while they look and answer", "every object answered in full", "Shows with the first model")
    return {name: " ".join(one for one in rest if one not in plain) for name, *rest in rows}


def test_peoples_time_stands_beside_what_it_would_be_by_hand_and_classes_have_their_sentences(
    lead: Client, people: Staff
) -> None:
    job = text_job(people, texts=[f"text {number}" for number in range(40)], target_error=0.05, handed_out=False)
    Tally.objects.filter(job=job).update(seconds=42.0, by_people=20)
    said = times(shown(lead, job))
    assert said["People’s time so far"] == "42 s"
    assert (said["In the end, about"], said["An answer in full"]) == ("–", "3.0 s assumed, until answers tell")
    costs = {"prices": {"full": 4.0, "glance": 1.5, "overlooked": 0.1}, "glanced": 0, "full": 10, "seconds": 40.0}
    job.iterations.all().delete()
    Iteration.objects.create(job=job, number=1, detail={"ways": costs}, started_at=timezone.now())
    page = shown(lead, job)
    said = times(page)
    assert (said["In the end, about"], said["If all were by hand"]) == ("2 min as things stand", "3 min")
    assert "round 1" in page
    assert "data-classes" not in page
    row = version(job, 1, 20, 0.9)
    Certificate.objects.create(
        job=job, model_version=row, stage=1, state="granted", promise=0.05, risk=0.025, order_digest="0" * 64,
        classes=[{"name": "good", "sentence": "good: at most 5.0% of 12 machine labels are wrong."}],
        created_at=timezone.now(), decided_at=timezone.now(),
    )  # fmt: skip
    assert "<li>good: at most 5.0% of 12 machine labels are wrong.</li>" in shown(lead, job)
