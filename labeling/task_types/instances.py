"""Answers that consist of located instances, and the functions that a shape must supply."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

from labeling.errors import InvalidAnswer
from labeling.quality.clusters import Pairs
from labeling.task_types.attributes import (
    Values,
    dump_object_values,
    dump_values,
    instance_fields,
    parse_object_values,
    parse_values,
    values_schema,
    with_object_values,
)
from labeling.task_types.base import Category, Floats, Json, MediaFacts, Question, Scope, Skills
from labeling.task_types.frames import KEY as FRAMES
from labeling.task_types.frames import Stretches, dump_frames, frame_fields, parse_frames, with_frames
from labeling.task_types.reading import UUID, category_id, category_schema, kind_of, members, text, uuid_text
from labeling.task_types.relations import (
    KEY,
    Relation,
    dump_relations,
    parse_relations,
    relation_types,
    relations_schema,
)

G = TypeVar("G")
MOST = 20_000  # instances in one answer
LONGEST_NAME = 200  # characters of a group's or a model version's name


class Shape(ABC, Generic[G]):
    """A kind of geometry. G is a frozen dataclass of numbers and tuples: equal by value. Five functions are the shape's
    own (parse, dump, similarity, merge, interpolate); the others say how it stands in files."""

    name: ClassVar[str]
    keys: ClassVar[tuple[str, ...]]  # of its JSON, in a manifest too
    by_category: ClassVar[bool] = False  # its form depends on the category: only those of the winning one are merged
    distinct: ClassVar[bool] = False  # two instances of one category never have equal geometry
    scope: ClassVar[Scope] = "instance"  # of the attributes that an instance of this shape has as a whole
    spread: ClassVar[bool] = False  # one instance takes several entries of a manifest, tied by `group`

    def takes(self, category: Category) -> bool:
        """Whether instances of this category may have this shape."""
        return True

    @abstractmethod
    def schema(self, q: Question, category: int) -> Json: ...

    @abstractmethod
    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> G:
        """Raises InvalidAnswer. Lies inside the media."""

    @abstractmethod
    def dump(self, geometry: G) -> Json:
        """parse(dump(g)) == g."""

    @abstractmethod
    def similarity(self, a: Sequence[G], b: Sequence[G], least: float, q: Question) -> Pairs:
        """The pairs at least so alike (> 0): places in a, places in b, likeness; symmetric, 1 for equals."""

    @abstractmethod
    def merge(self, geometries: Sequence[G], weights: Floats, q: Question) -> G:
        """One from several of the same thing; equal ones give that one."""

    def agreed(
        self, geometries: Sequence[G], workers: Sequence[str], weights: Floats, q: Question, skills: Skills
    ) -> G:
        """`merge` of what several workers drew, where it matters who did: a track's worker may always be late."""
        return self.merge(geometries, weights, q)

    def told(
        self,
        geometry: G,
        given: Sequence[G],
        q: Question,
        category: int,
        trust: Sequence[float],
        workers: Sequence[str],
    ) -> G:
        """A merged geometry with what of it is told, not placed: voted on by those who agree on the category."""
        return geometry

    @abstractmethod
    def interpolate(self, a: G, b: G, t: float) -> G:
        """Between two key frames, t in [0, 1]; a at 0, b at 1."""

    @abstractmethod
    def rounded(self, geometry: G, media: MediaFacts) -> G:
        """As a manifest holds it: at most 2 decimals, inside the media."""

    def entries(self, geometry: G, media: MediaFacts) -> tuple[Json, ...]:
        """What stands in a manifest's list, and in a worker's answer."""
        return (self.dump(geometry),)

    def ours(self, geometry: G) -> Json:
        """What the entries have no place for (spec section 12.1): name of the list -> this instance's value."""
        return {}

    def from_entries(self, entries: Sequence[Json], ours: Json, q: Question, category: int) -> Json:
        """The way back, as JSON that `parse` checks. `ours`: name of the list -> whatever stands there."""
        return {key: entries[0][key] for key in self.keys if key in entries[0]}


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
    """In the order of drawing. `attributes`: those of the data object as a whole; `relations` join the instances;
    `frames`: the attributes of a video's frames."""

    instances: tuple[Instance, ...] = ()
    attributes: Values = ()
    relations: tuple[Relation, ...] = ()
    frames: Stretches = ()


def parse_instances(raw: Any, q: Question, shapes: Mapping[str, Shape[Any]]) -> Instances:
    """Read an answer; `shapes` are those allowed. Raises InvalidAnswer with a JSON pointer."""
    related = (KEY,) if relation_types(q) else ()
    framed = (FRAMES,) if frame_fields(q) else ()
    given = members(raw, "", required=("instances",), optional=("attributes", *related, *framed))
    listed = given["instances"]
    if not isinstance(listed, list):
        raise InvalidAnswer("/instances", f"This must be a list, and is {kind_of(listed)}.")
    if len(listed) > MOST:
        raise InvalidAnswer("/instances", f"{len(listed):,} instances; an answer holds at most {MOST:,}.")
    parsed: list[Instance] = []
    classes: dict[str, int] = {}
    distinct: set[tuple[str, int, Any]] = set()
    for place, one in enumerate(listed):
        instance = _instance(one, f"/instances/{place}", q, shapes)
        if instance.id in classes:
            raise InvalidAnswer(f"/instances/{place}/id", "Another instance has this id.", todo="Give each its own.")
        classes[instance.id] = instance.category
        if shapes[instance.shape].distinct:
            where = instance.shape, instance.category, instance.geometry
            if where in distinct:
                problem = f"Another {instance.shape} of this class is in the very same place."
                raise InvalidAnswer(f"/instances/{place}/geometry", problem, todo="Keep one of the two.")
            distinct.add(where)
        parsed.append(instance)
    relations = parse_relations(given.get(KEY, []), q, classes) if related else ()
    return Instances(tuple(parsed), parse_object_values(given, q), relations, parse_frames(given, q))


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
        ],
        **dump_relations(answer.relations),
        **dump_frames(answer.frames),
        **dump_object_values(answer.attributes),
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
    rules = [rule for shape in shapes.values() for rule in _shape_rules(q, shape)]
    item = {
        "type": "object",
        "properties": properties,
        "required": ["id", "shape", "category", "geometry"],
        "additionalProperties": False,
        "allOf": [*rules, *_attribute_rules(q, shapes)],
    }
    listed = {"type": "array", "maxItems": MOST, "items": item}
    whole: Json = {
        "type": "object",
        "properties": {"instances": listed},
        "required": ["instances"],
        "additionalProperties": False,
    }
    if relation_types(q):
        whole["properties"][KEY] = relations_schema(q)
    return with_object_values(with_frames(whole, q), q)


def _shape_rules(q: Question, shape: Shape[Any]) -> list[Json]:
    """Which categories the shape has, and its geometry: once, or once a category where it depends on it."""
    having = [place for place, category in enumerate(q.categories) if shape.takes(category)]
    rules = []
    if len(having) < len(q.categories):
        rules.append(_when({"shape": [shape.name]}, {"category": {"enum": having}}, []))
    if not shape.by_category:
        rules.append(_when({"shape": [shape.name]}, {"geometry": shape.schema(q, 0)}, []))
        return rules
    return rules + [
        _when({"shape": [shape.name], "category": [place]}, {"geometry": shape.schema(q, place)}, [])
        for place in having
    ]


def _attribute_rules(q: Question, shapes: Mapping[str, Shape[Any]]) -> list[Json]:
    """One rule for each set of fields, naming the categories that have it."""
    told: Scope = "instance"
    scope = next((shape.scope for shape in shapes.values()), told)  # of one type all have the same
    sharing: dict[Any, list[int]] = {}
    for category in range(len(q.categories)):
        sharing.setdefault(instance_fields(q, category, scope), []).append(category)
    return [
        _when(
            {"category": categories},
            {"attributes": values_schema(fields)},
            ["attributes"] if any(one.required for one in fields) else [],
        )
        for fields, categories in sharing.items()
    ]


def _when(told: Mapping[str, list[Any]], properties: Json, required: list[str]) -> Json:
    condition = {"properties": {key: {"enum": values} for key, values in told.items()}, "required": list(told)}
    return {"if": condition, "then": {"properties": properties, "required": required}}


def _named() -> Json:
    return {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}


def _instance(raw: Any, pointer: str, q: Question, shapes: Mapping[str, Shape[Any]]) -> Instance:
    optional = ("attributes", "group", "origin")
    given = members(raw, pointer, required=("id", "shape", "category", "geometry"), optional=optional)
    ident = uuid_text(given["id"], f"{pointer}/id")
    shape = shapes.get(given["shape"]) if isinstance(given["shape"], str) else None
    if shape is None:
        raise InvalidAnswer(f"{pointer}/shape", f"The shape must be one of: {', '.join(shapes)}.")
    category = category_id(given["category"], f"{pointer}/category", q)
    if not shape.takes(q.categories[category]):
        raise InvalidAnswer(f"{pointer}/shape", f"{q.categories[category].name} is not drawn as a {shape.name}.")
    geometry = shape.parse(given["geometry"], q, category, f"{pointer}/geometry")
    fields = instance_fields(q, category, shape.scope)
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
