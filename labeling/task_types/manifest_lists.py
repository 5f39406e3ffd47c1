"""Lists of instances in a manifest (spec 7.3, 7.12), and what runs beside them in `x-ours` (12.1)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.errors import InvalidAnswer
from labeling.task_types.attributes import dump_values
from labeling.task_types.base import Json, LabelAttribute, MediaFacts, Question, Verdict
from labeling.task_types.instances import Instance, Instances, Shape
from labeling.task_types.naming import named_category
from labeling.task_types.reading import integer, kind_of

MOST_GROUP = 1_000_000_000


@dataclass(frozen=True)
class Row:
    """One entry of the list: whose it is, what stands there, and what stands beside it."""

    instance: Instance
    entry: Json
    ours: Json


def image_size(media: MediaFacts) -> list[Json]:
    return [{"width": media.width, "height": media.height, "depth": media.depth}]


def confidence(v: Verdict[Instances], instance: Instance) -> float:
    """0 says "one worker, not estimated" (spec 6.1)."""
    return 0 if v.votes == 1 else round(v.parts.get(instance.id, v.confidence), 2)


def class_map(listed: Sequence[Instance], q: Question) -> Json:
    return {str(category): q.categories[category].name for category in sorted({one.category for one in listed})}


def rows(answer: Instances, shapes: Mapping[str, Shape[Any]], q: Question, *, grouped: bool) -> list[Row]:
    """The entries in order. What holds for an instance of several entries stands beside its first one.

    `grouped`: entries have a place for an integer `group`.
    """
    numbers = group_numbers(answer.instances, shapes) if grouped else {}
    made: list[Row] = []
    for one in answer.instances:
        shape = shapes[one.shape]
        geometry = shape.rounded(one.geometry, q.media)
        tie = {"group": numbers[one.id]} if one.id in numbers else {}
        own: Json = {"ids": one.id, "attributes": dump_values(one.attributes) or None, "groups": one.group}
        own |= shape.ours(geometry)
        for part in shape.entries(geometry, q.media):
            made.append(Row(one, {"class_id": one.category, **part, **tie}, own))
            own = {}
    return made


def lists(made: Sequence[Row]) -> Json:
    """Lists parallel to the entries, null where an entry has nothing; a list of nothing is left out."""
    names = dict.fromkeys(name for row in made for name, value in row.ours.items() if value is not None)
    return {"ids": [], **{name: [row.ours.get(name) for row in made] for name in names}}


def group_numbers(listed: Sequence[Instance], shapes: Mapping[str, Shape[Any]]) -> dict[str, int]:
    """Integer by instance id: instances that share a group share one, an instance of several entries has its own.

    A group that is a number already keeps it, so that a file from elsewhere comes back as it was.
    """
    keys = {
        one.id: ("one", one.id) if shapes[one.shape].spread else ("group", str(one.group))
        for one in listed
        if one.group is not None or shapes[one.shape].spread
    }
    wanted: dict[tuple[str, str], int] = {}
    claimed: set[tuple[str, int]] = set()
    for one in listed:
        key = keys.get(one.id)
        number = _number(one.group)
        if key is not None and key not in wanted and number is not None and (key[0], number) not in claimed:
            wanted[key] = number
            claimed.add((key[0], number))
    taken = set(wanted.values())
    following = 1
    for key in dict.fromkeys(keys.values()):
        if key not in wanted:
            while following in taken:
                following += 1
            wanted[key] = following
            taken.add(following)
    return {ident: wanted[key] for ident, key in keys.items()}


def _number(group: str | None) -> int | None:
    """The number that a group's name is, if it is one as it would be written."""
    if group is None or not group.isascii() or not group.isdigit() or len(group) > 9 or str(int(group)) != group:
        return None
    return int(group)


def read_rows(
    entries: Sequence[Any], key: str, shapes: Mapping[str, Shape[Any]], metadata: Json, ours: Json, q: Question
) -> list[Json]:
    """The entries of the list called `key` as JSON of instances. Raises InvalidAnswer.

    Ids come from `ours`, else from place and content, so that reading twice gives equal answers.
    """
    categories = [_category(entry, f"/{key}/{place}", metadata, q) for place, entry in enumerate(entries)]
    made = []
    for places in gathered(entries, key, shapes, categories, q):
        first = places[0]
        shape = _shape(shapes, q, categories[first], "")
        beside = {name: listed[first] for name, listed in ours.items() if _has(listed, first)}
        parts = [entries[place] for place in places]
        content = json.dumps([first, *parts], sort_keys=True)
        group = _group(parts[0], "")
        known = beside.get("groups") if "ids" in ours else None if group is None else str(group)
        made.append(
            {
                "id": beside.get("ids") or str(uuid.uuid5(uuid.NAMESPACE_OID, content)),
                "shape": shape.name,
                "category": categories[first],
                "geometry": shape.from_entries(parts, beside, q, categories[first]),
                "attributes": beside.get("attributes") or {},
                "group": known,
            }
        )
    return made


def gathered(
    entries: Sequence[Any], key: str, shapes: Mapping[str, Shape[Any]], categories: Sequence[int], q: Question
) -> list[list[int]]:
    """The places of each instance's entries, in the order of the first of each."""
    found: dict[Any, list[int]] = {}
    for place, (entry, category) in enumerate(zip(entries, categories, strict=True)):
        shape = _shape(shapes, q, category, f"/{key}/{place}")
        group = _group(entry, f"/{key}/{place}/group")
        tied = (shape.name, category, group) if shape.spread else place
        found.setdefault(tied, []).append(place)
    return list(found.values())


def ids_beside(
    entries: Sequence[Any],
    key: str,
    shapes: Mapping[str, Shape[Any]],
    attribute: LabelAttribute,
    answer: Instances,
    q: Question,
) -> tuple[str | None, ...]:
    """Of each entry the id of the instance that begins with it: as `ours` tells, which may hold more instances than the
    list, else by order."""
    told = attribute.ours.get("ids")
    if isinstance(told, list):
        known = {one.id for one in answer.instances}
        return tuple(one if isinstance(one, str) and one in known else None for one in told)
    categories = [_category(entry, f"/{key}/{place}", attribute.metadata, q) for place, entry in enumerate(entries)]
    found: list[str | None] = [None] * len(entries)
    for places, one in zip(gathered(entries, key, shapes, categories, q), answer.instances, strict=False):
        found[places[0]] = one.id
    return tuple(found)


def _has(listed: Any, place: int) -> bool:
    """Beside the lists stands what holds for the whole label."""
    return isinstance(listed, list) and len(listed) > place and listed[place] is not None


def _category(entry: Any, pointer: str, metadata: Json, q: Question) -> int:
    if not isinstance(entry, dict):
        raise InvalidAnswer(pointer, f"This must be an object, and is {kind_of(entry)}.")
    names = metadata.get("class-map")
    class_id = entry.get("class_id")
    name = names.get(str(class_id)) if isinstance(names, dict) else None
    return named_category(class_id, name, f"{pointer}/class_id", q)


def _shape(shapes: Mapping[str, Shape[Any]], q: Question, category: int, pointer: str) -> Shape[Any]:
    for shape in shapes.values():
        if shape.takes(q.categories[category]):
            return shape
    raise InvalidAnswer(pointer, f"No shape of this job is for the category {q.categories[category].name}.")


def _group(entry: Json, pointer: str) -> int | None:
    raw = entry.get("group")
    if raw is None:
        return None
    number = integer(raw, pointer)
    if not 0 <= number < MOST_GROUP:
        raise InvalidAnswer(pointer, f"A group is a whole number from 0 to {MOST_GROUP - 1:,}.")
    return number
