"""Further fields of an instance or of the object: reading them, their JSON Schema, one value from several workers'."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.geometry.boxes import weighted_median
from labeling.quality.voting import best
from labeling.task_types.base import Attribute, Json, Question, Scope
from labeling.task_types.reading import members, number, pointer_to, text

Value: TypeAlias = str | float | bool
Values: TypeAlias = tuple[tuple[str, Value], ...]
"""Name and value, in the order in which the job names the attributes; absent ones are left out."""

LONGEST_TEXT = 2_000  # characters
OURS = "object-attributes"


def instance_fields(q: Question, category: int, scope: Scope = "instance") -> tuple[Attribute, ...]:
    """The attributes of an instance of `category`; the category's own replace the job's of the same name.

    `scope`: "track" for what a track has as a whole; "instance" is then what it has frame by frame.
    """
    own = q.categories[category].attributes
    names = {attribute.name for attribute in own}
    both = (*(one for one in q.attributes if one.name not in names), *own)
    return tuple(one for one in both if one.scope == scope)


def object_fields(q: Question) -> tuple[Attribute, ...]:
    """The attributes of the data object as a whole. They are the job's: an object may hold several classes, or none."""
    return tuple(one for one in q.attributes if one.scope == "object")


def without_required(q: Question, scopes: Collection[str] = ("object", "frame", "instance", "track")) -> Question:
    """The same question, asked of what was written where attributes of these scopes have no place."""

    def eased(attributes: Sequence[Attribute]) -> tuple[Attribute, ...]:
        return tuple(replace(one, required=False) if one.scope in scopes else one for one in attributes)

    categories = tuple(replace(one, attributes=eased(one.attributes)) for one in q.categories)
    return replace(q, categories=categories, attributes=eased(q.attributes))


def parse_object_values(answer: Json, q: Question) -> Values:
    """The object's attributes of an answer of any type, under its optional key `attributes`. Raises InvalidAnswer."""
    return parse_values(answer.get("attributes", {}), "/attributes", object_fields(q))


def dump_object_values(values: Values) -> Json:
    """To be merged into an answer; nothing when there are none."""
    return {"attributes": dump_values(values)} if values else {}


def with_object_values(schema: Json, q: Question) -> Json:
    """An answer's JSON Schema, with the object's attributes beside its own properties."""
    fields = object_fields(q)
    required = ["attributes"] if any(one.required for one in fields) else []
    return {
        **schema,
        "properties": {**schema["properties"], "attributes": values_schema(fields)},
        "required": [*schema["required"], *required],
    }


def agreed_object_values(
    q: Question, given: Sequence[Values], trust: Sequence[float], workers: Sequence[str]
) -> Values:
    """One value of each of the object's attributes from several workers', like `agreed_values`."""
    return agreed_values(object_fields(q), given, trust, workers) if given else ()


def object_ours(values: Values) -> Json:
    """What `x-ours` holds of them (spec section 12.1); nothing when there are none."""
    return {OURS: dump_values(values)} if values else {}


def object_values_of_ours(ours: Mapping[str, Any]) -> Json:
    """The other way: to be merged into the JSON of an answer."""
    return {"attributes": ours[OURS]} if ours.get(OURS) else {}


def parse_values(raw: Any, pointer: str, fields: Sequence[Attribute]) -> Values:
    """Read {name: value}. Raises InvalidAnswer."""
    required = [one.name for one in fields if one.required]
    given = members(raw, pointer, required=required, optional=[one.name for one in fields])
    return tuple(
        (one.name, _value(given[one.name], pointer_to(pointer, one.name), one)) for one in fields if one.name in given
    )


def dump_values(values: Values) -> Json:
    return {name: plain(value) for name, value in values}


def plain(value: Value) -> Value | int:
    """Integral numbers are written without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def values_schema(fields: Sequence[Attribute]) -> Json:
    return {
        "type": "object",
        "properties": {one.name: _schema(one) for one in fields},
        "required": [one.name for one in fields if one.required],
        "additionalProperties": False,
    }


def agreed_values(
    fields: Sequence[Attribute], given: Sequence[Values], trust: Sequence[float], workers: Sequence[str]
) -> Values:
    """One value of each attribute from several workers': votes weighted by trust, of numbers the weighted median.

    Leaving an attribute out is a vote too.
    """
    values = [dict(one) for one in given]
    agreed: list[tuple[str, Value]] = []
    for one in fields:
        told = [value.get(one.name) for value in values]
        value = _agreed(one, told, trust, workers)
        if value is not None:
            agreed.append((one.name, value))
    return tuple(agreed)


def _agreed(
    field: Attribute, told: Sequence[Value | None], trust: Sequence[float], workers: Sequence[str]
) -> Value | None:
    if field.kind != "number":
        return _vote(told, trust, workers)
    if _vote([value is not None for value in told], trust, workers) is not True:
        return None
    numbers = [(float(value), weight) for value, weight in zip(told, trust, strict=True) if value is not None]
    return float(
        weighted_median(np.array([[value] for value, _ in numbers]), np.array([weight for _, weight in numbers]))[0]
    )


def _vote(told: Sequence[Value | None], trust: Sequence[float], workers: Sequence[str]) -> Value | None:
    choices: list[Value | None] = sorted(set(told), key=repr)
    sides: list[Iterable[str]] = [
        [worker for worker, value in zip(workers, told, strict=True) if value == choice] for choice in choices
    ]
    scores = [sum(weight for weight, value in zip(trust, told, strict=True) if value == choice) for choice in choices]
    return choices[best(scores, sides)]


def _value(raw: Any, pointer: str, field: Attribute) -> Value:
    if field.kind == "tick":
        if not isinstance(raw, bool):
            raise InvalidAnswer(pointer, "A tick is true or false.")
        return raw
    if field.kind == "number":
        return _bounded(number(raw, pointer), pointer, field)
    if field.kind == "choice":
        if not isinstance(raw, str) or raw not in field.choices:
            raise InvalidAnswer(pointer, f"This must be one of: {', '.join(field.choices)}.")
        return raw
    return text(raw, pointer, longest=LONGEST_TEXT, empty=not field.required)


def _bounded(value: float, pointer: str, field: Attribute) -> float:
    if field.minimum is not None and value < field.minimum:
        raise InvalidAnswer(pointer, f"This must be at least {field.minimum:g}.")
    if field.maximum is not None and value > field.maximum:
        raise InvalidAnswer(pointer, f"This must be at most {field.maximum:g}.")
    return value


def _schema(field: Attribute) -> Json:
    kinds: Mapping[str, Json] = {
        "tick": {"type": "boolean"},
        "number": {"type": "number", **_bounds(field)},
        "choice": {"enum": list(field.choices)},
        "text": {"type": "string", "maxLength": LONGEST_TEXT, "minLength": 1 if field.required else 0},
    }
    return kinds[field.kind]


def _bounds(field: Attribute) -> Json:
    bounds = {"minimum": field.minimum, "maximum": field.maximum}
    return {name: bound for name, bound in bounds.items() if bound is not None}
