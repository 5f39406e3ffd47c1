"""Attributes in a category file, and reading its fields with an error that names file and field (spec section 3.3)."""

from __future__ import annotations

from typing import Any, Literal

from labeling.errors import InvalidJob
from labeling.task_types.base import Attribute, Json

Scope = Literal["object", "frame", "instance", "track"]
Kind = Literal["choice", "number", "text", "tick"]


class Reader:
    """Reads fields of one file; each error says `where` (the file) and the field's path in it."""

    def __init__(self, where: str) -> None:
        self.where = where

    def wrong(self, field: str, problem: str, todo: str = "") -> InvalidJob:
        return InvalidJob(problem, where=f"{self.where} {field}", todo=todo)

    def objects(self, outer: Json, key: str, field: str) -> list[Json]:
        """A list of objects; absent is empty."""
        value = outer.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong(field, f"{key} is not a list of objects.", "Write a list of {…}.")
        return value

    def mapping(self, outer: Json, key: str) -> Json:
        value = outer.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, f"{key} is not an object.", "Write {…}.")
        return value

    def text(self, outer: Json, key: str, field: str, *, default: str | None = None) -> str:
        value = outer.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(field, f"{key} is {'missing' if value is None else 'not a string'}.", "Write a string.")
        return value

    def number(self, outer: Json, key: str, field: str) -> float | None:
        value = outer.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self.wrong(field, f"{key} is not a number.", "Write a number.")
        return value


def read_attributes(read: Reader, outer: Json, key: str, scope: Scope, prefix: str = "") -> tuple[Attribute, ...]:
    """The attributes under `key`; names unique. Raises InvalidJob."""
    made = tuple(
        _attribute(read, one, scope, f"{prefix}{key}[{place}]")
        for place, one in enumerate(read.objects(outer, key, prefix + key))
    )
    names = [one.name for one in made]
    if len(set(names)) < len(names):
        raise read.wrong(prefix + key, "Two attributes have one name.", "Give each a name of its own.")
    return made


def _attribute(read: Reader, raw: Json, scope: Scope, field: str) -> Attribute:
    name = read.text(raw, "name", f"{field}.name")
    kind = read.text(raw, "type", f"{field}.type", default="string")
    choices = raw.get("enum", [])
    if kind not in ("string", "number", "boolean"):
        todo = 'Write "string", "number" or "boolean".'
        raise read.wrong(f"{field}.type", f"{kind[:40]!r} is no type of attribute.", todo)
    if not isinstance(choices, list) or not all(isinstance(one, str) and one for one in choices):
        raise read.wrong(f"{field}.enum", "enum is not a list of strings.", "Write the choices as strings.")
    least, most = read.number(raw, "minimum", f"{field}.minimum"), read.number(raw, "maximum", f"{field}.maximum")
    if kind == "number" and (least is None or most is None or least > most):
        raise read.wrong(field, "A number needs a minimum and a maximum, in order.", "Add minimum and maximum.")
    if not name.strip():
        raise read.wrong(f"{field}.name", "The name is empty.", "Name the attribute.")
    return Attribute(
        name=name,
        kind=_kind(kind, choices),
        scope=scope,
        choices=tuple(choices),
        minimum=least,
        maximum=most,
        required=raw.get("isRequired") is True,
    )


def _kind(kind: str, choices: Any) -> Kind:
    """`boolean` is ours: the format has strings and numbers only."""
    if kind == "string":
        return "choice" if choices else "text"
    return "number" if kind == "number" else "tick"


def attribute_as_json(attribute: Attribute) -> Json:
    """The inverse. A tick becomes a choice of two: the format has no other place for it."""
    made: dict[str, Any] = {"name": attribute.name, "type": "number" if attribute.kind == "number" else "string"}
    if attribute.kind == "number":
        made |= {"minimum": attribute.minimum, "maximum": attribute.maximum}
    if attribute.kind in ("choice", "tick"):
        made["enum"] = list(attribute.choices) or ["yes", "no"]
    if attribute.required:
        made["isRequired"] = True
    return made
