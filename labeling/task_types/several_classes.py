"""The whole-answer types with several classes at once: each class is a question of its own, yes or no."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from labeling.errors import InvalidAnswer
from labeling.quality.crowd import Crowd, decide, learn
from labeling.quality.voting import best
from labeling.task_types.attributes import (
    Values,
    dump_object_values,
    object_ours,
    object_values_of_ours,
    parse_object_values,
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
from labeling.task_types.classes import agreed_attributes, answer_schema, without_told
from labeling.task_types.naming import named_category
from labeling.task_types.reading import category_id, category_schema, kind_of, members

WEAK = "weak"  # in `x-ours`: the classes of a manifest's list that somebody chose and consolidation doesn't believe


@dataclass(frozen=True)
class Choices:
    """`categories`: class ids, ascending, each once. `attributes`: the data object's."""

    categories: tuple[int, ...]
    attributes: Values = ()


@dataclass(frozen=True)
class SeveralSkill:
    """Of one worker over all classes: the mean chance of a right yes or no."""

    accuracy: float
    answers: int


@dataclass(frozen=True)
class SeveralSkills(Mapping[str, SeveralSkill]):
    """A crowd a class; its classes are 0: no, 1: yes."""

    crowds: tuple[Crowd, ...]

    def __getitem__(self, worker: str) -> SeveralSkill:
        skills = [crowd[worker] for crowd in self.crowds]
        return SeveralSkill(math.fsum(one.accuracy for one in skills) / len(skills), skills[0].answers)

    def __iter__(self) -> Iterator[str]:
        return iter(self.crowds[0])

    def __len__(self) -> int:
        return len(self.crowds[0])


class SeveralClasses(TaskType[Choices]):
    """Every class of the job's list that fits. None at all only where the lead allows it."""

    min_categories = 2
    widget: ClassVar[str]  # the crowd element whose answers a worker-response file imitates

    def settings_schema(self) -> Json:
        none = {
            "type": "boolean",
            "default": False,
            "title": "None of the classes is an answer too",
            "description": "Otherwise at least one class must be chosen.",
        }
        return {"type": "object", "properties": {"allow_none": none}, "additionalProperties": False}

    def schema(self, q: Question) -> Json:
        least = 0 if allows_none(q) else 1
        listed = {"type": "array", "items": category_schema(q), "uniqueItems": True, "minItems": least}
        return answer_schema("categories", listed, q)

    def parse(self, raw: Json, q: Question) -> Choices:
        given = members(raw, "", required=("categories",), optional=("attributes",))
        listed = given["categories"]
        if not isinstance(listed, list):
            raise InvalidAnswer("/categories", f"This must be a list, and is {kind_of(listed)}.")
        chosen: list[int] = []
        for place, one in enumerate(listed):
            category = category_id(one, f"/categories/{place}", q)
            if category in chosen:
                raise InvalidAnswer(f"/categories/{place}", "This class is named twice.", todo="Name each once.")
            chosen.append(category)
        if not chosen and not allows_none(q):
            raise InvalidAnswer("/categories", "No class is chosen.", todo="Choose at least one.")
        return Choices(tuple(sorted(chosen)), parse_object_values(given, q))

    def dump(self, answer: Choices) -> Json:
        return {"categories": list(answer.categories), **dump_object_values(answer.attributes)}

    def agreement(self, a: Choices, b: Choices, q: Question) -> float:
        """Shared classes over all that either chose (Jaccard); 1 for two empty ones."""
        either = set(a.categories) | set(b.categories)
        return len(set(a.categories) & set(b.categories)) / len(either) if either else 1.0

    def right(self, machine: Choices, people: Choices, q: Question) -> bool:
        return machine.categories == people.categories

    def skills(self, job: Sequence[Answered[Choices]]) -> Skills:
        if not job:
            return {}
        return SeveralSkills(
            tuple(
                learn(
                    [_pairs(asked, category) for asked in job],
                    2,
                    priors=[_voice(asked.prior, category) for asked in job],
                    known=[None if asked.known is None else int(category in asked.known.categories) for asked in job],
                )
                for category in range(len(job[0].question.categories))
            )
        )

    def consolidate(self, asked: Answered[Choices], skills: Skills) -> Verdict[Choices]:
        """Yes or no for each class. `parts`, by class id: the chance that it fits, for each that is in the answer or
        that somebody chose. The confidence is that of all together. Raises ValueError without votes and voice."""
        if asked.known is not None:
            return Verdict(asked.known, 1.0, {str(one): 1.0 for one in asked.known.categories}, len(asked.votes))
        count = len(asked.question.categories)
        crowds = skills.crowds if isinstance(skills, SeveralSkills) else (Crowd(),) * count
        fits: list[float] = []
        chosen: list[int] = []
        for category in range(count):
            voice = _voice(asked.prior, category)
            yes, _, posterior = decide(_pairs(asked, category), crowds[category], 2, voice)
            fits.append(float(posterior[1]))
            chosen += [category] * yes
        if not chosen and not allows_none(asked.question):
            chosen = [_likeliest(asked, fits)]
        trust = {
            vote.worker: math.fsum(crowd.of(vote.worker).accuracy for crowd in crowds) / count for vote in asked.votes
        }
        certainty = math.prod(fit if category in chosen else 1 - fit for category, fit in enumerate(fits))
        told = {category for vote in asked.votes for category in vote.answer.categories}
        parts = {str(category): fits[category] for category in sorted(told | set(chosen))}
        return Verdict(Choices(tuple(chosen), agreed_attributes(asked, trust)), certainty, parts, len(asked.votes))

    def to_manifest(self, v: Verdict[Choices], q: Question) -> LabelAttribute:
        """Spec section 7.2: every class that somebody chose, weak ones with their confidence. Which are weak stands in
        `ours`. Confidence 0 says "one worker, not estimated" (6.1)."""
        listed = sorted({*v.answer.categories, *(int(part) for part in v.parts)})
        confidence = {one: 0 if v.votes == 1 else round(v.parts.get(str(one), v.confidence), 2) for one in listed}
        metadata: Json = {
            "class-map": {str(one): q.categories[one].name for one in listed},
            "confidence-map": {str(one): confidence[one] for one in listed},
        }
        weak = [one for one in listed if one not in v.answer.categories]
        ours = {**object_ours(v.answer.attributes), **({WEAK: weak} if weak else {})}
        return LabelAttribute(listed, metadata, ours=ours)

    def from_manifest(self, attribute: LabelAttribute, q: Question) -> Choices:
        """Every class of the list but those that `ours` calls weak: elsewhere the list is the label."""
        if not isinstance(attribute.value, list):
            raise InvalidAnswer("", f"This must be a list of classes, and is {kind_of(attribute.value)}.")
        weak = attribute.ours.get(WEAK)
        names = attribute.metadata.get("class-map")
        chosen = [
            named_category(one, names.get(str(one)) if isinstance(names, dict) else None, f"/{place}", q)
            for place, one in enumerate(attribute.value)
            if not isinstance(weak, list) or one not in weak
        ]
        return self.parse({"categories": chosen, **object_values_of_ours(attribute.ours)}, without_told(attribute, q))

    def careless(self, answer: Choices, q: Question, generator: np.random.Generator) -> Choices:
        """One class more or less."""
        changed = set(answer.categories) ^ {int(generator.integers(len(q.categories)))}
        if not changed and not allows_none(q):
            changed = {(answer.categories[0] + 1) % len(q.categories)}
        return replace(answer, categories=tuple(sorted(changed)))

    def worker_answer(self, answer: Choices, q: Question) -> Json:
        return {self.widget: {"labels": [q.categories[one].name for one in answer.categories]}}


class LearnableClasses(Learnable[Choices]):
    """The class chances of a learner, one yes or no each, and back."""

    target = Target.CLASSES

    def least(self, q: Question) -> int:
        return 0 if allows_none(q) else 1

    def encode(self, answer: Choices, q: Question) -> Floats:
        """(classes,), 1 at each chosen class and 0 elsewhere."""
        fits = np.zeros(len(q.categories))
        fits[list(answer.categories)] = 1.0
        return fits

    def decode(self, scores: Floats, q: Question) -> Verdict[Choices]:
        """scores: (classes,) the chance that each class fits. The confidence is that of all together; `parts` as in
        `SeveralClasses.consolidate`. Raises ValueError on another shape."""
        if scores.shape != (len(q.categories),):
            raise ValueError(f"Scores of shape {scores.shape} for {len(q.categories)} categories.")
        (fits,) = believed(scores[None], least=self.least(q))
        chosen = tuple(np.flatnonzero(fits).tolist())
        certainty = float(np.where(fits, scores, 1 - scores).prod())
        return Verdict(Choices(chosen), certainty, {str(one): float(scores[one]) for one in chosen})


def believed(chances: Floats, *, least: int) -> NDArray[np.bool_]:
    """(n, classes) chances that each class fits -> which of them an answer has: those that more likely fit than not.
    Where there is none and `least` is 1, the likeliest."""
    fits = chances > 0.5
    if least:
        none = np.flatnonzero(~fits.any(axis=1))
        fits[none, chances[none].argmax(axis=1)] = True
    return np.asarray(fits, dtype=np.bool_)


def allows_none(q: Question) -> bool:
    return q.settings.get("allow_none") is True


def _likeliest(asked: Answered[Choices], fits: Sequence[float]) -> int:
    """The one class of an answer that must have one."""
    backers = [
        [vote.worker for vote in asked.votes if category in vote.answer.categories] for category in range(len(fits))
    ]
    return best(fits, backers)


def _voice(prior: Floats | None, category: int) -> Floats | None:
    """A model's chance of one class as (no, yes)."""
    return None if prior is None else np.array([1 - prior[category], prior[category]], dtype=float)


def _pairs(asked: Answered[Any], category: int) -> list[tuple[str, int]]:
    return [(vote.worker, int(category in vote.answer.categories)) for vote in asked.votes]
