"""Reading labels out of a line: of an earlier job, of another tool, or a benchmark's truth (spec sections 5 to 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeling.errors import InvalidAnswer
from labeling.formats.dates import read_date
from labeling.formats.names import META, OURS, label_names, meta_key
from labeling.task_types.base import Json, LabelAttribute

COMMON = frozenset({"type", "job-name", "human-annotated", "creation-date"})


@dataclass(frozen=True)
class FoundLabel:
    """A label as it stands in a line. What a foreign file lacks is "" or None."""

    name: str
    attribute: LabelAttribute
    type: str
    job_name: str
    human: bool | None
    created: datetime | None


def found_labels(line: Json) -> tuple[FoundLabel, ...]:
    """Every usable label of the line (a value with its metadata), in the line's order."""
    names = [key.removesuffix(META) for key in line if key.endswith(META)]
    return tuple(found for name in names if (found := read_label(line, name)))


def read_label(line: Json, name: str) -> FoundLabel | None:
    """The usable label under `name`; None when there is none: not labelled yet, failed, or no metadata object."""
    meta = line.get(meta_key(name))
    if name not in line or not isinstance(meta, dict) or "failure-reason" in meta:
        return None
    return FoundLabel(
        name=name,
        attribute=_attribute(line[name], meta),
        type=_text(meta, "type").lower(),
        job_name=_text(meta, "job-name").removeprefix("labeling-job/"),
        human={"yes": True, "no": False}.get(_text(meta, "human-annotated")),
        created=_date(_text(meta, "creation-date")),
    )


def failure_of(line: Json, name: str) -> str | None:
    """Why the object failed under `name`, or None when it did not."""
    meta = line.get(meta_key(name))
    reason = meta.get("failure-reason") if isinstance(meta, dict) else None
    return reason if isinstance(reason, str) else None


def key_in_the_way(line: Json, names: Sequence[str]) -> str | None:
    """The first key of a line that a job would write over though it is none of its own; None when there is none.

    `names`: those that it writes labels under, its main one first. A label or a failure of an earlier run under the
    main name is its own (spec section 8.3), and so are the further ones beside that.
    """
    continued = _of_a_job(line, names[0])
    strange = [name for name in names if not (continued and _of_a_job(line, name))]
    return next((key for name in strange for key in (name, meta_key(name)) if key in line), None)


def _of_a_job(line: Json, name: str) -> bool:
    return read_label(line, name) is not None or failure_of(line, name) is not None


def truth_of(line: Json, name: str) -> LabelAttribute | None:
    """What a simulated worker knows of the object. The value is enough: its metadata may be missing."""
    if name not in line:
        return None
    meta = line.get(meta_key(name))
    return _attribute(line[name], meta if isinstance(meta, dict) else {})


def truths_of(line: Json, name: str, middles: Sequence[str]) -> list[LabelAttribute]:
    """The label under `name` with those of its further ones (`middles` of their names) that are there; [] for none."""
    found = [truth_of(line, one) for one in label_names(name, middles)]
    return [one for one in found if one is not None] if found[0] is not None else []


def confidences_of(attribute: LabelAttribute, *, by_people: bool) -> tuple[float | None, tuple[float | None, ...]]:
    """The confidence of the whole label, and of each object in its list; None where none is stated.

    For a label by people 0 says "not estimated" (spec section 6.1). Several classes: the least of theirs. Raises
    InvalidAnswer with a pointer into the metadata.
    """
    meta = attribute.metadata
    whole = _confidence(meta.get("confidence"), "/confidence", by_people=by_people)
    classes = meta.get("confidence-map")
    if whole is None and isinstance(classes, dict):
        known = [_confidence(one, f"/confidence-map/{key}", by_people=by_people) for key, one in classes.items()]
        whole = min((one for one in known if one is not None), default=None)
    key = "entities" if "objects" not in meta else "objects"  # the list of spans has a name of its own (7.7)
    listed = meta.get(key)
    parts = [
        _confidence(
            one.get("confidence") if isinstance(one, dict) else None,
            f"/{key}/{place}/confidence",
            by_people=by_people,
        )
        for place, one in enumerate(listed if isinstance(listed, list) else ())
    ]
    return whole, tuple(parts)


def _confidence(value: Any, pointer: str, *, by_people: bool) -> float | None:
    if value is None or (by_people and value == 0):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InvalidAnswer(f"{META}{pointer}", "A confidence is a number from 0 to 1.", todo="Write 0.93 for 93 %.")
    return float(value)


def _attribute(value: Any, meta: Json) -> LabelAttribute:
    own = {key: one for key, one in meta.items() if key not in COMMON}
    ours = own.pop(OURS, {})
    return LabelAttribute(value, own, ours=ours if isinstance(ours, dict) else {})


def _text(meta: dict[str, Any], key: str) -> str:
    value = meta.get(key)
    return value if isinstance(value, str) else ""


def _date(text: str) -> datetime | None:
    try:
        return read_date(text)
    except ValueError:
        return None
