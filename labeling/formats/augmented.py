"""Writing the augmented manifest: a line as it came, with a label or a failure at its end (spec 2.1, 5, 6 and 12).

Public readers look at the order of keys: the source first, what was passed through in its order, then the label, then
its metadata. A line is always the whole object of the input: nothing is dropped, and no number loses a digit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from labeling.formats.dates import write_date
from labeling.formats.names import OURS, meta_key
from labeling.formats.references import ReferenceRefused, classify
from labeling.formats.strictjson import dumps, parse_exactly
from labeling.task_types.base import Json, LabelAttribute

Profile = Literal["pure", "extended"]
EXPIRED = "ClientError: Annotation tasks expired"
CAUSES = ("ClientError: ", "InternalServerError: ")
_SOURCES = ("source", "source-ref")
_STRING = r'"[^"\\\x00-\x1f]*"'
_FLAT = re.compile(
    rf'{{"source(?:-ref)?":{_STRING}(?:,{_STRING}:(?:{_STRING}|-?[1-9][0-9]{{0,14}}|true|false|null))*}}'
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The common metadata: which kind of label, of which job, by people or by a machine, and when (aware)."""

    manifest_type: str
    job_name: str
    human: bool
    created: datetime


def augment(
    text: str,
    *,
    name: str,
    label: LabelAttribute,
    stamp: Stamp,
    ours: Json | None = None,
    profile: Profile = "pure",
    source_prefix: str = "",
) -> str:
    """The line `text` with the label under `name`; a label or failure of that name is replaced and moves to the end.

    `ours` joins what the type itself has in `label.ours`; both are written in the extended profile only. With
    `source_prefix` a relative source-ref is written below it. No line end. Raises ManifestLineError if `text` is no
    JSON object, ValueError or TypeError if the label is no JSON.
    """
    pair = attribute_pair(name, label, stamp, ours=ours, profile=profile)
    if _is_written_form(text, name) and not source_prefix:
        return f"{text[:-1]},{dumps(pair)[1:]}"
    return dumps(_prepared(text, (name,), source_prefix) | pair)


def attribute_pair(
    name: str, label: LabelAttribute, stamp: Stamp, *, ours: Json | None = None, profile: Profile = "pure"
) -> Json:
    """{name: value, name-metadata: {...}}, in this order: also the content of a consolidation response."""
    meta = label.metadata | {
        "type": stamp.manifest_type,
        "job-name": f"labeling-job/{stamp.job_name.lower()}",
        "human-annotated": "yes" if stamp.human else "no",
        "creation-date": write_date(stamp.created),
    }
    if profile == "extended" and (extra := {**label.ours, **(ours or {})}):
        meta[OURS] = extra
    return {name: label.value, meta_key(name): meta}


def fail(
    text: str,
    *,
    name: str,
    reason: str,
    retry_count: int = 0,
    source_prefix: str = "",
    further: Sequence[str] = (),
) -> str:
    """The line with a failure record under `name` and no label of the job: none there, nor under its `further` names.
    Raises ValueError unless `reason` begins with one of CAUSES.

    For expiry, and when everybody declined, it must begin with EXPIRED: other people's code looks for these words.
    """
    if not reason.startswith(CAUSES):
        raise ValueError(f"a failure reason begins with one of {CAUSES}")
    line = _prepared(text, (name, *further), source_prefix)
    line[meta_key(name)] = {"failure-reason": reason, "retry-count": retry_count, "human-annotated": "true"}
    return dumps(line)


def unlabelled(text: str, *, source_prefix: str = "") -> str:
    """The line of an object without outcome: what came in, and nothing else."""
    return dumps(_prepared(text, (), source_prefix))


def _is_written_form(text: str, name: str) -> bool:
    # Nearly all lines are a source and a few plain values, written as we would write them: a third of the time is
    # saved by not taking them apart. The words are looked for anywhere, so a doubt takes the long way.
    return _FLAT.fullmatch(text) is not None and f'"{name}"' not in text and f'"{meta_key(name)}"' not in text


def _prepared(text: str, names: Sequence[str], source_prefix: str) -> Json:
    came = parse_exactly(text)
    line = {key: came[key] for key in _SOURCES if key in came} | came
    for name in names:
        line.pop(name, None)
        line.pop(meta_key(name), None)
    if source_prefix and "source-ref" in line:
        line["source-ref"] = _below(source_prefix, line["source-ref"])
    return line


def _below(prefix: str, came: object) -> object:
    try:
        reference = classify(came) if isinstance(came, str) else None
    except ReferenceRefused:
        return came  # never followed, so it is text like any other
    if reference is None or reference.kind != "relative":
        return came
    return f"{prefix.rstrip('/')}/{'/'.join(reference.path)}"
