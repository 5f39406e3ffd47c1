"""Rules for the metadata that every label has, and for failure records (spec sections 4, 5, 6 and 8.2)."""

from __future__ import annotations

from collections.abc import Iterator

from labeling.formats.augmented import CAUSES
from labeling.formats.dates import is_exact, read_date
from labeling.formats.findings import pointer
from labeling.formats.names import META, name_problem, suffix_problem
from labeling.formats.strictjson import same_json
from labeling.formats.validator.rules import Broken
from labeling.formats.validator.types import KNOWN, WITH_REF
from labeling.formats.validator.views import LabelView, LineView


def no_object(line: LineView) -> Iterator[Broken]:
    """E-TYPE-STR for a label whose metadata is no object at all."""
    for key, value in line.object.items():
        if key.endswith(META) and not isinstance(value, dict) and key.removesuffix(META) in line.object:
            yield Broken("E-TYPE-STR", pointer(key), "The metadata is not an object.")


def name(_: LineView, label: LabelView) -> Iterator[Broken]:
    """E-LAN-NAME, E-LAN-REF."""
    if problem := name_problem(label.name):
        yield Broken("E-LAN-NAME", label.at(), f"{label.name[:140]!r} is no label attribute name. {problem}")
    elif label.type in KNOWN and (problem := suffix_problem(label.name, "-ref" if label.type in WITH_REF else "")):
        yield Broken("E-LAN-REF", label.at(), problem)


def failure(_: LineView, label: LabelView) -> Iterator[Broken]:
    """E-FAIL and a failure record's own E-HUMAN."""
    if not label.is_failure:
        return
    reason = label.meta.get("failure-reason")
    if not isinstance(reason, str) or not reason.startswith(CAUSES):
        said = f"failure-reason does not begin with {CAUSES[0]!r} or {CAUSES[1]!r}."
        yield Broken(
            "E-FAIL", label.meta_at("failure-reason"), "failure-reason is missing." if reason is None else said
        )
    if label.present:
        yield Broken("E-FAIL", label.at(), "A label stands beside its own failure record.")
    if label.meta.get("human-annotated") != "true":
        yield Broken("E-HUMAN", label.meta_at("human-annotated"), 'In a failure record human-annotated is "true".')


def kind(_: LineView, label: LabelView) -> Iterator[Broken]:
    """E-LAN-MISSING, E-TYPE-STR, W-TYPE."""
    if label.is_failure:
        return
    if not label.type:
        yield Broken("E-TYPE-STR", label.meta_at("type"), "type is missing or no string.")
    elif not label.present:
        yield Broken("E-LAN-MISSING", label.meta_at(), f"There is metadata but no {label.name[:140]!r} in the line.")
    elif label.type not in KNOWN:
        yield Broken("W-TYPE", label.meta_at("type"), f"The type {label.type[:80]!r} is unknown.")


def common(_: LineView, label: LabelView) -> Iterator[Broken]:
    """E-HUMAN, E-DATE, W-DATE, W-JOBNAME."""
    if label.is_failure or not label.type:
        return
    if label.meta.get("human-annotated") not in ("yes", "no"):
        yield Broken("E-HUMAN", label.meta_at("human-annotated"), 'human-annotated is neither "yes" nor "no".')
    yield from _date(label)
    job = _either(label, "job-name")
    if not isinstance(job, str) or not job.startswith("labeling-job/") or job != job.lower():
        yield Broken("W-JOBNAME", label.meta_at("job-name"), "job-name is not labeling-job/ and a name in lower case.")


def _either(label: LabelView, key: str) -> object:
    # Pages of the service's documentation spell custom metadata with underscores; both are read (spec 7.12).
    return label.meta.get(key, label.meta.get(key.replace("-", "_")))


def _date(label: LabelView) -> Iterator[Broken]:
    date = _either(label, "creation-date")
    try:
        read_date(date if isinstance(date, str) else "")
    except ValueError:
        said = "creation-date is missing." if date is None else "creation-date can't be read as a UTC date."
        yield Broken("E-DATE", label.meta_at("creation-date"), said)
        return
    if isinstance(date, str) and not is_exact(date):
        yield Broken("W-DATE", label.meta_at("creation-date"), f"{date!r} is readable, but not in the written form.")


def adjustment(line: LineView, label: LabelView) -> Iterator[Broken]:
    """E-ADJ, W-ADJ."""
    status = label.meta.get("adjustment-status")
    if status is None and "adjustment-status" not in label.meta:
        return
    at = label.meta_at("adjustment-status")
    if status not in ("adjusted", "unadjusted"):
        yield Broken("E-ADJ", at, 'adjustment-status is neither "adjusted" nor "unadjusted".')
    elif status == "unadjusted" and isinstance(label.value, dict):  # an address may change while its file does not
        earlier, *later = line.by_type[label.type]
        if later and later[0] is label and not same_json(earlier.value, label.value):  # with more, nobody knows which
            yield Broken("W-ADJ", at, f"It says unadjusted, but the label differs from {earlier.name[:140]!r}.")
