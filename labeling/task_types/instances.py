"""Answers that consist of located instances, and the five functions that a shape must supply."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

from labeling.errors import InvalidAnswer
from labeling.quality.clusters import Pairs
from labeling.task_types.attributes import Values, dump_values, instance_fields, parse_values, values_schema
from labeling.task_types.base import Floats, Json, MediaFacts, Question
from labeling.task_types.reading import category_id, category_schema, kind_of, members, text

G = TypeVar("G")
MOST = 20_000  # instances in one answer
UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
LONGEST_NAME = 200  # characters of a group's or a model version's name


class Shape(ABC, Generic[G]):
    """A kind of geometry. G is a frozen dataclass of numbers and tuples: equal by value."""

    name: ClassVar[str]
    keys: ClassVar[tuple[str, ...]]  # of its JSON, in a manifest too

    @abstractmethod
    def schema(self, media: MediaFacts) -> Json: ...

    @abstractmethod
    def parse(self, raw: Any, media: MediaFacts, pointer: str) -> G:
        """Raises InvalidAnswer. Lies inside the media."""

    @abstractmethod
    def dump(self, geometry: G) -> Json:
        """parse(dump(g)) == g."""

    @abstractmethod
    def similarity(self, a: Sequence[G], b: Sequence[G], least: float) -> Pairs:
        """The pairs at least so alike (> 0): places in a, places in b, likeness; symmetric, 1 for equals."""

    @abstractmethod
    def merge(self, geometries: Sequence[G], weights: Floats) -> G:
        """One from several of the same thing; equal ones give that one."""

    @abstractmethod
    def interpolate(self, a: G, b: G, t: float) -> G:
        """Between two key frames, t in [0, 1]; a at 0, b at 1."""

    @abstractmethod
    def rounded(self, geometry: G, media: MediaFacts) -> G:
        """As a manifest holds it: at most 2 decimals, inside the media."""


@dataclass(frozen=True)
class Origin:
    """A proposal's model version, and whether the worker changed it."""

    model: str
    how: Literal["accepted", "corrected"]


@dataclass(frozen=True)
class Instance:
    """One located thing. Where it came from says nothing of what it is: `origin` is not compared."""

    id: str
    shape: str
    category: int
    geometry: Any
    attributes: Values = ()
    group: str | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Instances:
    """In the order of drawing."""

    instances: tuple[Instance, ...] = ()


def parse_instances(raw: Any, q: Question, shapes: Mapping[str, Shape[Any]]) -> Instances:
    """Read an answer; `shapes` are those allowed. Raises InvalidAnswer with a JSON pointer."""
    listed = members(raw, "", required=("instances",))["instances"]
    if not isinstance(listed, list):
        raise InvalidAnswer("/instances", f"This must be a list, and is {kind_of(listed)}.")
    if len(listed) > MOST:
        raise InvalidAnswer("/instances", f"{len(listed):,} instances; an answer holds at most {MOST:,}.")
    parsed: list[Instance] = []
    ids: set[str] = set()
    for place, one in enumerate(listed):
        instance = _instance(one, f"/instances/{place}", q, shapes)
        if instance.id in ids:
            raise InvalidAnswer(f"/instances/{place}/id", "Another instance has this id.", todo="Give each its own.")
        ids.add(instance.id)
        parsed.append(instance)
    return Instances(tuple(parsed))


def dump_instances(answer: Instances, shapes: Mapping[str, Shape[Any]]) -> Json:
    return {
        "instances": [
            {
                "id": one.id,
                "shape": one.shape,
                "category": one.category,
                "geometry": shapes[one.shape].dump(one.geometry),
                "attributes": dump_values(one.attributes),
                "group": one.group,
                "origin": None if one.origin is None else {"model": one.origin.model, "how": one.origin.how},
            }
            for one in answer.instances
        ]
    }


def instances_schema(q: Question, shapes: Mapping[str, Shape[Any]]) -> Json:
    origin = {
        "type": ["object", "null"],
        "properties": {"model": _named(), "how": {"enum": ["accepted", "corrected"]}},
        "required": ["model", "how"],
        "additionalProperties": False,
    }
    properties = {
        "id": {"type": "string", "pattern": UUID},
        "shape": {"enum": list(shapes)},
        "category": category_schema(q),
        "geometry": {},
        "attributes": {"type": "object"},
        "group": {**_named(), "type": ["string", "null"]},
        "origin": origin,
    }
    rules = [_when("shape", [name], {"geometry": shape.schema(q.media)}, []) for name, shape in shapes.items()]
    item = {
        "type": "object",
        "properties": properties,
        "required": ["id", "shape", "category", "geometry"],
        "additionalProperties": False,
        "allOf": [*rules, *_attribute_rules(q)],
    }
    listed = {"type": "array", "maxItems": MOST, "items": item}
    return {
        "type": "object",
        "properties": {"instances": listed},
        "required": ["instances"],
        "additionalProperties": False,
    }


def _attribute_rules(q: Question) -> list[Json]:
    """One rule for each set of fields, naming the categories that have it."""
    sharing: dict[Any, list[int]] = {}
    for category in range(len(q.categories)):
        sharing.setdefault(instance_fields(q, category), []).append(category)
    return [
        _when(
            "category",
            categories,
            {"attributes": values_schema(fields)},
            ["attributes"] if any(one.required for one in fields) else [],
        )
        for fields, categories in sharing.items()
    ]


def _when(key: str, values: list[Any], properties: Json, required: list[str]) -> Json:
    condition = {"properties": {key: {"enum": values}}, "required": [key]}
    return {"if": condition, "then": {"properties": properties, "required": required}}


def _named() -> Json:
    return {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}


def _instance(raw: Any, pointer: str, q: Question, shapes: Mapping[str, Shape[Any]]) -> Instance:
    optional = ("attributes", "group", "origin")
    given = members(raw, pointer, required=("id", "shape", "category", "geometry"), optional=optional)
    ident = given["id"]
    if not isinstance(ident, str) or not re.fullmatch(UUID[1:-1], ident):
        raise InvalidAnswer(
            f"{pointer}/id", "An id is a UUID in lower case, like 5f0c3b1e-0d52-4c1e-9a55-0c2f6a7d1e01."
        )
    shape = shapes.get(given["shape"]) if isinstance(given["shape"], str) else None
    if shape is None:
        raise InvalidAnswer(f"{pointer}/shape", f"The shape must be one of: {', '.join(shapes)}.")
    category = category_id(given["category"], f"{pointer}/category", q)
    geometry = shape.parse(given["geometry"], q.media, f"{pointer}/geometry")
    fields = instance_fields(q, category)
    attributes = parse_values(given.get("attributes", {}), f"{pointer}/attributes", fields)
    group = given.get("group")
    if group is not None:
        group = text(group, f"{pointer}/group", longest=LONGEST_NAME)
    return Instance(ident, shape.name, category, geometry, attributes, group, _origin(given.get("origin"), pointer))


def _origin(raw: Any, pointer: str) -> Origin | None:
    if raw is None:
        return None
    given = members(raw, f"{pointer}/origin", required=("model", "how"))
    model = text(given["model"], f"{pointer}/origin/model", longest=LONGEST_NAME)
    if given["how"] not in ("accepted", "corrected"):
        raise InvalidAnswer(f"{pointer}/origin/how", "This must be accepted or corrected.")
    return Origin(model, given["how"])
