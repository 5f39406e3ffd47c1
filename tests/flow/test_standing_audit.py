"""Machine labels are checked blind for as long as a job runs; when too many are wrong they go back to people."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from labeling.flow import (
    alarm,
    auto_label,
    consolidation,
    creation,
    export,
    intake,
    leasing,
)
from labeling.flow.background import work_off
from labeling.flow.status import status_of
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import (
    AuditEvent,
    Certificate,
    DataObject,
    Iteration,
    Label,
    LabelingJob,
    Outbox,
    StandingAudit,
    Tally,
    Task,
)
from tests.factories import Editor, Staff, answered, member, staff
from tests.flow.looping import certified_job, in_this_process, knowing, machine_job, people_answer, run_to_the_end


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


def through_the_loop(crew: Staff, *, count: int, share: float) -> tuple[LabelingJob, list[int]]:
    """A job up to the moment when the machine has labeled what its certificate covers, all of it for real."""
    job, truth = machine_job(crew, count=count, audit_share=share)
    for _ in range(60):
        work_off(job.pk)
        if Certificate.objects.filter(job=job, state="granted").exists():
            job.refresh_from_db()
            return job, truth
        assert people_answer(job, crew, truth)
    raise AssertionError("nothing was certified")


def drifted(truth: list[int]) -> list[int]:
    """From now on people see it the other way round."""
    return [1 - category for category in truth]


def until_the_alarm(job: LabelingJob, crew: Staff, truth: list[int]) -> StandingAudit:
    """People answer one after another until the alarm is raised; nothing has gone back yet."""
    (worker,) = crew.workers
    for _ in range(400):
        lease = leasing.claim(job, worker=worker, now=database_now())
        assert lease is not None, "no answers are left, and there was no alarm"
        answered(lease, worker, truth[lease.task.data_object.position], database_now())
        consolidation.consolidate_waiting(job.pk, now=database_now())
        row = StandingAudit.objects.get(certificate__job=job)
        if row.alarm_at is not None:
            return row
    raise AssertionError("no alarm")


def counters(job: LabelingJob) -> None:
    """Tallies are what a count over the rows would say."""
    tally = Tally.objects.get(job=job)
    current = Counter(Label.objects.filter(job=job, current=True).values_list("by", flat=True))
    assert (tally.by_machine, tally.by_people) == (current["machine"], current["people"])


def test_a_random_share_of_machine_labels_is_asked_blind_and_keeps_its_label_meanwhile(crew: Staff) -> None:
    job, _ = certified_job(crew)
    row = StandingAudit.objects.get()
    drawn = DataObject.objects.filter(job=job, drawn_for="standing")
    machine = Label.objects.filter(job=job, current=True, by="machine")
    assert 0.35 * machine.count() < drawn.count() == row.drawn < 0.65 * machine.count()
    assert machine.filter(data_object__in=drawn).count() == row.drawn
    assert set(drawn.values_list("state", flat=True)) == {"with_people"}
    tasks = Task.objects.filter(data_object__in=drawn)
    assert {(task.purpose, task.prediction_id, task.proposals_shown) for task in tasks} == {("audit", None, False)}
    assert status_of(job)["MachineLabeled"] == machine.count()
    counters(job)


def test_a_worker_can_not_tell_an_audit_from_any_other_task(crew: Staff) -> None:
    job, truth = certified_job(crew)
    (worker,) = crew.workers
    editor = Editor(worker, job)
    shapes, purposes = set(), set()
    for _ in range(400):
        reply = editor.ask()
        if not reply.json()["leases"]:
            break
        (lease,) = reply.json()["leases"]
        task = Task.objects.get(assignments=lease["assignment"])
        purposes.add(task.purpose)
        shapes.add((tuple(sorted(lease)), str(lease["proposals"]), str(lease["answer_to_start_from"])))
        assert "audit" not in str(lease)
        editor.choose(lease, truth[task.data_object.position])
        if purposes == {"audit", "label"} and len(shapes) == 1:
            break
    assert "audit" in purposes
    assert len(shapes) == 1


def test_several_opinions_are_asked_where_the_job_may_ask_several(crew: Staff) -> None:
    crew.workers.append(member(crew.team, "crossings-2"))
    crew.workers.append(member(crew.team, "crossings-3"))
    certified_job(crew, workers=(1, 3))
    tasks = Task.objects.filter(data_object__drawn_for="standing")
    assert {task.wanted for task in tasks} == {2}, "the third where two differ: test_opinions.py"
    assert {task.assignments.count() for task in tasks} == {2}


def test_while_people_agree_there_is_no_alarm_and_their_label_takes_the_machines_place(crew: Staff) -> None:
    job, truth = certified_job(crew)
    run_to_the_end(job, crew, truth)
    row = StandingAudit.objects.get()
    assert job.state == "completed"
    assert row.drawn == row.answered > 30
    assert (row.alarm_at, row.settled_at, row.sent_back) == (None, None, 0)
    assert Certificate.objects.get(pk=row.pk).state == "granted"
    audited = Label.objects.filter(data_object__drawn_for="standing")
    assert set(audited.filter(current=True).values_list("by", flat=True)) == {"people"}
    assert audited.filter(current=False, by="machine").count() == row.drawn, "the machine's label is kept"
    assert status_of(job)["StandingAudit"]["Checked"] == row.drawn
    assert status_of(job)["Alarms"] == []
    counters(job)


def test_no_share_means_no_checks_and_no_alarm(crew: Staff) -> None:
    job, truth = certified_job(crew, share=0)
    run_to_the_end(job, crew, drifted(truth))
    assert not StandingAudit.objects.exists()
    assert not Task.objects.filter(data_object__drawn_for="standing").exists()
    assert status_of(job)["StandingAudit"]["Share"] == 0


@pytest.mark.parametrize("stages", [1, 2])
def test_a_drifting_job_falls_back_to_people_and_ends_without_labels_of_the_revoked_model(
    crew: Staff, stages: int
) -> None:
    job, truth = certified_job(crew, stages=stages)
    machine = Label.objects.filter(job=job, current=True, by="machine").count()
    row = until_the_alarm(job, crew, drifted(truth))
    assert Certificate.objects.get(pk=row.pk).state == "revoked"
    assert (row.alarm_answered, row.alarm_wrong) == (row.answered, row.wrong)
    left = Label.objects.filter(job=job, current=True, by="machine").count()
    assert left == machine - row.answered
    work_off(job.pk)
    row.refresh_from_db()
    assert row.settled_at is not None
    assert (row.sent_back, row.answers_back) == (left, left - (row.drawn - row.answered))
    assert not Label.objects.filter(job=job, current=True, by="machine").exists()
    assert Label.objects.filter(job=job, by="machine", certificate=row.pk).count() == machine, "versions are kept"
    counters(job)
    run_to_the_end(job, crew, drifted(truth))
    job.refresh_from_db()
    assert job.state == "completed"
    assert Label.objects.filter(job=job, current=True).count() == 120
    assert not Label.objects.filter(job=job, current=True, certificate=row.pk).exists()
    assert Outbox.objects.count() == 0
    counters(job)


def test_the_lead_is_told_what_happened_when_and_what_it_costs(crew: Staff) -> None:
    job, truth = certified_job(crew)
    row = until_the_alarm(job, crew, drifted(truth))
    work_off(job.pk)
    row.refresh_from_db()
    bound = status_of(job)["Bound"]
    assert bound["State"] == "revoked"
    assert bound["Reason"].startswith("Taken back: of 30 machine labels that people checked blind later, 30 were wrong")
    (told,) = status_of(job)["Alarms"]
    assert told["At"] == row.alarm_at.isoformat()
    assert (told["Checked"], told["Wrong"]) == (row.alarm_answered, row.alarm_wrong)
    assert (told["LabelsSentBack"], told["AnswersThatMeans"]) == (row.sent_back, row.answers_back)
    assert told["AllBackAt"]
    events = AuditEvent.objects.filter(job=job, what__startswith="alarm").order_by("pk")
    assert [event.what for event in events] == ["alarm-raised", "alarm-settled"]
    assert events[0].detail["wrong"] == row.alarm_wrong
    assert events[1].detail["labels"] == row.sent_back


def test_an_alarm_is_raised_once_however_many_answers_follow(crew: Staff) -> None:
    job, truth = certified_job(crew)
    row = until_the_alarm(job, crew, drifted(truth))
    before = (row.alarm_at, row.alarm_answered)
    people_answer(job, crew, drifted(truth))
    row.refresh_from_db()
    assert row.answered > row.alarm_answered, "others were answered before the labels went back"
    assert (row.alarm_at, row.alarm_answered) == before
    assert AuditEvent.objects.filter(what="alarm-raised").count() == 1
    assert Outbox.objects.filter(kind="alarm").count() == 1


def test_after_an_alarm_a_new_certificate_has_an_alarm_of_its_own(crew: Staff) -> None:
    """The classes change their names: a model that learns anew is right again."""
    job, truth = through_the_loop(crew, count=600, share=0.2)
    first = until_the_alarm(job, crew, drifted(truth))
    people = Label.objects.filter(job=job, current=True, by="people").exclude(data_object__drawn_for="standing")
    for label in people:  # the lead has old answers given anew
        label.answer = {"category": 1 - label.answer["category"]}
        label.save()
    run_to_the_end(job, crew, drifted(truth))
    granted = Certificate.objects.filter(job=job, state="granted").exclude(pk=first.pk)
    assert granted.exists(), list(Certificate.objects.values_list("state", "reason"))
    second = StandingAudit.objects.get(pk=granted.get().pk)
    assert (second.answered, second.alarm_at) == (second.drawn, None)
    assert second.drawn > 0
    machine = Label.objects.filter(job=job, current=True, by="machine")
    assert machine.exists()
    assert {label.certificate_id for label in machine} == {second.pk}
    assert not set(first.certificate.plan["drawn"]) & set(second.certificate.plan["drawn"])
    counters(job)


def test_when_the_risk_is_spent_everything_goes_to_people_at_once(crew: Staff) -> None:
    job, truth = certified_job(crew, stages=2)
    until_the_alarm(job, crew, drifted(truth))
    work_off(job.pk)
    assert not DataObject.objects.filter(job=job, state="pending").exists()
    assert Iteration.objects.filter(job=job).latest("number").phase == "done"
    run_to_the_end(job, crew, drifted(truth))
    assert not Label.objects.filter(job=job, current=True, by="machine").exists()


def test_no_label_comes_in_under_a_certificate_that_was_revoked(crew: Staff) -> None:
    job, truth = certified_job(crew)
    row = Certificate.objects.get(job=job, state="granted")
    Label.objects.filter(job=job, by="machine").delete()
    DataObject.objects.filter(job=job).update(state="pending")
    Certificate.objects.filter(pk=row.pk).update(state="revoked")
    ids = list(DataObject.objects.filter(job=job).order_by("position").values_list("pk", flat=True))
    with pytest.raises(auto_label.Halted):
        auto_label.label_by_machine(job, row, knowing(truth), range(len(ids)), ids, now=database_now())
    assert not Label.objects.filter(job=job, by="machine").exists()


@pytest.mark.parametrize("state", ["completed", "stopped", "paused"])
def test_labels_go_back_whatever_the_job_is_doing_and_a_complete_job_reopens(crew: Staff, state: str) -> None:
    """Answers on their way count, also after a lead has ended the job."""
    job, truth = certified_job(crew)
    (worker,) = crew.workers
    leases = []
    while lease := leasing.claim(job, worker=worker, now=database_now()):
        leases.append(lease)
    LabelingJob.objects.filter(pk=job.pk).update(state=state, ended_at=database_now())
    for lease in leases:
        answered(lease, worker, 1 - truth[lease.task.data_object.position], database_now(), token=token_of(lease))
    work_off(job.pk)
    job.refresh_from_db()
    assert job.state == ("running" if state == "completed" else state)
    assert (job.ended_at is None) == (state == "completed")
    assert StandingAudit.objects.get().settled_at is not None
    assert not Label.objects.filter(job=job, current=True, by="machine").exists()
    if state != "completed":
        creation.resume_job(job, by=crew.lead, now=database_now())
    run_to_the_end(job, crew, drifted(truth))
    assert Label.objects.filter(job=job, current=True).count() == 120


def test_an_audited_object_that_nobody_could_answer_counts_as_wrong(
    crew: Staff,
) -> None:
    job, truth = certified_job(crew)
    (worker,) = crew.workers
    lease = leasing.claim(job, worker=worker, now=database_now())
    assert lease is not None
    assert lease.task.data_object.drawn_for == "standing"
    leasing.decline(lease, worker=worker, token=token_of(lease), reason="too dark", now=database_now())
    work_off(job.pk)
    row = StandingAudit.objects.get()
    assert (row.answered, row.wrong) == (1, 1)
    assert DataObject.objects.get(pk=lease.task.data_object_id).state == "failed"
    counters(job)
    run_to_the_end(job, crew, truth)
    intake.retry_failed(job, by=crew.lead, now=database_now())
    run_to_the_end(LabelingJob.objects.get(pk=job.pk), crew, truth)
    assert Label.objects.get(data_object=lease.task.data_object_id, current=True).by == "people"
    counters(job)


def test_an_export_made_before_stays_and_the_next_one_has_no_withdrawn_label(crew: Staff, tmp_path: Path) -> None:
    job, truth = certified_job(crew)
    before = export.export_job(job, target=tmp_path / "before")
    content = before.manifest.read_bytes()
    labeled = before.labeled
    row = until_the_alarm(job, crew, drifted(truth))
    work_off(job.pk)
    row.refresh_from_db()
    after = export.export_job(job, target=tmp_path / "after")
    assert before.manifest.read_bytes() == content
    now_labeled = Label.objects.filter(job=job, current=True).count()
    assert after.labeled == now_labeled < labeled
    assert b'"human-annotated":"no"' in content.replace(b" ", b"")
    assert b'"human-annotated":"no"' not in after.manifest.read_bytes().replace(b" ", b"")


def test_two_who_send_labels_back_at_once_count_each_label_once(crew: Staff) -> None:
    """A worker that was frozen wakes up with the list that it had read before."""
    job, truth = certified_job(crew)
    until_the_alarm(job, crew, drifted(truth))
    (row,) = alarm.raised(job)
    left = Label.objects.filter(job=job, current=True, by="machine").count()
    assert alarm.send_back(job, row) == left
    assert alarm.send_back(job, row) == 0
    assert alarm.settle(job, row, now=database_now())
    assert not alarm.settle(job, row, now=database_now())
    row.refresh_from_db()
    assert row.sent_back == left
    counters(job)
