"""The family of located types: match the workers' instances, vote on existence and class, merge the geometry."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.quality.clusters import Overlaps, Pairs
from labeling.quality.matching import match
from labeling.task_types.attributes import OURS, object_ours, object_values_of_ours, without_required
from labeling.task_types.base import Answered, Json, LabelAttribute, Question, Scope, Skills, TaskType, Verdict
from labeling.task_types.instances import Instance, Instances, Shape, dump_instances, instances_schema, parse_instances
from labeling.task_types.manifest_lists import (
    class_map,
    confidence,
    group_numbers,
    ids_beside,
    image_size,
    lists,
    read_rows,
    rows,
)
from labeling.task_types.merging import LocatedSkills, consolidated, learned

RIGHT = 0.5  # likeness from which an audit calls a machine's instance right (VOC)


def right_setting(default: float, likeness: str) -> Json:
    """The lead's own notion of right, as a setting."""
    return {
        "type": "number",
        "minimum": 0.1,
        "maximum": 0.99,
        "default": default,
        "description": f"Likeness ({likeness}) with people's from which a machine's instance counts as right.",
    }


def right_from(default: float, q: Question) -> float:
    return float(q.settings.get("right_from", default))


class Located(TaskType[Instances]):
    """Instances of the shapes in `shapes`. `manifest_list`: the key of the list in a manifest (spec 7.3, 7.12);
    `widget`, `widget_list`: those of a worker-response file (10.1)."""

    scopes: ClassVar[tuple[Scope, ...]] = ("object", "instance")
    shapes: ClassVar[Mapping[str, Shape[Any]]]
    manifest_list: ClassVar[str]
    manifest_group: ClassVar[bool] = True  # an entry has a place for an integer `group`
    widget: ClassVar[str]
    widget_list: ClassVar[str]
    likeness: ClassVar[str] = "intersection over union"  # what `similarity` measures, for people
    threshold: ClassVar[float] = 0.4  # likeness from which two workers' instances mean the same thing
    right_from: ClassVar[float] = RIGHT
    own_settings: ClassVar[Mapping[str, Json]] = {}  # further properties of the settings

    def settings_schema(self) -> Json:
        threshold = {
            "type": "number",
            "minimum": 0.1,
            "maximum": 0.9,
            "default": self.threshold,
            "description": f"Likeness ({self.likeness}) from which two workers' instances mean the same thing; "
            "half of it where neither has another one near.",
        }
        properties = {
            "match_threshold": threshold,
            "right_from": right_setting(self.right_from, self.likeness),
            **self.own_settings,
        }
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def schema(self, q: Question) -> Json:
        return instances_schema(q, self._allowed(q))

    def parse(self, raw: Json, q: Question) -> Instances:
        return parse_instances(raw, q, self._allowed(q))

    def dump(self, answer: Instances) -> Json:
        return dump_instances(answer, self.shapes)

    def agreement(self, a: Instances, b: Instances, q: Question) -> float:
        """Twice the likeness of the best matching within categories over the number of instances in both answers."""
        if a.instances == b.instances:
            return 1.0
        pairs = self._alike(a.instances, b.instances, self._threshold(q), q)
        chosen = match(pairs[0], pairs[1], pairs[2])
        both = len(a.instances) + len(b.instances)
        return min(1.0, 2 * math.fsum(pairs[2][chosen]) / both) if both else 1.0

    def right(self, machine: Instances, people: Instances, q: Question) -> bool:
        """Every instance has its counterpart of the same category with likeness >= `right_from`, none left over.

        The job's own `right_from`, where it has one.
        """
        if len(machine.instances) != len(people.instances):
            return False
        first, second, likeness = self._alike(machine.instances, people.instances, right_from(self.right_from, q), q)
        most_pairs_first = likeness + len(machine.instances) + 1
        return len(match(first, second, most_pairs_first)) == len(machine.instances)

    def skills(self, job: Sequence[Answered[Instances]]) -> Skills:
        return learned(job, self._matching)

    def consolidate(self, asked: Answered[Instances], skills: Skills) -> Verdict[Instances]:
        """Keeps what exists with P > 0.5, and what every worker drew. Raises ValueError without votes."""
        if asked.known is not None:
            parts = {one.id: 1.0 for one in asked.known.instances}
            return Verdict(asked.known, 1.0, parts, len(asked.votes))
        believed = skills if isinstance(skills, LocatedSkills) else LocatedSkills()
        return consolidated(asked, believed, self.shapes, self._matching)

    def to_manifest(self, v: Verdict[Instances], q: Question) -> LabelAttribute:
        """Spec sections 7.3 and 7.12. Confidence 0 says "one worker, not estimated" (6.1)."""
        made = rows(v.answer, self.shapes, q, grouped=self.manifest_group)
        metadata: Json = {
            "objects": [{"confidence": confidence(v, row.instance)} for row in made],
            "class-map": class_map(v.answer.instances, q),
        }
        value = {"image_size": image_size(q.media), self.manifest_list: [row.entry for row in made]}
        return LabelAttribute(value, metadata, ours={**lists(made), **object_ours(v.answer.attributes)})

    def from_manifest(self, attribute: LabelAttribute, q: Question) -> Instances:
        """A manifest has no place for attributes but in `ours`; without it, required ones are not missed."""
        entries = attribute.value.get(self.manifest_list) if isinstance(attribute.value, dict) else None
        if not isinstance(entries, list):
            raise InvalidAnswer("", f"This label holds no list called `{self.manifest_list}`.")
        read = read_rows(entries, self.manifest_list, self._allowed(q), attribute.metadata, attribute.ours, q)
        told = {"instance": "attributes", "object": OURS}
        eased = without_required(q, [scope for scope, name in told.items() if name not in attribute.ours])
        return self.parse({"instances": read, **object_values_of_ours(attribute.ours)}, eased)

    def entry_ids(self, attribute: LabelAttribute, answer: Instances, q: Question) -> tuple[str | None, ...]:
        entries = attribute.value.get(self.manifest_list) if isinstance(attribute.value, dict) else None
        if not isinstance(entries, list):
            return ()
        return ids_beside(entries, self.manifest_list, self._allowed(q), attribute, answer, q)

    def careless(self, answer: Instances, q: Question, generator: np.random.Generator) -> Instances:
        """One instance is missing, or lies half way towards another of its shape."""
        listed = list(answer.instances)
        if not listed:
            return answer
        place = int(generator.integers(len(listed)))
        chosen = listed.pop(place)
        others = [one for one in listed if self._comparable(one, chosen) and one.geometry != chosen.geometry]
        if others and generator.random() < 0.5:
            other = others[int(generator.integers(len(others)))]
            moved = self.shapes[chosen.shape].interpolate(chosen.geometry, other.geometry, 0.5)
            listed[place:place] = self._valid(replace(chosen, geometry=moved), q)
        return replace(answer, instances=tuple(listed))

    def worker_answer(self, answer: Instances, q: Question) -> Json:
        numbers = group_numbers(answer.instances, self.shapes) if self.manifest_group else {}
        listed = [
            {
                "label": q.categories[one.category].name,
                **entry,
                **({"group": numbers[one.id]} if one.id in numbers else {}),
            }
            for one in answer.instances
            for entry in self.shapes[one.shape].entries(one.geometry, q.media)
        ]
        size = {"width": q.media.width, "height": q.media.height}
        return {self.widget: {self.widget_list: listed, "inputImageProperties": size}}

    def _threshold(self, q: Question) -> float:
        return float(q.settings.get("match_threshold", self.threshold))

    def _matching(self, q: Question) -> tuple[Overlaps[Instance], float]:
        """How instances of one question are compared, and from which likeness they may be one thing."""

        def overlaps(a: Sequence[Instance], b: Sequence[Instance], least: float) -> Pairs:
            return self._overlaps(a, b, least, q)

        return overlaps, self._threshold(q)

    def _comparable(self, a: Instance, b: Instance) -> bool:
        return a.shape == b.shape and (a.category == b.category or not self.shapes[a.shape].by_category)

    def _valid(self, instance: Instance, q: Question) -> list[Instance]:
        """The instance as it would be read; nothing where two outlines have no middle that is one."""
        shape = self.shapes[instance.shape]
        try:
            geometry = shape.parse(shape.dump(instance.geometry), q, instance.category, "")
        except InvalidAnswer:
            return []
        return [replace(instance, geometry=geometry)]

    def _allowed(self, q: Question) -> Mapping[str, Shape[Any]]:
        return {name: shape for name, shape in self.shapes.items() if not q.tools or name in q.tools}

    def _overlaps(self, a: Sequence[Instance], b: Sequence[Instance], least: float, q: Question) -> Pairs:
        """Pairs of like shapes; different shapes are never the same thing."""
        found: list[Pairs] = [(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))]
        for name, shape in self.shapes.items():
            i = np.array([place for place, one in enumerate(a) if one.shape == name], dtype=np.intp)
            j = np.array([place for place, one in enumerate(b) if one.shape == name], dtype=np.intp)
            if len(i) and len(j):
                alike = shape.similarity([a[at].geometry for at in i], [b[at].geometry for at in j], least, q)
                found.append((i[alike[0]], j[alike[1]], alike[2]))
        first, second, likeness = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return first, second, likeness

    def _alike(self, a: Sequence[Instance], b: Sequence[Instance], least: float, q: Question) -> Pairs:
        """The overlapping pairs of the same category."""
        first, second, likeness = self._overlaps(a, b, least, q)
        same = np.array([a[i].category == b[j].category for i, j in zip(first, second, strict=True)], dtype=bool)
        return first[same], second[same], likeness[same]
