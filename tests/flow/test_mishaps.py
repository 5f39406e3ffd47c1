"""What happens at a bad moment: objects that come while the machine trains, workers that lose their turn, one object
that breaks everything, people who leave. Each was found by looking for it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from labeling.flow import consolidation, creation, intake, learning, leasing, loop
from labeling.flow import people as flow_people
from labeling.flow.background import work_off
from labeling.jobs import turns
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import Assignment, DataObject, Label, LabelingJob, Outbox, Tally, Task
from labeling.task_types.registry import task_type
from labeling.workforce.models import Membership
from tests.factories import MONDAY, Staff, answered, draft_job, held, lines_of, signed_in, staff, take, text_job
from tests.flow.looping import in_this_process, machine_job, people_answer, run_to_the_end


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


@pytest.fixture
def pair(db: None) -> Staff:
    return staff(workers=2)


def fresh(job: LabelingJob) -> LabelingJob:
    return LabelingJob.objects.get(pk=job.pk)


def during_training(patch: pytest.MonkeyPatch, act: Any) -> None:
    """`act` is called each time that the child has run."""
    plain = learning._run_child

    def slow(folder: Path) -> None:
        plain(folder)
        if not folder.name.startswith("round-0"):
            act()

    patch.setattr(learning, "_run_child", slow)


def test_objects_that_come_while_the_machine_trains_go_to_people(crew: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, truth = machine_job(crew)
    came: list[str] = []

    def add() -> None:
        came.append(f"new {len(came)}")
        take(fresh(job), lines_of([came[-1]]))

    during_training(monkeypatch, add)
    job = run_to_the_end(job, crew, truth + [0] * 50)
    assert came
    assert job.state == "completed"
    assert job.trouble == ""
    late = Label.objects.filter(data_object__position__gte=len(truth), current=True)
    assert set(late.values_list("by", flat=True)) == {"people"}


def test_an_object_that_comes_between_the_pool_and_the_childs_files_is_left_for_later(
    crew: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, truth = machine_job(crew)
    plain, once = learning._write_inputs, []

    def between(job_: LabelingJob, pool: learning.Pool, folder: Path, ask: int) -> None:
        if not once:
            once.append(take(fresh(job), lines_of(["one more"])))
        plain(job_, pool, folder, ask)

    monkeypatch.setattr(learning, "_write_inputs", between)
    assert run_to_the_end(job, crew, [*truth, 0]).trouble == ""


def test_two_workers_in_one_phase_do_no_harm(crew: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, truth = machine_job(crew)
    work_off(job.pk)
    people_answer(job, crew, truth)
    overtaken: list[int] = []

    def second() -> None:
        if not overtaken:
            overtaken.append(1)
            loop.advance(job.pk, now=database_now())

    during_training(monkeypatch, second)
    loop.advance(job.pk, now=database_now())
    job = run_to_the_end(job, crew, truth)
    assert overtaken
    assert job.state == "completed"
    versions = list(job.certificates.values_list("model_version", flat=True))
    assert len(versions) == len(set(versions))


def test_a_job_that_is_stopped_while_the_machine_trains_asks_nobody_anything_more(
    crew: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, truth = machine_job(crew)
    work_off(job.pk)
    people_answer(job, crew, truth)
    during_training(monkeypatch, lambda: creation.stop_job(fresh(job), by=crew.lead, now=MONDAY))
    before = Task.objects.count()
    work_off(job.pk)
    assert Task.objects.count() == before
    assert not Label.objects.filter(by="machine").exists()


def test_the_turn_outlives_a_missed_beat(pair: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job = text_job(pair)
    beats: list[int] = []

    class Never:
        def wait(self, _seconds: float) -> bool:
            beats.append(1)
            return len(beats) > 2

    def failing() -> Any:
        raise DatabaseError("gone for a moment")

    with monkeypatch.context() as patch:
        patch.setattr(turns, "write", failing)
        patch.setattr(turns, "connection", turns.connection)
        patch.setattr(turns.connection, "close", lambda: None)
        turns._keep(job.pk, "token", Never())  # type: ignore[arg-type]
    assert len(beats) == 3


def test_a_job_with_late_objects_is_not_complete(pair: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job = text_job(pair, texts=2)
    for worker in pair.workers:
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            answered(lease, worker, 0, database_now())
    plain = loop.consolidate_again

    def again(job_: LabelingJob, *, now: Any) -> int:
        take(fresh(job), lines_of(["late comer"]))
        return plain(job_, now=now)

    monkeypatch.setattr(loop, "consolidate_again", again)
    work_off(job.pk)
    monkeypatch.setattr(loop, "consolidate_again", plain)
    work_off(job.pk)
    assert fresh(job).state == "running"
    assert DataObject.objects.get(position=2).state == "with_people"


def test_one_object_that_can_not_be_consolidated_fails_alone(pair: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job = text_job(pair, texts=5)
    kind = type(task_type("text-classification"))
    plain = kind.consolidate

    def poisoned(self: Any, asked: Any, skills: Any) -> Any:
        if asked.question.media.text == "text 0":
            raise FloatingPointError("poison")
        return plain(self, asked, skills)

    monkeypatch.setattr(kind, "consolidate", poisoned)
    worker = pair.workers[0]
    while lease := leasing.claim(job, worker=worker, now=database_now()):
        answered(lease, worker, 0, database_now())
    work_off(job.pk)
    assert Label.objects.count() == 4
    assert fresh(job).state == "running"
    for _ in range(2):
        Outbox.objects.filter(kind="again").update(created_at=MONDAY - timedelta(hours=1))
        while consolidation.consolidate_waiting(job.pk, now=database_now()):
            pass
    work_off(job.pk)
    assert DataObject.objects.get(position=0).failure_reason.startswith("InternalServerError: ")
    assert fresh(job).state == "completed"
    tally = Tally.objects.get(job=job)
    assert (tally.by_people, tally.failed, tally.answers) == (4, 1, 5)


def test_a_task_does_not_wait_for_somebody_who_left(pair: Staff) -> None:
    job = text_job(pair, texts=1)
    first, second = pair.workers
    lease = held(job, first, database_now())
    leasing.decline(lease, worker=first, token=token_of(lease), reason="dark", now=database_now())
    work_off(job.pk)
    assert fresh(job).state == "running"
    flow_people.remove_member(Membership.objects.get(user=second), by=pair.lead, now=MONDAY)
    work_off(job.pk)
    assert DataObject.objects.get().state == "failed"


def test_trying_failed_objects_again_twice_at_once_is_once(pair: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job = text_job(pair, texts=2)
    for worker in pair.workers:
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            leasing.decline(lease, worker=worker, token=token_of(lease), reason="dark", now=database_now())
    work_off(job.pk)
    plain, once = intake._fetch_again, []

    def second_click(job_: LabelingJob, rows: Any) -> None:
        plain(job_, rows)
        if not once:
            once.append(1)
            intake.retry_failed(fresh(job), by=pair.lead, now=MONDAY)
            lease = held(fresh(job), pair.workers[0], database_now())
            answered(lease, pair.workers[0], 0, database_now())
            work_off(job.pk)

    monkeypatch.setattr(intake, "_fetch_again", second_click)
    assert intake.retry_failed(fresh(job), by=pair.lead, now=MONDAY) == 0
    assert sorted(DataObject.objects.values_list("state", flat=True)) == ["labeled", "with_people"]
    assert Tally.objects.get(job=job).failed == 0


def test_a_lead_reads_no_file_of_the_folder_through_a_line_of_their_own(pair: Staff, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("of the administrator")
    job = draft_job(pair, root=str(tmp_path))
    take(job, lines_of(["a"]), root=tmp_path)
    lead = signed_in(pair.lead)
    lead.post(f"/api/v1/jobs/{job.pk}/objects", {"lines": ['{"source-ref":"secret.txt"}']}, format="json")
    reply = lead.post(f"/api/v1/jobs/{job.pk}/retry", {}, format="json")
    assert reply.json() == {"retried": 0, "videos": 0}
    smuggled = DataObject.objects.get(position=1)
    assert smuggled.media is None
    assert lead.get(f"/api/v1/media/{smuggled.pk}/original").status_code == 404


def test_a_worker_with_many_answers_goes_on_where_they_stand_and_misses_nothing(
    pair: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leasing, "MANY", 3)
    monkeypatch.setattr(leasing, "LOOK_BACK", 5)
    leasing._stood.clear()
    job = text_job(pair, texts=12, workers=(2, 2))
    worker = pair.workers[0]
    leases = [held(job, worker, database_now()) for _ in range(6)]
    leasing.release(leases[0], worker=worker, token=token_of(leases[0]))
    while lease := leasing.claim(job, worker=worker, now=database_now()):
        leases.append(lease)
    mine = Assignment.objects.filter(worker=worker).values_list("task", flat=True)
    assert len(set(mine)) == len(mine) == 12
    leasing._stood.clear()


def test_what_a_promise_rests_on_is_not_consolidated_anew(pair: Staff) -> None:
    job = text_job(pair, texts=2, workers=(2, 2))
    for worker in pair.workers:
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            answered(lease, worker, 0, database_now())
    DataObject.objects.filter(position=0).update(drawn_for=DataObject.Draw.AUDIT_1)
    while consolidation.consolidate_waiting(job.pk, now=database_now()):
        pass
    Label.objects.update(confidence=0.123)
    consolidation.consolidate_again(job, now=database_now())
    kept = {label.data_object.position: label.confidence for label in Label.objects.filter(current=True)}
    assert kept[0] == 0.123
    assert kept[1] != 0.123
