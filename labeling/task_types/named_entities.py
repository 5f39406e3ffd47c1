"""Spans of a text with classes: names, terms, quantities. They may overlap, nest, and be joined by relations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.quality.matching import match
from labeling.task_types.attributes import OURS, dump_values, object_ours, object_values_of_ours, without_required
from labeling.task_types.base import Category, Json, LabelAttribute, Marked, Question, Verdict
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.learnable_spans import LearnableSpans
from labeling.task_types.located import Located
from labeling.task_types.manifest_lists import Row, confidence, ids_beside, lists, read_rows, rows
from labeling.task_types.naming import named_category
from labeling.task_types.reading import kind_of
from labeling.task_types.relations import (
    KEY,
    Relation,
    check_relation_settings,
    dump_relations,
    ends_of,
    relation_settings,
    relation_types,
    with_ids,
)
from labeling.task_types.span import SPAN, covering, outermost
from labeling.task_types.terms import KEY as TERMS
from labeling.task_types.terms import check_terms, found_terms, term_settings, terms_of

ENTITIES = "entities"


class NamedEntities(Located, LearnableSpans):
    name = "named-entities"
    media = "text"
    manifest_type = "groundtruth/text-span"
    title = "Spans in texts"
    hint = "People mark words in the text and say what each is."
    picture = "M4 9h8M15 9h16M34 9h10M4 18h18M26 18h18M4 27h11M18 27h12M15 12h16M26 21h18"
    tools = ("span",)
    formats = ("conll", "csv")
    shapes: ClassVar = {SPAN.name: SPAN}
    manifest_list = ENTITIES
    manifest_group = False
    widget = "crowd-entity-annotation"
    widget_list = ENTITIES
    right_from = 1.0
    own_settings: ClassVar[Mapping[str, Json]] = {
        "snap": {
            "enum": ["words", "characters"],
            "default": "words",
            "description": "Whether a selection grows to whole words by itself; with Alt held it does the other.",
        },
        "right_from": {
            "type": "number",
            "minimum": 0.5,
            "maximum": 1,
            "default": 1,
            "description": "Overlap from which an audit counts a machine's span as right; 1 asks for the exact span.",
        },
        KEY: relation_settings(),
        TERMS: term_settings(),
    }

    def check_settings(self, settings: Json, categories: Sequence[Category]) -> None:
        check_relation_settings(settings, categories)
        check_terms(settings, categories)

    def suggesting(self, settings: Json) -> bool:
        return bool(settings.get(TERMS))

    def suggested(self, q: Question, seed: str) -> Verdict[Instances] | None:
        """The job's terms, where they stand in the text."""
        found = found_terms(q, terms_of(q), seed)
        return found if found.answer.instances else None

    def agreement(self, a: Instances, b: Instances, q: Question) -> float:
        """As of every located type; relations between matched spans count beside the spans."""
        if (a.instances, set(_said(a.relations))) == (b.instances, set(_said(b.relations))):
            return 1.0
        first, second, likeness = self._alike(a.instances, b.instances, self._threshold(q), q)
        chosen = match(first, second, likeness)
        other = {a.instances[first[at]].id: b.instances[second[at]].id for at in chosen}
        shared = len(_moved(a.relations, other) & set(_said(b.relations)))
        both = sum(len(one.instances) + len(one.relations) for one in (a, b))
        return min(1.0, 2 * (math.fsum(likeness[chosen]) + shared) / both)

    def right(self, machine: Instances, people: Instances, q: Question) -> bool:
        """Every span has its counterpart: the same class and, unless the job is content with less, the very same ends.
        Where the job asks for relations, these too."""
        if len(machine.instances) != len(people.instances) or len(machine.relations) != len(people.relations):
            return False
        least = float(q.settings.get("right_from", self.right_from)) - 1e-9
        first, second, likeness = self._alike(machine.instances, people.instances, least, q)
        most_pairs_first = likeness + len(machine.instances) + 1
        chosen = match(first, second, most_pairs_first)
        if len(chosen) < len(machine.instances):
            return False
        other = {machine.instances[first[at]].id: people.instances[second[at]].id for at in chosen}
        return _moved(machine.relations, other) == set(_said(people.relations))

    def to_manifest(self, v: Verdict[Instances], q: Question) -> LabelAttribute:
        """Spec section 7.7. The covered texts stand in `x-ours`, where an import checks them."""
        made = rows(v.answer, self.shapes, q, grouped=False)
        listed = [{"label": q.categories[row.instance.category].name, **_offsets(row)} for row in made]
        labels = [{"label": category.name} for category in q.categories]
        value = {"annotations": {ENTITIES: listed, "labels": labels}}
        metadata = {ENTITIES: [{"confidence": confidence(v, row.instance)} for row in made]}
        ours = {**lists(made), **dump_relations(v.answer.relations), **object_ours(v.answer.attributes)}
        return LabelAttribute(value, metadata, ours=ours)

    def from_manifest(self, attribute: LabelAttribute, q: Question) -> Instances:
        """A manifest has no place for attributes and relations but in `ours`; without it, required ones are not
        missed. Relations of a job that knows none are left out."""
        numbered, metadata = _numbered(attribute, q)
        read = read_rows(numbered, ENTITIES, self.shapes, metadata, attribute.ours, q)
        told = {"instance": "attributes", "object": OURS}
        eased = without_required(q, [scope for scope, name in told.items() if name not in attribute.ours])
        related = {KEY: with_ids(attribute.ours[KEY])} if relation_types(q) and attribute.ours.get(KEY) else {}
        return self.parse({"instances": read, **related, **object_values_of_ours(attribute.ours)}, eased)

    def entry_ids(self, attribute: LabelAttribute, answer: Instances, q: Question) -> tuple[str | None, ...]:
        try:
            numbered, metadata = _numbered(attribute, q)
        except InvalidAnswer:
            return ()
        beside = LabelAttribute(attribute.value, metadata, ours=attribute.ours)
        return ids_beside(numbered, ENTITIES, self.shapes, beside, answer, q)

    def marked(self, v: Verdict[Instances], q: Question) -> tuple[Marked, ...]:
        return tuple(
            Marked(
                id=one.id,
                start=one.geometry.start,
                end=one.geometry.end,
                text=one.geometry.text,
                label=q.categories[one.category].name,
                confidence=confidence(v, one),
                attributes=dump_values(one.attributes),
            )
            for one in v.answer.instances
        )

    def flat(self, v: Verdict[Instances]) -> tuple[Verdict[Instances], int]:
        """Of spans inside one another the outermost, of those that cross the surest. Relations go with their ends."""
        kept = outermost(v.answer.instances, v.parts)
        if len(kept) == len(v.answer.instances):
            return v, 0
        instances = tuple(one for one in v.answer.instances if one.id in kept)
        relations = tuple(one for one in v.answer.relations if {one.source, one.target} <= kept)
        parts = {ident: confidence for ident, confidence in v.parts.items() if ident in kept}
        answer = replace(v.answer, instances=instances, relations=relations)
        return replace(v, answer=answer, parts=parts), len(v.answer.instances) - len(instances)

    def careless(self, answer: Instances, q: Question, generator: np.random.Generator) -> Instances:
        """One span is missing, cut short or too long by a word, or of another class; its relations go with it."""
        if not answer.instances:
            return answer
        place = int(generator.integers(len(answer.instances)))
        chosen = answer.instances[place]
        made = self._mistaken(chosen, q, generator)
        others = [one for one in answer.instances if one is not chosen]
        if made is None or any((one.category, one.geometry) == (made.category, made.geometry) for one in others):
            made = None
        whole = (*answer.instances[:place], *((made,) if made else ()), *answer.instances[place + 1 :])
        changed = made is None or made.category != chosen.category
        kept = [one for one in answer.relations if not changed or chosen.id not in (one.source, one.target)]
        return replace(answer, instances=whole, relations=tuple(kept))

    def _mistaken(self, one: Instance, q: Question, generator: np.random.Generator) -> Instance | None:
        how = generator.random()
        if how < 0.4:
            return None
        if how < 0.6 and len(q.categories) > 1:
            category = (one.category + int(generator.integers(1, len(q.categories)))) % len(q.categories)
            return replace(one, category=category) if not _has_fields(q, one.category, category) else None
        words = q.media.text
        longer = words.find(" ", one.geometry.end + 1)
        shorter = words.rfind(" ", one.geometry.start + 1, one.geometry.end - 1)
        ends = [end for end in (longer, shorter) if end > one.geometry.start]
        if not ends:
            return None
        return replace(one, geometry=covering(one.geometry.start, ends[int(generator.integers(len(ends)))], q.media))

    def worker_answer(self, answer: Instances, q: Question) -> Json:
        listed = [
            {"endOffset": one.geometry.end, "label": q.categories[one.category].name, "startOffset": one.geometry.start}
            for one in answer.instances
        ]
        return {self.widget: {self.widget_list: listed}}


def _offsets(row: Row) -> Json:
    return {key: value for key, value in row.entry.items() if key != "class_id"}


def _numbered(attribute: LabelAttribute, q: Question) -> tuple[list[Any], Json]:
    """The entities with class ids in place of labels, as the family reads them. Raises InvalidAnswer."""
    inner = attribute.value.get("annotations") if isinstance(attribute.value, dict) else None
    entries = inner.get(ENTITIES) if isinstance(inner, dict) else None
    if not isinstance(entries, list):
        raise InvalidAnswer("", "This label holds no list called `annotations.entities`.")
    made = []
    for place, entry in enumerate(entries):
        at = f"/annotations/{ENTITIES}/{place}"
        if not isinstance(entry, dict):
            raise InvalidAnswer(at, f"This must be an object, and is {kind_of(entry)}.")
        category = named_category(-1, entry.get("label", ""), f"{at}/label", q)
        made.append({"class_id": category, **{key: entry.get(key) for key in ("startOffset", "endOffset")}})
    return made, {"class-map": {str(place): one.name for place, one in enumerate(q.categories)}}


def _has_fields(q: Question, before: int, after: int) -> bool:
    """Whether the classes differ in what is filled in: then nobody slips from one to the other by a key."""
    return q.categories[before].attributes != q.categories[after].attributes


def _said(relations: Sequence[Relation]) -> list[tuple[str, str, str]]:
    return [ends_of(one) for one in relations]


def _moved(relations: Sequence[Relation], other: Mapping[str, str]) -> set[tuple[str | None, str | None, str]]:
    """The relations between the counterparts of their ends."""
    return {(other.get(one.source), other.get(one.target), one.type) for one in relations}
