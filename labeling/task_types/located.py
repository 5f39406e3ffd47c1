"""The family of located types: match the workers' instances, vote on existence and class, merge the geometry."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.quality.clusters import Pairs
from labeling.quality.matching import match
from labeling.task_types.attributes import dump_values, without_required
from labeling.task_types.base import Answered, Json, LabelAttribute, Question, Skills, TaskType, Verdict
from labeling.task_types.instances import Instance, Instances, Shape, dump_instances, instances_schema, parse_instances
from labeling.task_types.merging import LocatedSkills, consolidated, learned, match_threshold
from labeling.task_types.naming import named_category
from labeling.task_types.reading import kind_of

RIGHT = 0.5  # likeness from which an audit calls a machine's instance right (VOC)


class Located(TaskType[Instances]):
    """Instances of the shapes in `shapes`. `manifest_list`: the key of the list in a manifest (spec 7.3, 7.12);
    `widget`, `widget_list`: those of a worker-response file (10.1)."""

    shapes: ClassVar[Mapping[str, Shape[Any]]]
    manifest_list: ClassVar[str]
    widget: ClassVar[str]
    widget_list: ClassVar[str]

    def settings_schema(self) -> Json:
        threshold = {
            "type": "number",
            "minimum": 0.1,
            "maximum": 0.9,
            "default": 0.4,
            "description": "Likeness (intersection over union) from which two workers' instances mean the same thing.",
        }
        return {"type": "object", "properties": {"match_threshold": threshold}, "additionalProperties": False}

    def schema(self, q: Question) -> Json:
        return instances_schema(q, self._allowed(q))

    def parse(self, raw: Json, q: Question) -> Instances:
        return parse_instances(raw, q, self._allowed(q))

    def dump(self, answer: Instances) -> Json:
        return dump_instances(answer, self.shapes)

    def agreement(self, a: Instances, b: Instances, q: Question) -> float:
        """Twice the likeness of the best matching within categories over the number of instances in both answers."""
        if a == b:
            return 1.0
        pairs = self._alike(a.instances, b.instances, match_threshold(q))
        chosen = match(pairs[0], pairs[1], pairs[2])
        both = len(a.instances) + len(b.instances)
        return min(1.0, 2 * math.fsum(pairs[2][chosen]) / both) if both else 1.0

    def right(self, machine: Instances, people: Instances, q: Question) -> bool:
        """Every instance has its counterpart of the same category with likeness >= 0.5, none left over."""
        if len(machine.instances) != len(people.instances):
            return False
        first, second, likeness = self._alike(machine.instances, people.instances, RIGHT)
        most_pairs_first = likeness + len(machine.instances) + 1
        return len(match(first, second, most_pairs_first)) == len(machine.instances)

    def skills(self, job: Sequence[Answered[Instances]]) -> Skills:
        return learned(job, self._overlaps)

    def consolidate(self, asked: Answered[Instances], skills: Skills) -> Verdict[Instances]:
        """Keeps what exists with P > 0.5, and what every worker drew. Raises ValueError without votes."""
        if asked.known is not None:
            parts = {one.id: 1.0 for one in asked.known.instances}
            return Verdict(asked.known, 1.0, parts, len(asked.votes))
        believed = skills if isinstance(skills, LocatedSkills) else LocatedSkills()
        return consolidated(asked, believed, self.shapes, self._overlaps)

    def to_manifest(self, v: Verdict[Instances], q: Question) -> LabelAttribute:
        """Spec section 7.3. Confidence 0 says "one worker, not estimated" (6.1)."""
        media, listed = q.media, v.answer.instances
        entries = [
            {
                "class_id": one.category,
                **self.shapes[one.shape].dump(self.shapes[one.shape].rounded(one.geometry, media)),
            }
            for one in listed
        ]
        size = [{"width": media.width, "height": media.height, "depth": media.depth}]
        objects = [{"confidence": 0 if v.votes == 1 else round(v.parts.get(one.id, v.confidence), 2)} for one in listed]
        classes = {str(category): q.categories[category].name for category in sorted({one.category for one in listed})}
        metadata: Json = {"objects": objects, "class-map": classes}
        return LabelAttribute({"image_size": size, self.manifest_list: entries}, metadata, ours=_ours(listed))

    def from_manifest(self, attribute: LabelAttribute, q: Question) -> Instances:
        """Ids come from `ours`, else from place and content, so that reading twice gives equal answers.

        A manifest has no place for attributes but in `ours`; without it, required ones are not missed.
        """
        entries = attribute.value.get(self.manifest_list) if isinstance(attribute.value, dict) else None
        if not isinstance(entries, list):
            raise InvalidAnswer("", f"This label holds no list called `{self.manifest_list}`.")
        complete = "attributes" in attribute.ours
        asked = q if complete else without_required(q)
        return self.parse(
            {"instances": [self._entry(entry, i, attribute, q) for i, entry in enumerate(entries)]}, asked
        )

    def careless(self, answer: Instances, q: Question, generator: np.random.Generator) -> Instances:
        """One instance is missing, or lies half way towards another of its shape."""
        listed = list(answer.instances)
        if not listed:
            return answer
        place = int(generator.integers(len(listed)))
        chosen = listed.pop(place)
        others = [one for one in listed if one.shape == chosen.shape and one.geometry != chosen.geometry]
        if others and generator.random() < 0.5:
            other = others[int(generator.integers(len(others)))]
            moved = self.shapes[chosen.shape].interpolate(chosen.geometry, other.geometry, 0.5)
            listed.insert(place, replace(chosen, geometry=moved))
        return Instances(tuple(listed))

    def worker_answer(self, answer: Instances, q: Question) -> Json:
        listed = [
            {"label": q.categories[one.category].name, **self.shapes[one.shape].dump(one.geometry)}
            for one in answer.instances
        ]
        size = {"width": q.media.width, "height": q.media.height}
        return {self.widget: {self.widget_list: listed, "inputImageProperties": size}}

    def _allowed(self, q: Question) -> Mapping[str, Shape[Any]]:
        return {name: shape for name, shape in self.shapes.items() if not q.tools or name in q.tools}

    def _overlaps(self, a: Sequence[Instance], b: Sequence[Instance], least: float) -> Pairs:
        """Pairs of like shapes; different shapes are never the same thing."""
        found: list[Pairs] = [(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))]
        for name, shape in self.shapes.items():
            i = np.array([place for place, one in enumerate(a) if one.shape == name], dtype=np.intp)
            j = np.array([place for place, one in enumerate(b) if one.shape == name], dtype=np.intp)
            if len(i) and len(j):
                alike = shape.similarity([a[place].geometry for place in i], [b[place].geometry for place in j], least)
                found.append((i[alike[0]], j[alike[1]], alike[2]))
        first, second, likeness = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return first, second, likeness

    def _alike(self, a: Sequence[Instance], b: Sequence[Instance], least: float) -> Pairs:
        """The overlapping pairs of the same category."""
        first, second, likeness = self._overlaps(a, b, least)
        same = np.array([a[i].category == b[j].category for i, j in zip(first, second, strict=True)], dtype=bool)
        return first[same], second[same], likeness[same]

    def _entry(self, entry: Any, place: int, attribute: LabelAttribute, q: Question) -> Json:
        """One entry of a manifest's list as JSON of an instance."""
        pointer = f"/{self.manifest_list}/{place}"
        if not isinstance(entry, dict):
            raise InvalidAnswer(pointer, f"This must be an object, and is {kind_of(entry)}.")
        names = attribute.metadata.get("class-map")
        class_id = entry.get("class_id")
        name = names.get(str(class_id)) if isinstance(names, dict) else None
        shape = next(iter(self._allowed(q).values()))
        ours = {
            key: listed[place]
            for key, listed in attribute.ours.items()
            if isinstance(listed, list) and len(listed) > place  # beside ours stands what holds for the whole label
        }
        return {
            "id": ours.get("ids") or str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps([place, entry], sort_keys=True))),
            "shape": shape.name,
            "category": named_category(class_id, name, f"{pointer}/class_id", q),
            "geometry": {key: entry[key] for key in shape.keys if key in entry},
            "attributes": ours.get("attributes") or {},
            "group": ours.get("groups"),
        }


def _ours(listed: Sequence[Instance]) -> Json:
    """Spec section 12.1: lists parallel to the label's own."""
    ours: Json = {"ids": [one.id for one in listed]}
    if any(one.attributes for one in listed):
        ours["attributes"] = [dump_values(one.attributes) or None for one in listed]
    if any(one.group for one in listed):
        ours["groups"] = [one.group for one in listed]
    return ours
