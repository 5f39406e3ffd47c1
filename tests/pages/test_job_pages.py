"""A job's pages with nothing, one and many objects, and what a lead can do on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labeling.flow import creation, intake
from labeling.flow.background import work_off
from labeling.jobs.clock import database_now
from labeling.jobs.models import (
    Certificate,
    DataObject,
    Export,
    Iteration,
    Label,
    LabelingJob,
    Media,
    ModelVersion,
    RefusedLine,
    Tally,
)
from tests.factories import MONDAY, Staff, answered, draft_job, held, lines_of, staff, take, text_job
from tests.media.films import films

EVIL = "<img src=x onerror=alert(1)>"
PAGES = (
    "job",
    "job-live",
    "job-people",
    "job-model",
    "job-settings",
    "job-refused",
    "job-failed",
    "job-data",
    "job-exports",
)


@pytest.fixture
def people(db: None) -> Staff:
    return staff("Crossings", workers=3)


@pytest.fixture
def lead(people: Staff) -> Client:
    client = Client()
    client.force_login(people.lead)
    return client


def pages(lead: Client, job: LabelingJob) -> Iterator[tuple[str, str]]:
    for name in PAGES:
        reply = lead.get(reverse(name, args=[job.pk]))
        assert reply.status_code == 200, name
        yield name, reply.content.decode()


def page(lead: Client, name: str, job: LabelingJob, **query: Any) -> str:
    return lead.get(reverse(name, args=[job.pk]), query).content.decode()


def all_answered(job: LabelingJob, people: Staff, category: int = 0) -> None:
    for worker in people.workers:
        for _ in range(job.tally.total):
            try:
                answered(held(job, worker, database_now()), worker, category, database_now())
            except AssertionError:
                break
    work_off(job.pk)


def certificate(job: LabelingJob, **more: Any) -> Certificate:
    version = ModelVersion.objects.create(job=job, number=1, training_digest="0" * 64, created_at=timezone.now())
    curve = [
        {"share": 0.2, "objects": 2, "threshold": 0.9, "estimate": 0.01, "upper": 0.03},
        {"share": 0.5, "objects": 5, "threshold": 0.7, "estimate": 0.03, "upper": 0.047},
        {"share": 0.9, "objects": 9, "threshold": 0.4, "estimate": 0.09, "upper": 0.14},
    ]
    values: dict[str, Any] = {
        "state": "granted", "audited": 124, "wrong": 4, "covers": 5, "estimate": 0.031, "upper_limit": 0.047,
        "curve": curve, "decided_at": timezone.now(), **more,
    }  # fmt: skip
    return Certificate.objects.create(
        job=job, model_version=version, stage=1, promise=0.05, risk=0.05, order_digest="0" * 64,
        created_at=timezone.now(), **values,
    )  # fmt: skip


@pytest.mark.parametrize("objects", [0, 1, 60])
def test_every_page_of_a_draft_stands_with_none_one_and_many_objects(lead: Client, people: Staff, objects: int) -> None:
    job = draft_job(people)
    take(job, lines_of([f"text {n}" for n in range(objects)]))
    assert all(html for _, html in pages(lead, job))


@pytest.mark.parametrize("objects", [1, 60])
def test_every_page_of_a_running_job_stands_before_and_after_answers(lead: Client, people: Staff, objects: int) -> None:
    job = text_job(people, texts=objects, workers=(2, 2))
    assert all(html for _, html in pages(lead, job))
    all_answered(job, people)
    assert all(html for _, html in pages(lead, job))
    assert "100" in page(lead, "job", job)


def test_no_name_anywhere_becomes_markup(lead: Client, people: Staff) -> None:
    job = text_job(people, name=f"Job {EVIL}"[:63], texts=[EVIL, "two"], classes=(EVIL, "b"), instructions=EVIL)
    people.workers[0].display_name = EVIL
    people.workers[0].save()
    all_answered(job, people)
    RefusedLine.objects.create(job=job, line=3, rule="E-JSON", what=EVIL, todo=EVIL, excerpt=EVIL)
    failed = DataObject.objects.filter(job=job).last()
    assert failed is not None
    DataObject.objects.filter(pk=failed.pk).update(state="failed", failure_reason=EVIL, name=EVIL)
    Tally.objects.filter(job=job).update(failed=1, refused=1)
    for name, html in pages(lead, job):
        assert "<img src=x" not in html, name
        assert "onerror=alert(1)&gt;" in html or name == "job-live", name
    worker = Client()
    worker.force_login(people.workers[0])
    for place in (reverse("work"), reverse("results"), reverse("label", args=[job.pk])):
        assert "<img src=x" not in worker.get(place).content.decode(), place


def test_the_boot_of_the_editor_is_inert_whatever_stands_in_it(people: Staff) -> None:
    job = text_job(people, name="</script><script>alert(1)", instructions="</script><script>alert(2)</script>")
    worker = Client()
    worker.force_login(people.workers[0])
    html = worker.get(reverse("label", args=[job.pk])).content.decode()
    assert "<script>alert" not in html
    assert 'id="boot" type="application/json"' in html


@pytest.mark.parametrize(
    ("step", "state"), [("pause", "paused"), ("stop", "stopped"), ("start", "running"), ("resume", "running")]
)
def test_a_step_that_is_allowed_is_taken_and_said(lead: Client, people: Staff, step: str, state: str) -> None:
    job = draft_job(people)
    take(job, lines_of(["one"]))
    before = {"start": [], "resume": ["start", "pause"]}.get(step, ["start"])
    for earlier in before:
        lead.post(reverse("job-step", args=[job.pk, earlier]))
    reply = lead.post(reverse("job-step", args=[job.pk, step]), follow=True)
    job.refresh_from_db()
    assert job.state == state
    assert b"data-toast" in reply.content


def test_a_step_that_is_not_allowed_is_refused_with_what_to_do(lead: Client, people: Staff) -> None:
    job = draft_job(people)
    reply = lead.post(reverse("job-step", args=[job.pk, "pause"]))
    assert reply.status_code == 409
    assert b"To the start" in reply.content
    assert lead.post(reverse("job-step", args=[job.pk, "explode"])).status_code == 404


def test_the_promise_is_said_in_words_with_its_evidence(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=4, target_error=0.05, handed_out=False)
    certificate(job)
    html = page(lead, "job", job)
    assert "The promise holds: at most 5\u00a0% of machine labels are wrong." in html
    assert "4 wrong of 124" in html
    assert "with 95\u00a0% confidence not above 4.7\u00a0%" in html
    assert "How far the machine may go" in html
    assert "50\u00a0% now" in html


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("refused", "did not show that at most 5\u00a0% would be wrong"),
        ("auditing", "people are checking the machine blind"),
        ("revoked", "Machine labels stopped."),
    ],
)
def test_every_state_of_the_promise_has_its_sentence(lead: Client, people: Staff, state: str, said: str) -> None:
    job = text_job(people, texts=4, target_error=0.05, handed_out=False)
    certificate(job, state=state, decided_at=None if state == "auditing" else timezone.now())
    html = page(lead, "job", job)
    assert said in html
    assert "The promise holds" not in html


def test_a_job_without_a_promise_says_that_people_label_everything(lead: Client, people: Staff) -> None:
    assert "People label everything." in page(lead, "job", text_job(people, texts=2))


def test_what_answers_have_brought_is_called_an_estimate(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=4, target_error=0.05, handed_out=False)
    Iteration.objects.filter(job=job).delete()
    for number, machine in ((1, 0), (2, 3)):
        forecast = {"spent": 100 * number, "machine": machine}
        Iteration.objects.create(job=job, number=number, detail={"forecast": forecast}, started_at=timezone.now())
    html = page(lead, "job", job)
    assert "What answers have brought" in html
    assert "only a blind check decides" in html


def test_trouble_of_the_machine_is_told(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=2)
    LabelingJob.objects.filter(pk=job.pk).update(trouble="It has seen too few classes.")
    assert "It has seen too few classes." in page(lead, "job", job)


@pytest.mark.parametrize("state", ["", "people", "machine", "checked", "waiting", "failed", "nonsense"])
def test_objects_can_be_filtered_by_state(lead: Client, people: Staff, state: str) -> None:
    job = text_job(people, texts=["by-people", "by-machine", "was-checked", "waits", "has-failed"])
    rows = list(job.objects_of.order_by("position"))
    row = certificate(job)
    for place, by in ((0, "people"), (1, "machine"), (2, "people")):
        more = {"certificate": row, "model_version": row.model_version} if by == "machine" else {}
        Label.objects.create(
            job=job, data_object=rows[place], answer={"category": 0}, confidence=0.9, by=by,
            created_at=timezone.now(), **more,
        )  # fmt: skip
        DataObject.objects.filter(pk=rows[place].pk).update(state="labeled")
    DataObject.objects.filter(pk=rows[2].pk).update(drawn_for="audit-1")
    DataObject.objects.filter(pk=rows[4].pk).update(state="failed", failure_reason="gone")
    html = page(lead, "job-data", job, state=state)
    names = {
        "people": "by-people",
        "machine": "by-machine",
        "checked": "was-checked",
        "waiting": "waits",
        "failed": "has-failed",
    }
    for key, name in names.items():
        assert (f"<p>{name}</p>" in html) == (state in (key, "", "nonsense")), name


def test_data_go_on_page_by_page_in_the_order_of_the_manifest(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=[f"number-{n:03}" for n in range(100)])
    first = page(lead, "job-data", job)
    assert "number-047" in first
    assert "number-048" not in first
    assert "?after=48" in first
    last = page(lead, "job-data", job, after="96")
    assert "number-096" in last
    assert "number-095" not in last
    assert "after=" not in last
    assert "number-000" in page(lead, "job-data", job, after="-3; drop")


def test_failed_objects_stand_with_reason_and_line_and_can_be_tried_again(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=["one", "two"])
    DataObject.objects.filter(job=job, position=1).update(state="failed", failure_reason="ClientError: gone")
    Tally.objects.filter(job=job).update(failed=1)
    html = page(lead, "job-failed", job)
    assert "gone" in html
    assert "ClientError" not in html
    reply = lead.post(reverse("job-retry", args=[job.pk]), follow=True)
    assert b"1 object is tried again." in reply.content
    assert not DataObject.objects.filter(job=job, state="failed").exists()


def test_refused_lines_stand_with_number_rule_and_what_to_do(lead: Client, people: Staff) -> None:
    job = draft_job(people)
    take(job, b'{"source": "fine"}\n{broken\n[]\n')
    html = page(lead, "job-refused", job)
    assert "E-JSON" in html
    assert "2 lines were refused" in html


def test_the_job_page_tells_how_far_its_videos_are(lead: Client, people: Staff, tmp_path: Path) -> None:
    for number, name in enumerate(("h264-29.97", "h264-no-b-short-gop")):
        (tmp_path / f"{number}.mp4").write_bytes(films()[name].path.read_bytes())
    job = draft_job(people, task_type="video-classification")
    intake.take_folder(job, folder=tmp_path, by=people.lead, now=MONDAY)
    Media.objects.filter(facts__quick=True).update(state="ready")
    Media.objects.filter(facts__quick=False).update(progress=30)
    assert "1 of 2, 65 %" in page(lead, "job", job)
    creation.start_job(job, by=people.lead, now=MONDAY)
    assert "1 of 2, 65 %" in page(lead, "job-live", job)
    Media.objects.filter(state="waiting").update(state="failed", trouble="Its size, 65 x 48 px, is odd.")
    html = page(lead, "job", job)
    assert "made ready" not in html
    assert "1 video is shown frame by frame" in html
    assert "65 x 48 px" in html
    assert "frame by frame" not in page(lead, "job", text_job(people, name="Texts"))


def test_a_page_that_shows_an_older_state_is_told_to_load_itself_again(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=1)
    place = reverse("job-live", args=[job.pk])
    assert "HX-Refresh" not in lead.get(place, {"was": "running"}).headers
    lead.post(reverse("job-step", args=[job.pk, "pause"]))
    assert lead.get(place, {"was": "running"}).headers["HX-Refresh"] == "true"


def test_changed_instructions_are_a_new_version(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=1, instructions="Old words.")
    lead.post(reverse("job-instructions", args=[job.pk]), {"text": "# New words"})
    assert list(job.instructions.order_by("number").values_list("text", flat=True)) == ["Old words.", "# New words"]
    html = page(lead, "job-settings", job)
    assert "<h3>New words</h3>" in html
    assert "version 2" in html


def test_an_export_is_asked_for_written_and_downloaded_in_parts(lead: Client, people: Staff) -> None:
    job = text_job(people, texts=["one", "two"])
    all_answered(job, people)
    lead.post(reverse("job-exports", args=[job.pk]), {"profile": "extended"})
    assert "being written" in page(lead, "job-exports", job)
    work_off(job.pk)
    export = Export.objects.get()
    assert export.options["profile"] == "extended"
    place = reverse("export-download", args=[export.pk, "manifest"])
    whole = b"".join(lead.get(place).streaming_content)  # type: ignore[attr-defined]
    assert whole.count(b"\n") == 2
    part = lead.get(place, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, whole[5:10])
    assert lead.get(place, headers={"Range": "bytes=99999-"}).status_code == 416
    again = lead.get(place, headers={"If-None-Match": part.headers["ETag"]})
    assert again.status_code == 304
    archive = lead.get(reverse("export-download", args=[export.pk, "archive"]))
    assert b"".join(archive.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert lead.get(reverse("export-download", args=[export.pk, "secrets"])).status_code == 404


def test_a_job_is_found_by_a_part_of_its_name(lead: Client, people: Staff) -> None:
    draft_job(people, name="Garden birds")
    draft_job(people, name="Crossings at night")
    html = lead.get(reverse("jobs"), {"q": "bird"}).content.decode()
    assert "Garden birds" in html
    assert "Crossings at night" not in html
    assert b"No job is named like this" in lead.get(reverse("jobs"), {"q": "zebra"}).content


def test_a_lead_without_jobs_is_shown_the_way(lead: Client) -> None:
    assert b"Make your first job" in lead.get(reverse("jobs")).content


def test_a_worker_sees_their_own_answers_and_no_others(people: Staff) -> None:
    job = text_job(people, texts=["alpha", "beta"], workers=(1, 1))
    mine = held(job, people.workers[0], database_now())
    answered(mine, people.workers[0], 1, database_now())
    other = held(job, people.workers[1], database_now())
    answered(other, people.workers[1], 0, database_now())
    client = Client()
    client.force_login(people.workers[0])
    html = client.get(reverse("results")).content.decode()
    assert mine.task.data_object.name in html
    assert other.task.data_object.name not in html


def test_a_worker_finds_what_they_hold_where_they_left_off(people: Staff) -> None:
    job = text_job(people, texts=["alpha text", "beta text"], workers=(1, 1))
    worker = people.workers[0]
    answered(held(job, worker, database_now()), worker, 1, database_now())
    lease = held(job, worker, database_now())
    work_off(job.pk)
    client = Client()
    client.force_login(worker)
    html = client.get(reverse("work")).content.decode()
    assert "Continue" in html
    assert lease.task.data_object.content["source"] in html
