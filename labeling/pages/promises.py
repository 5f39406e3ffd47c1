"""The promise about machine labels in one sentence: how many wrong at most, how sure, on what evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from labeling.flow.overview import Promise
from labeling.jobs.states import CertificateState
from labeling.pages.numbers import count, percent
from labeling.quality.people_error import PeopleError
from labeling.quality.risk import STAGES

TENTH: Final = 0.01  # shares of wrong labels are shown to a tenth of a per cent


@dataclass(frozen=True)
class Said:
    """`look`: gold (it holds), bad (it was broken), plain (there is none, or none yet)."""

    look: str
    head: str
    body: str


def in_words(promise: Promise) -> Said:
    target = percent(promise.target or 0, TENTH)
    match promise.state:
        case "off":
            head = _("People label everything.")
            return Said("plain", head, _("This job was made without a promise, so the machine labels nothing."))
        case CertificateState.GRANTED:
            head = _("The promise holds: at most %(target)s of machine labels are wrong.")
            if of_classes(promise):
                head = _("The promise holds in each class that the machine labels: at most %(target)s are wrong.")
            return Said("gold", head % {"target": target}, evidence(promise))
        case CertificateState.REVOKED:
            head = _("Machine labels stopped.")
            body = _("Checks found more wrong than the %(target)s promised. Unchecked ones went back to people.")
            return Said("bad", head, body % {"target": target})
        case CertificateState.AUDITING:
            head = _("No promise yet: people are checking the machine blind.")
            body = _("It labels nothing before their answers show that at most %(target)s would be wrong.")
            return Said("plain", head, body % {"target": target})
        case CertificateState.REFUSED:
            head = _("No promise yet: the last check did not show that at most %(target)s would be wrong.")
            return Said("plain", head % {"target": target}, f"{evidence(promise)} {next_after(promise)}".strip())
    head = _("No promise yet.")
    body = _(
        "People answer first. The machine labels nothing before a blind check shows, with %(sure)s confidence, "
        "that at most %(target)s would be wrong."
    )
    return Said("plain", head, body % {"sure": percent(promise.sure), "target": target})


def of_classes(promise: Promise) -> bool:
    """Whether the decision was taken class by class: then no one figure speaks of it."""
    return promise.certificate is not None and bool(promise.certificate.classes)


def next_after(promise: Promise) -> str:
    """What comes of a check that was not passed."""
    row = promise.certificate
    if row is not None and row.stage >= len(STAGES):
        return _("That was the last check; people label what is left.")
    return _("People go on; the machine learns.")


def evidence(promise: Promise) -> str:
    """What people found when they checked blind."""
    row = promise.certificate
    if row is None or not row.audited:
        return ""
    said = _("Checked blind by people: %(wrong)s wrong of %(audited)s.") % {
        "wrong": count(row.wrong),
        "audited": count(row.audited),
    }
    if of_classes(promise):
        said += " " + _("Each class was decided by itself.")
    elif row.estimate is not None and row.upper_limit is not None:
        said += " " + _("So %(estimate)s by best estimate, and with %(sure)s confidence not above %(upper)s.") % {
            "estimate": percent(row.estimate, TENTH),
            "sure": percent(promise.sure, TENTH),
            "upper": percent(row.upper_limit, TENTH),
        }
    return f"{said} {PeopleError(**row.people).sentence}" if row.people else said
