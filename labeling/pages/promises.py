"""The promise about machine labels in one sentence: how many wrong at most, how sure, on what evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from labeling.flow.overview import Promise
from labeling.jobs.states import CertificateState
from labeling.pages.numbers import count, percent
from labeling.quality.people_error import PeopleError

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
            head = _("The promise holds: at most %(target)s of machine labels are wrong.") % {"target": target}
            return Said("gold", head, evidence(promise))
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
            return Said(
                "plain", head % {"target": target}, evidence(promise) + " " + _("People go on; the machine learns.")
            )
    head = _("No promise yet.")
    body = _(
        "People answer first. The machine labels nothing before a blind check shows, with %(sure)s confidence, "
        "that at most %(target)s would be wrong."
    )
    return Said("plain", head, body % {"sure": percent(promise.sure), "target": target})


def evidence(promise: Promise) -> str:
    """What people found when they checked blind."""
    row = promise.certificate
    if row is None or not row.audited:
        return ""
    said = _("Checked blind by people: %(wrong)s wrong of %(audited)s.") % {
        "wrong": count(row.wrong),
        "audited": count(row.audited),
    }
    if row.estimate is not None and row.upper_limit is not None:
        said += " " + _("So %(estimate)s by best estimate, and with %(sure)s confidence not above %(upper)s.") % {
            "estimate": percent(row.estimate, TENTH),
            "sure": percent(promise.sure),
            "upper": percent(row.upper_limit, TENTH),
        }
    return f"{said} {PeopleError(**row.people).sentence}" if row.people else said
