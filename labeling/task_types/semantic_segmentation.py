"""One mask a class: every pixel has at most one class, the rest is background."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from labeling.errors import InvalidAnswer
from labeling.geometry.masks import Mask, Window, around, first_overlap, iou, mask_of
from labeling.quality.crowd import Crowd, decide, evened, halfway, learn
from labeling.quality.pixels import REACH, looks, voted
from labeling.quality.voting import lot
from labeling.task_types.attributes import (
    OURS,
    agreed_object_values,
    agreed_values,
    dump_values,
    instance_fields,
    object_ours,
    object_values_of_ours,
    without_required,
)
from labeling.task_types.base import Answered, Json, LabelAttribute, Question, Skills, Verdict, Vote
from labeling.task_types.index_png import write_png
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.located import Located, right_from, right_setting
from labeling.task_types.masks import (
    MASK,
    MOST,
    PNG_NAME,
    RIGHT,
    colour,
    hex_of,
    image_properties,
    labeled_image,
    masks_in,
    paint,
    painted,
    palette,
    read_side_png,
    slipped,
)
from labeling.task_types.naming import named_category

BACKGROUND = "BACKGROUND"
UNPAINTED = 0  # as a class of pixels
LIKELY = 0.5


class SemanticSegmentation(Located):
    name = "semantic-segmentation"
    media = "image"
    manifest_type = "groundtruth/semantic-segmentation"
    title = "One mask a class"
    hint = "People paint the area of each class."
    picture = "M4 4h40v28H4zM4 23c8-6 14 3 22-2s11-7 18-4M8 28l4-4M16 29l5-5M27 28l6-7M36 28l6-7"
    lan_suffix = "-ref"
    most_categories = MOST
    tools = (MASK.name,)
    shapes: ClassVar = {MASK.name: MASK}
    widget = "crowd-semantic-segmentation"

    def settings_schema(self) -> Json:
        properties = {"right_from": right_setting(RIGHT, self.likeness)}
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def parse(self, raw: Json, q: Question) -> Instances:
        answer = super().parse(raw, q)
        seen: set[int] = set()
        for place, one in enumerate(answer.instances):
            if one.category in seen:
                said = f"There is a mask of {q.categories[one.category].name} already."
                raise InvalidAnswer(f"/instances/{place}/category", said, todo="Join the two masks.")
            seen.add(one.category)
        clash = first_overlap([one.geometry for one in answer.instances])
        if clash is not None:
            names = [q.categories[answer.instances[place].category].name for place in clash]
            said = f"It shares pixels with the mask of {names[0]}; a pixel has one class."
            raise InvalidAnswer(f"/instances/{clash[1]}/geometry", said, todo="Take them from one of the two.")
        return answer

    def agreement(self, a: Instances, b: Instances, q: Question) -> float:
        """Mean of the IoU of the classes that either has; 1 when neither has any."""
        likeness = list(_likeness(a, b).values())
        return sum(likeness) / len(likeness) if likeness else 1.0

    def right(self, machine: Instances, people: Instances, q: Question) -> bool:
        """Every class that either has lies in the same place, with an IoU of at least 0.7, or of what the job says."""
        return all(one >= right_from(RIGHT, q) for one in _likeness(machine, people).values())

    def skills(self, job: Sequence[Answered[Instances]]) -> Skills:
        """How often each is right, whatever the class, from a few pixels of each object; background is a class too.

        Half of it is taken back: who names things rightly need not be who follows an edge best; one number holds both.
        """
        if not job:
            return Crowd()
        told: list[list[tuple[str, int]]] = []
        known: list[int | None] = []
        for asked in job:
            votes = sorted(asked.votes, key=lambda vote: vote.worker)
            answers = [vote.answer for vote in votes] + ([asked.known] if asked.known is not None else [])
            for look in looks(_labels(answers)):
                told.append([(vote.worker, one) for vote, one in zip(votes, look, strict=False)])
                known.append(look[-1] if asked.known is not None else None)
        n_classes = len(job[0].question.categories) + 1
        return halfway(evened(learn(told, n_classes, known=known, coins=True), n_classes))

    def consolidate(self, asked: Answered[Instances], skills: Skills) -> Verdict[Instances]:
        """Pixel by pixel. A mask's confidence is the IoU that it may be expected to have with the truth, the whole
        answer's that of its worst mask. Raises ValueError without votes."""
        if asked.known is not None:
            parts = {one.id: 1.0 for one in asked.known.instances}
            return Verdict(asked.known, 1.0, parts, len(asked.votes))
        if not asked.votes:
            raise ValueError("There is nothing to consolidate: no vote.")
        crowd = skills if isinstance(skills, Crowd) else Crowd()
        votes = sorted(asked.votes, key=lambda vote: (-crowd.of(vote.worker).accuracy, lot(vote.worker)))
        answers = [vote.answer for vote in votes]
        window = _window(answers)
        asking = _asking(votes, crowd, len(asked.question.categories) + 1)
        outcome = voted(_labels(answers), asking)
        size = (asked.question.media.height, asked.question.media.width)
        made = []
        taken: set[str] = set()
        for value in sorted(outcome.likeness.keys() - {0}):
            mask = mask_of(outcome.labels == value, window, size)
            rank, instance = _instance(value - 1, mask, votes, crowd, asked.question, taken)
            taken.add(instance.id)
            made.append((rank, instance, outcome.likeness[value]))
        made.sort(key=lambda one: (one[0], one[1].id))
        trust, workers = [crowd.of(vote.worker).accuracy for vote in votes], [vote.worker for vote in votes]
        values = agreed_object_values(asked.question, [one.attributes for one in answers], trust, workers)
        answer = Instances(tuple(one for _, one, _ in made), values)
        parts = {one.id: likeness for _, one, likeness in made}
        confidence = min(parts.values()) if parts else float(asking([0] * len(votes))[1][0])
        return Verdict(answer, confidence, parts, len(votes))

    def to_manifest(self, v: Verdict[Instances], q: Question) -> LabelAttribute:
        """Spec section 7.4: the PNG beside the label, its value the class id + 1; all classes of the job are named."""
        confidence = 0 if v.votes == 1 else round(v.confidence, 2)
        names = [BACKGROUND, *(category.name for category in q.categories)]
        colours = palette(len(q.categories))
        classes = {
            str(place): {"class-name": name, "hex-color": hex_of(one), "confidence": confidence}
            for place, (name, one) in enumerate(zip(names, colours, strict=True))
        }
        png = write_png(_picture(v.answer, q), colours)
        ours = {**_ours(v.answer.instances), **object_ours(v.answer.attributes)}
        return LabelAttribute(PNG_NAME, {"internal-color-map": classes}, {PNG_NAME: png}, ours)

    def side_names(self, attribute: LabelAttribute) -> tuple[str, ...]:
        return (attribute.value,) if isinstance(attribute.value, str) else ()

    def from_manifest(self, attribute: LabelAttribute, q: Question) -> Instances:
        png = read_side_png(attribute, attribute.value, q, "")
        categories = _categories(attribute, q)
        masks: dict[int, Mask] = {}
        for value, mask in masks_in(png.picture).items():
            category = value - 1 if categories is None else categories.get(value)
            if category is None or category >= len(q.categories):
                raise InvalidAnswer("", f"The PNG holds the value {value}, which is no class of this label.")
            if category in masks:
                raise InvalidAnswer("", f"Two values of the PNG are {q.categories[category].name}.")
            masks[category] = mask
        instances = _with_ours(masks, attribute.ours)
        eased = without_required(
            q, [scope for scope, key in (("instance", "attributes"), ("object", OURS)) if key not in attribute.ours]
        )
        return self.parse({"instances": instances, **object_values_of_ours(attribute.ours)}, eased)

    def careless(self, answer: Instances, q: Question, generator: np.random.Generator) -> Instances:
        """One class is another one, has slipped away from its place, or is missing."""
        if not answer.instances:
            return answer
        listed = list(answer.instances)
        place = int(generator.integers(len(listed)))
        free = [one for one in range(len(q.categories)) if one not in {other.category for other in listed}]
        chosen = listed.pop(place)
        if free and not instance_fields(q, chosen.category) and generator.random() < 0.3:
            other = free[int(generator.integers(len(free)))]
            if not instance_fields(q, other):
                listed.insert(place, replace(chosen, category=other))
                return replace(answer, instances=tuple(listed))
        moved = slipped(chosen.geometry, generator, [one.geometry for one in listed])
        if moved is not None:
            listed.insert(place, replace(chosen, geometry=moved))
        return replace(answer, instances=tuple(listed))

    def worker_answer(self, answer: Instances, q: Question) -> Json:
        colours = {category.name: {"color": hex_of(colour(place + 1))} for place, category in enumerate(q.categories)}
        used = {q.categories[one.category].name for one in answer.instances}
        return {
            self.widget: {
                "inputImageProperties": image_properties(q),
                "labelMappings": {name: one for name, one in colours.items() if name in used},
                "labeledImage": labeled_image(write_png(_picture(answer, q), palette(len(q.categories)))),
            }
        }


def _picture(answer: Instances, q: Question) -> NDArray[np.uint8]:
    masks = [(one.geometry, one.category + 1) for one in answer.instances]
    return painted(masks, (q.media.height, q.media.width))


def _window(answers: Sequence[Instances]) -> Window:
    """The part of the image where any of them has a mask, and what a vote feels of around it."""
    return around([one.geometry for answer in answers for one in answer.instances], REACH)


def _labels(answers: Sequence[Instances]) -> NDArray[np.uint8]:
    """(answers, height, width) of `_window`: class id + 1, 0 where there is no mask."""
    window = _window(answers)
    labels = np.zeros((len(answers), window.height, window.width), dtype=np.uint8)
    for picture, answer in zip(labels, answers, strict=True):
        paint(picture, [(one.geometry, one.category + 1) for one in answer.instances], window)
    return labels


def _likeness(a: Instances, b: Instances) -> dict[int, float]:
    """IoU of each class that either has."""
    first, second = ({one.category: one.geometry for one in answer.instances} for answer in (a, b))
    return {
        category: iou(first[category], second[category]) if category in first and category in second else 0.0
        for category in sorted(first.keys() | second.keys())
    }


def _asking(
    votes: Sequence[Vote[Instances]], crowd: Crowd, n_classes: int
) -> Callable[[Sequence[int]], tuple[int, NDArray[np.float64]]]:
    """What the workers' classes of one pixel mean.

    Where somebody left it unpainted a class must be more likely than not to win. A pixel painted wrongly costs the
    overlap of two classes, one left out that of one: the best threshold for an expected overlap J is J / (1 + J),
    towards a half for good masks (after Lipton et al. 2014).
    """

    def asked(told: Sequence[int]) -> tuple[int, NDArray[np.float64]]:
        pairs = [(vote.worker, one) for vote, one in zip(votes, told, strict=True)]
        chosen, _, posterior = decide(pairs, crowd, n_classes)
        unsure = posterior[chosen] < LIKELY and UNPAINTED in told
        return UNPAINTED if unsure else chosen, posterior

    return asked


def _instance(
    category: int, mask: Mask, votes: Sequence[Vote[Instances]], crowd: Crowd, q: Question, taken: set[str]
) -> tuple[float, Instance]:
    """The mean place among the workers' masks, and the mask with the best worker's id and what they say of it."""
    members = [
        (vote.worker, rank, one)
        for vote in votes
        for rank, one in enumerate(vote.answer.instances)
        if one.category == category
    ]
    trust = [crowd.of(worker).accuracy for worker, _, _ in members]
    workers = [worker for worker, _, _ in members]
    values = agreed_values(instance_fields(q, category), [one.attributes for _, _, one in members], trust, workers)
    lead = members[0][2]
    ident = next((one.id for _, _, one in members if one.id not in taken), None)
    if ident is None:  # two classes got one proposal's id
        ident = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{lead.id} {category}"))
    rank = sum(rank for _, rank, _ in members) / len(members)
    return rank, Instance(ident, MASK.name, category, mask, values, lead.group, lead.origin)


def _ours(listed: Sequence[Instance]) -> Json:
    """Spec section 12.1. A picture has no order, so the classes are named: the other lists run beside them."""
    ours: Json = {"classes": [one.category for one in listed], "ids": [one.id for one in listed]}
    if any(one.attributes for one in listed):
        ours["attributes"] = [dump_values(one.attributes) or None for one in listed]
    if any(one.group for one in listed):
        ours["groups"] = [one.group for one in listed]
    return ours


def _with_ours(masks: Mapping[int, Mask], ours: Json) -> list[Json]:
    """JSON of the instances, in the order that `ours` tells, else of their classes; ids are then made of content."""
    told = ours.get("classes")
    order = [one for one in told if one in masks] if isinstance(told, list) else []
    beside = {name: ours[name] for name in ("ids", "attributes", "groups") if isinstance(ours.get(name), list)}
    made = []
    for category in [*order, *(one for one in masks if one not in order)]:
        own: Mapping[str, Any] = {}
        if category in order:
            place = told.index(category) if isinstance(told, list) else 0
            own = {name: listed[place] for name, listed in beside.items() if place < len(listed)}
        content = f"{category} {masks[category].counts}"
        made.append(
            {
                "id": own.get("ids") or str(uuid.uuid5(uuid.NAMESPACE_OID, content)),
                "shape": MASK.name,
                "category": category,
                "geometry": MASK.dump(masks[category]),
                "attributes": own.get("attributes") or {},
                "group": own.get("groups"),
            }
        )
    return made


def _categories(attribute: LabelAttribute, q: Question) -> dict[int, int] | None:
    """Value of the picture -> class id, by the names of the label's map; None when it has no map."""
    classes = attribute.metadata.get("internal-color-map")
    if classes is None:
        return None
    if not isinstance(classes, dict):
        raise InvalidAnswer("/internal-color-map", "internal-color-map is no object.")
    found = {}
    for key, one in classes.items():
        pointer = f"/internal-color-map/{key}"
        if not isinstance(one, dict) or not key.isascii() or not key.isdigit() or len(key) > 3:
            raise InvalidAnswer(pointer, "This is not a class of a picture: {number: {class-name, hex-color}}.")
        if one.get("class-name") != BACKGROUND:
            found[int(key)] = named_category(int(key) - 1, one.get("class-name"), pointer, q)
    return found
