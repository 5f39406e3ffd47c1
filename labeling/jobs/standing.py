"""The standing audit: machine labels that go blind to people, what comes of them, and the alarm."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from labeling.jobs.dialect import lock_row
from labeling.jobs.files import kept
from labeling.jobs.models import (
    Assignment,
    AuditEvent,
    Certificate,
    DataObject,
    Label,
    LabelingJob,
    Outbox,
    StandingAudit,
    Tally,
    Task,
)
from labeling.jobs.opinions import at_first
from labeling.jobs.questions import Questions, learner_of
from labeling.jobs.states import CertificateState, JobState, ObjectState
from labeling.quality.sequential import Alarm

ALARM = "alarm"  # in the outbox: labels must go back to people
ALARM_RISK = 0.05  # of a false alarm, for as long as a certificate holds
URGENCY = 1  # before the rest: the sooner a drift is seen, the fewer wrong labels are used


def ask_blind(job: LabelingJob, certificate: Certificate, objects: Mapping[int, float], *, wave: int) -> None:
    """Ask people about objects (id -> rank, lower first) that the machine labels. Call in the labels' transaction.

    The task is one like any other: nothing in it says that a label is there.
    """
    if not objects:
        return
    wanted = at_first(job, DataObject.Draw.STANDING)
    tasks = Task.objects.bulk_create(
        Task(job=job, data_object_id=pk, purpose=Task.Purpose.AUDIT, wanted=wanted, wave=wave) for pk in objects
    )
    Assignment.objects.bulk_create(
        Assignment(job=job, task=task, place=place, urgency=URGENCY, rank=objects[task.data_object_id])
        for task in tasks
        for place in range(wanted)
    )
    DataObject.objects.filter(pk__in=objects).update(state=ObjectState.WITH_PEOPLE, drawn_for=DataObject.Draw.STANDING)
    StandingAudit.objects.get_or_create(certificate=certificate)
    StandingAudit.objects.filter(certificate=certificate).update(drawn=F("drawn") + len(objects))


def raise_share(certificate: Certificate, share: float) -> None:
    """Write down that a hint of drift has more of these labels checked than the job says."""
    StandingAudit.objects.update_or_create(certificate=certificate, defaults={"share": share})


def judge(task: Task, people: Any, questions: Questions, *, now: datetime) -> None:
    """People have decided on an audited object: their answer, or None where nobody could give one, which counts as
    wrong. Call inside the transaction that keeps their label.

    The machine's label is current no more. Without one (the audit before a certificate; an object that an alarm has
    sent back) nothing is counted.
    """
    if task.purpose != Task.Purpose.AUDIT:
        return
    label = Label.objects.filter(data_object=task.data_object_id, current=True, by=Label.By.MACHINE).first()
    if label is None or label.certificate_id is None or not withdraw_labels([label.pk]):
        return
    lock_row(Certificate.objects.filter(pk=label.certificate_id)).get()  # first, as whoever writes labels does
    Tally.objects.filter(job=task.job_id).update(by_machine=F("by_machine") - 1)
    question = questions.about(task.data_object)
    said = questions.type.parse(kept(label), question)
    wrong = people is None or not questions.type.right(said, people, question)
    audit = lock_row(StandingAudit.objects.filter(certificate=label.certificate_id)).get()
    audit.answered, audit.wrong = audit.answered + 1, audit.wrong + int(wrong)
    category = None
    if audit.certificate.classes:
        category = int(learner_of(questions).encode(said, question).argmax())
        answered, found = audit.by_class.get(str(category), (0, 0))
        audit.by_class[str(category)] = [answered + 1, found + int(wrong)]
    audit.save(update_fields=["answered", "wrong", "by_class"])
    _listen(audit, category, now)


def withdraw_labels(labels: Collection[int]) -> int:
    """Labels (ids) that are current no more; they are kept. How many were: nobody withdraws one twice."""
    return Label.objects.filter(pk__in=labels, current=True).update(current=False)


def _listen(audit: StandingAudit, category: int | None, now: datetime) -> None:
    """Raise the alarm, once: the certificate is revoked at once, and what must follow is written down.

    A promise per class is watched in the class that the machine said; the classes share the alarm's risk.
    """
    row = audit.certificate
    answered, wrong, risk, of = audit.answered, audit.wrong, ALARM_RISK, ""
    if category is not None:
        answered, wrong = audit.by_class[str(category)]
        granted = [one for one in row.classes if one["granted"]]
        risk = ALARM_RISK / max(1, len(granted))
        of = next((f' "{one["name"]}"' for one in granted if one["category"] == category), "")
    if audit.alarm_at is not None or not Alarm(allowed=row.promise, risk=risk).watch(answered, wrong).alarm:
        return
    StandingAudit.objects.filter(pk=audit.pk).update(
        alarm_at=now, alarm_answered=answered, alarm_wrong=wrong, alarm_class=category
    )
    found = f"of {answered:,} machine labels{of} that people checked blind later, {wrong:,} were wrong"
    reason = f"Taken back: {found}; {row.promise:.1%} may be."  # what it had promised stays in its plan
    Certificate.objects.filter(pk=row.pk).update(state=CertificateState.REVOKED, reason=reason)
    LabelingJob.objects.filter(pk=row.job_id, state=JobState.COMPLETED).update(state=JobState.RUNNING, ended_at=None)
    Outbox.objects.create(job_id=row.job_id, kind=ALARM, body={"certificate": row.pk}, created_at=now)
    detail = {"certificate": row.stage, "model": row.model_version.number, "promise": row.promise, "class": category}
    AuditEvent.objects.create(
        what="alarm-raised",
        job_id=row.job_id,
        detail={**detail, "checked": answered, "wrong": wrong},
        at=now,
    )


def still_granted(certificate: Certificate) -> bool:
    """Whether it may label. Locks it, so that no label comes in beside an alarm. Call inside a transaction."""
    state = lock_row(Certificate.objects.filter(pk=certificate.pk)).values_list("state", flat=True).get()
    return state == CertificateState.GRANTED
