"""The standing audit and its alarm in sentences."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.jobs.models import LabelingJob, StandingAudit
from labeling.jobs.states import JobState
from labeling.pages.numbers import count, percent, when
from labeling.quality.sequential import LEAST

TENTH: Final = 0.01  # shares of wrong labels are shown to a tenth of a per cent


def since_then(job: LabelingJob, checks: StandingAudit | None) -> str:
    """How the machine has done since it was allowed to label, and whether an alarm can be raised at all."""
    if checks is None:
        if job.audit_share:
            return ""
        return _("The alarm is off: nobody checks these labels from here on.")
    if checks.answered:
        found = _("Since then people checked %(checked)s of its labels blind: %(wrong)s wrong.")
        said = found % {"checked": count(checks.answered), "wrong": count(checks.wrong)}
    else:
        said = _("People check %(drawn)s of its labels blind while the job runs.") % {"drawn": count(checks.drawn)}
    if checks.share is not None:
        said += " " + raised(job, checks.share)
    if checks.drawn < LEAST:
        few = _("That is too few for an alarm, which needs %(least)s checks.")
        said += " " + few % {"least": count(LEAST)}
    return said


def raised(job: LabelingJob, share: float) -> str:
    """Why more labels are checked than the lead asked for, and that this is all that follows."""
    why = _(
        "The objects that came later look different to the machine from those before. So %(more)s of its labels on "
        "them are checked instead of %(usual)s; nothing else changes."
    )
    return why % {"more": percent(share, TENTH), "usual": percent(job.audit_share, TENTH)}


def what_happened(alarm: StandingAudit) -> str:
    """Of an alarm: when, on what evidence, and what it costs."""
    found = _(
        "%(when)s: of %(checked)s machine labels that people checked blind, %(wrong)s were wrong; %(allowed)s may be."
    )
    said = found % {
        "when": when(alarm.alarm_at) if alarm.alarm_at else "",
        "checked": count(alarm.alarm_answered),
        "wrong": count(alarm.alarm_wrong),
        "allowed": percent(alarm.certificate.promise, TENTH),
    }
    back = ngettext(
        "%(shown)s label went back to people.", "%(shown)s labels went back to people.", alarm.sent_back
    ) % {"shown": count(alarm.sent_back)}
    cost = ngettext("That means up to %(n)s more answer.", "That means up to %(n)s more answers.", alarm.answers_back)
    return f"{said} {back} {cost % {'n': count(alarm.answers_back)}}"


def what_next(job: LabelingJob, alarm: StandingAudit) -> str:
    """Where it stands now."""
    if alarm.settled_at is None:
        return _("Labels are going back right now.")
    if job.state != JobState.RUNNING:
        return _("All of them are back.")
    return _("Labels that people had checked stay. The machine may label again only after a new check has passed.")
