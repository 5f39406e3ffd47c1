"""An alarm of the standing audit -> the machine's unaudited labels back to people.

The alarm itself is raised, and the certificate revoked, in the transaction of the answer that raised it. What follows
goes batch by batch and may be killed at any point: a label that is back is current no more, so it can't go back twice.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from labeling.flow.audit_trail import note
from labeling.jobs.dialect import write
from labeling.jobs.models import DataObject, Label, LabelingJob, Outbox, StandingAudit, Tally
from labeling.jobs.standing import ALARM, withdraw_labels
from labeling.jobs.states import ObjectState

BATCH = 250  # labels a transaction


def raised(job: LabelingJob) -> list[StandingAudit]:
    """Alarms whose labels are not all back, the oldest first."""
    rows = StandingAudit.objects.filter(certificate__job=job, alarm_at__isnull=False, settled_at__isnull=True)
    return list(rows.select_related("certificate__model_version").order_by("alarm_at", "pk"))


def send_back(job: LabelingJob, audit: StandingAudit) -> int:
    """Take every label that the machine still has under a revoked certificate; how many were taken now.

    Their objects are open again: the loop asks people about them. Those whose blind check is under way stay with the
    people who have it.
    """
    taken = 0
    rows = Label.objects.filter(certificate=audit.pk, current=True, by=Label.By.MACHINE).order_by("pk")
    while batch := dict(rows.values_list("pk", "data_object")[:BATCH]):
        with write():
            labels = withdraw_labels(batch)
            objects = DataObject.objects.filter(pk__in=batch.values(), state=ObjectState.LABELED)
            asked_anew = objects.update(state=ObjectState.PENDING) if labels else 0
            Tally.objects.filter(job=job).update(by_machine=F("by_machine") - labels)
            StandingAudit.objects.filter(pk=audit.pk).update(
                sent_back=F("sent_back") + labels, answers_back=F("answers_back") + asked_anew * job.workers_min
            )
        taken += labels
    return taken


def settle(job: LabelingJob, audit: StandingAudit, *, now: datetime) -> bool:
    """Write down that all are back, and what that costs. True for the one who did. Call inside a transaction."""
    if not StandingAudit.objects.filter(pk=audit.pk, settled_at__isnull=True).update(settled_at=now):
        return False
    Outbox.objects.filter(job=job, kind=ALARM, body__certificate=audit.pk).delete()
    audit.refresh_from_db()
    detail = {"certificate": audit.certificate.stage, "labels": audit.sent_back, "answers": audit.answers_back}
    note("alarm-settled", by=None, now=now, job=job, **detail)
    return True
