"""The family of whole-answer types: one class for the data object. Consolidation: Dawid and Skene's models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.quality.crowd import Crowd, decide, learn
from labeling.task_types.attributes import (
    OURS,
    Values,
    agreed_object_values,
    dump_object_values,
    object_ours,
    object_values_of_ours,
    parse_object_values,
    with_object_values,
    without_required,
)
from labeling.task_types.base import (
    Answered,
    Floats,
    Json,
    LabelAttribute,
    Learnable,
    Question,
    Skills,
    Target,
    TaskType,
    Verdict,
)
from labeling.task_types.naming import named_category
from labeling.task_types.reading import category_id, category_schema, members


@dataclass(frozen=True)
class Choice:
    """`category` is a class id: a place in the job's list. `attributes`: the data object's."""

    category: int
    attributes: Values = ()


class SingleClass(TaskType[Choice]):
    """One class out of the job's list."""

    min_categories = 2
    widget: ClassVar[str]  # the crowd element whose answers a worker-response file imitates

    def schema(self, q: Question) -> Json:
        return answer_schema("category", category_schema(q), q)

    def parse(self, raw: Json, q: Question) -> Choice:
        given = members(raw, "", required=("category",), optional=("attributes",))
        return Choice(category_id(given["category"], "/category", q), parse_object_values(given, q))

    def dump(self, answer: Choice) -> Json:
        return {"category": answer.category, **dump_object_values(answer.attributes)}

    def agreement(self, a: Choice, b: Choice, q: Question) -> float:
        return 1.0 if a.category == b.category else 0.0

    def right(self, machine: Choice, people: Choice, q: Question) -> bool:
        return machine.category == people.category

    def skills(self, job: Sequence[Answered[Choice]]) -> Skills:
        if not job:
            return Crowd()
        return learn(
            [_pairs(asked) for asked in job],
            len(job[0].question.categories),
            priors=[asked.prior for asked in job],
            known=[None if asked.known is None else asked.known.category for asked in job],
        )

    def consolidate(self, asked: Answered[Choice], skills: Skills) -> Verdict[Choice]:
        """A known answer is the verdict; otherwise the likeliest class. Raises ValueError without votes and voice."""
        if asked.known is not None:
            return Verdict(asked.known, 1.0, votes=len(asked.votes))
        crowd = skills if isinstance(skills, Crowd) else Crowd()
        category, confidence, _ = decide(_pairs(asked), crowd, len(asked.question.categories), asked.prior)
        attributes = agreed_attributes(asked, {vote.worker: crowd.of(vote.worker).accuracy for vote in asked.votes})
        return Verdict(Choice(category, attributes), confidence, votes=len(asked.votes))

    def to_manifest(self, v: Verdict[Choice], q: Question) -> LabelAttribute:
        """Spec section 7.1. Confidence 0 says "one worker, not estimated" (6.1)."""
        confidence = 0 if v.votes == 1 else round(v.confidence, 2)
        name = q.categories[v.answer.category].name
        metadata: Json = {"class-name": name, "confidence": confidence}
        return LabelAttribute(v.answer.category, metadata, ours=object_ours(v.answer.attributes))

    def from_manifest(self, attribute: LabelAttribute, q: Question) -> Choice:
        if isinstance(attribute.value, (list, dict)):
            raise InvalidAnswer("", "This label is not a single class.")
        category = named_category(attribute.value, attribute.metadata.get("class-name"), "", q)
        return self.parse({"category": category, **object_values_of_ours(attribute.ours)}, without_told(attribute, q))

    def careless(self, answer: Choice, q: Question, generator: np.random.Generator) -> Choice:
        """Any other class."""
        shift = int(generator.integers(1, len(q.categories)))
        return replace(answer, category=(answer.category + shift) % len(q.categories))

    def worker_answer(self, answer: Choice, q: Question) -> Json:
        return {self.widget: {"label": q.categories[answer.category].name}}


class LearnableClass(Learnable[Choice]):
    """Beside SingleClass: a learner's target is the class, its scores are class probabilities."""

    target = Target.CLASS

    def encode(self, answer: Choice, q: Question) -> Floats:
        """(classes,), 1 at the class and 0 elsewhere."""
        return np.asarray(np.eye(len(q.categories))[answer.category], dtype=float)

    def decode(self, scores: Floats, q: Question) -> Verdict[Choice]:
        """scores: (classes,) probabilities. Raises ValueError on another shape."""
        if scores.shape != (len(q.categories),):
            raise ValueError(f"Scores of shape {scores.shape} for {len(q.categories)} categories.")
        category = int(scores.argmax())
        return Verdict(Choice(category), float(scores[category]))


def answer_schema(key: str, value: Json, q: Question) -> Json:
    """JSON Schema of an answer that says `value` under `key`, and the data object's attributes."""
    whole: Json = {"type": "object", "properties": {key: value}, "required": [key], "additionalProperties": False}
    return with_object_values(whole, q)


def agreed_attributes(asked: Answered[Any], trust: Mapping[str, float]) -> Values:
    """The data object's attributes from all votes, whatever their class; `trust` by worker id."""
    votes = sorted(asked.votes, key=lambda vote: vote.worker)
    workers = [vote.worker for vote in votes]
    given = [vote.answer.attributes for vote in votes]
    return agreed_object_values(asked.question, given, [trust[worker] for worker in workers], workers)


def without_told(attribute: LabelAttribute, q: Question) -> Question:
    """A manifest has no place for attributes but in `ours`; without it, required ones are not missed."""
    return q if OURS in attribute.ours else without_required(q)


def _pairs(asked: Answered[Any]) -> list[tuple[str, int]]:
    return [(vote.worker, vote.answer.category) for vote in asked.votes]
