"""Typed relations between instances of one answer: which a job allows, reading them, one set from several workers'."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from labeling.errors import InvalidAnswer, InvalidJob
from labeling.task_types.base import Category, Json, Question
from labeling.task_types.reading import UUID, kind_of, members, uuid_text

KEY: Final = "relations"  # in an answer, in a job's settings and in `x-ours` (spec section 12.1)
MOST: Final = 20_000  # in one answer
MOST_TYPES: Final = 200
LONGEST_NAME: Final = 256


@dataclass(frozen=True)
class RelationType:
    """`sources`, `targets`: the class ids that may stand at either end."""

    name: str
    sources: frozenset[int]
    targets: frozenset[int]


@dataclass(frozen=True)
class Relation:
    """From one instance (its id) to another one; directed."""

    id: str
    source: str
    target: str
    type: str


Ends: TypeAlias = tuple[str, str, str]
"""Ids of both ends and the type: what a relation says, whoever says it."""


def relation_settings() -> Json:
    """JSON Schema of the setting. An end that is left out, or empty, may be of any class."""
    name = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
    end = {"type": "array", "items": name, "uniqueItems": True}
    return {
        "type": "array",
        "maxItems": MOST_TYPES,
        "default": [],
        "description": "Kinds of relations that people may draw between spans, each with the classes at its ends.",
        "items": {
            "type": "object",
            "properties": {"name": name, "from": end, "to": end},
            "required": ["name"],
            "additionalProperties": False,
        },
    }


def check_relation_settings(settings: Json, categories: Sequence[Category]) -> None:
    """What the schema can't say. Raises InvalidJob."""
    known = {one.name for one in categories}
    seen: set[str] = set()
    for place, one in enumerate(settings.get(KEY, ())):
        at = f"settings/{KEY}/{place}"
        if one["name"] in seen:
            raise InvalidJob(f'Two relations are called "{one["name"]}".', where=f"{at}/name", todo="Rename one.")
        seen.add(one["name"])
        for end in ("from", "to"):
            strange = [name for name in one.get(end, ()) if name not in known]
            if strange:
                problem = f'"{one["name"]}" names the class "{strange[0]}", which this job has not.'
                raise InvalidJob(problem, where=f"{at}/{end}", todo=f"Choose of: {', '.join(sorted(known))}.")


def relation_types(q: Question) -> Mapping[str, RelationType]:
    """By name, as the job's settings have them."""
    places = {category.name: place for place, category in enumerate(q.categories)}
    anything = frozenset(places.values())

    def end(names: Sequence[str]) -> frozenset[int]:
        return frozenset(places[name] for name in names if name in places) if names else anything

    return {
        one["name"]: RelationType(one["name"], end(one.get("from", ())), end(one.get("to", ())))
        for one in q.settings.get(KEY, ())
    }


def relations_schema(q: Question) -> Json:
    """Of the list in an answer."""
    ident = {"type": "string", "pattern": UUID}
    item = {
        "type": "object",
        "properties": {"id": ident, "from": ident, "to": ident, "type": {"enum": list(relation_types(q))}},
        "required": ["id", "from", "to", "type"],
        "additionalProperties": False,
    }
    return {"type": "array", "maxItems": MOST, "items": item}


def parse_relations(raw: Any, q: Question, classes: Mapping[str, int]) -> tuple[Relation, ...]:
    """`classes`: the class of each instance by its id. Raises InvalidAnswer."""
    if not isinstance(raw, list):
        raise InvalidAnswer(f"/{KEY}", f"This must be a list, and is {kind_of(raw)}.")
    if len(raw) > MOST:
        raise InvalidAnswer(f"/{KEY}", f"{len(raw):,} relations; an answer holds at most {MOST:,}.")
    types = relation_types(q)
    ids, said = set(classes), set()
    made = []
    for place, one in enumerate(raw):
        at = f"/{KEY}/{place}"
        relation = _relation(one, at, types, classes, q)
        if relation.id in ids:
            raise InvalidAnswer(f"{at}/id", "Another relation or instance has this id.", todo="Give each its own.")
        if ends_of(relation) in said:
            raise InvalidAnswer(at, "This relation is there already.", todo="Keep one of the two.")
        ids.add(relation.id)
        said.add(ends_of(relation))
        made.append(relation)
    return tuple(made)


def _relation(
    raw: Any, at: str, types: Mapping[str, RelationType], classes: Mapping[str, int], q: Question
) -> Relation:
    given = members(raw, at, required=("id", "from", "to", "type"))
    kind = types.get(given["type"]) if isinstance(given["type"], str) else None
    if kind is None:
        raise InvalidAnswer(f"{at}/type", f"The type must be one of: {', '.join(types)}.")
    for end, allowed in (("from", kind.sources), ("to", kind.targets)):
        ident = given[end]
        if not isinstance(ident, str) or ident not in classes:
            raise InvalidAnswer(f"{at}/{end}", "No instance of this answer has this id.", todo="Leave it out.")
        if classes[ident] not in allowed:
            name = q.categories[classes[ident]].name
            raise InvalidAnswer(f"{at}/{end}", f"{kind.name} can't stand {end} an instance of {name}.")
    if given["from"] == given["to"]:
        raise InvalidAnswer(f"{at}/to", "A relation has two different ends.")
    return Relation(uuid_text(given["id"], f"{at}/id"), given["from"], given["to"], kind.name)


def dump_relations(relations: Sequence[Relation]) -> Json:
    """To be merged into an answer, and into `x-ours`; nothing when there are none."""
    listed = [{"id": one.id, "from": one.source, "to": one.target, "type": one.type} for one in relations]
    return {KEY: listed} if listed else {}


def ends_of(relation: Relation) -> Ends:
    return relation.source, relation.target, relation.type


def with_ids(listed: Any) -> Any:
    """Relations of a file, where those of other writers have none; reading twice gives equal ids."""
    if not isinstance(listed, list):
        return listed
    return [
        {"id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{place} {json.dumps(one, sort_keys=True)}")), **one}
        if isinstance(one, dict)
        else one
        for place, one in enumerate(listed)
    ]
