"""One mask an instance. Masks may overlap in answers; in the format's picture the later one lies on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.geometry.masks import Mask
from labeling.task_types.base import Answered, Json, LabelAttribute, Question, Skills, Verdict
from labeling.task_types.index_png import write_png
from labeling.task_types.instances import Instances
from labeling.task_types.located import Located
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
    painted,
    palette,
    read_side_png,
    slipped,
)
from labeling.task_types.reading import kind_of


class InstanceSegmentation(Located):
    name = "instance-segmentation"
    media = "image"
    manifest_type = "groundtruth/custom"
    title = "A mask for each thing"
    hint = "People paint each thing by itself, and say what it is."
    picture = "M4 4h40v28H4zM12 24c-4-6 2-14 8-11s4 13-2 14-4-1-6-3zM29 20c-2-5 4-10 8-7s3 9-1 10-6 0-7-3z"
    tools = (MASK.name,)
    shapes: ClassVar = {MASK.name: MASK}
    manifest_list = "instances"
    right_from = RIGHT
    widget = "crowd-instance-segmentation"
    widget_list = "instances"

    def parse(self, raw: Json, q: Question) -> Instances:
        """At most 255: the format's picture has 8 bits (spec section 7.12), and better to hear it while labeling."""
        answer = super().parse(raw, q)
        if len(answer.instances) > MOST:
            said = f"{len(answer.instances)} masks; the format's picture holds {MOST} at most."
            raise InvalidAnswer("/instances", said, todo="Leave the least important ones out.")
        return answer

    def consolidate(self, asked: Answered[Instances], skills: Skills) -> Verdict[Instances]:
        """As the family does it; of more than 255 masks the surest ones stay."""
        verdict = super().consolidate(asked, skills)
        listed = verdict.answer.instances
        if len(listed) <= MOST:
            return verdict
        surest = sorted(listed, key=lambda one: (-verdict.parts[one.id], one.id))[:MOST]
        kept = {one.id for one in surest}
        parts = {ident: confidence for ident, confidence in verdict.parts.items() if ident in kept}
        answer = replace(verdict.answer, instances=tuple(one for one in listed if one.id in kept))
        return replace(verdict, answer=answer, parts=parts)

    def to_manifest(self, v: Verdict[Instances], q: Question) -> LabelAttribute:
        """Spec section 7.12: the grey PNG's value is the 1-based place. What lies wholly under others is not seen
        there: it stands in `ours` alone, as do the whole masks of those that are partly covered."""
        listed = v.answer.instances
        seen = masks_in(_picture(listed, q))
        shown = [place for place in range(len(listed)) if place + 1 in seen]
        masks = [listed[place].geometry for place in shown]
        visible = [seen[place + 1] for place in shown]
        label = super().to_manifest(
            replace(v, answer=replace(v.answer, instances=tuple(listed[place] for place in shown))), q
        )
        entries = [
            {**{key: one for key, one in entry.items() if key not in MASK.keys}, "mask-uri": PNG_NAME}
            for entry in label.value[self.manifest_list]
        ]
        ours = label.ours | self._covered(v.answer, shown, masks, visible)
        picture = painted([(one, place + 1) for place, one in enumerate(visible)], (q.media.height, q.media.width))
        files = {PNG_NAME: write_png(picture)} if entries else {}
        return LabelAttribute({**label.value, self.manifest_list: entries}, label.metadata, files, ours)

    def _covered(self, answer: Instances, shown: Sequence[int], masks: Sequence[Mask], visible: Sequence[Mask]) -> Json:
        """What the picture does not show."""
        ours: Json = {}
        if any(one != seen for one, seen in zip(masks, visible, strict=True)):
            ours["masks"] = [one.counts if one != seen else None for one, seen in zip(masks, visible, strict=True)]
        hidden = [place for place in range(len(answer.instances)) if place not in set(shown)]
        if hidden:
            dumped = self.dump(answer)["instances"]
            ours["covered"] = [{"at": place, "instance": {**dumped[place], "origin": None}} for place in hidden]
        return ours

    def side_names(self, attribute: LabelAttribute) -> tuple[str, ...]:
        entries = attribute.value.get(self.manifest_list) if isinstance(attribute.value, dict) else None
        named = [one.get("mask-uri") for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
        return tuple(sorted({one for one in named if isinstance(one, str)}))

    def from_manifest(self, attribute: LabelAttribute, q: Question) -> Instances:
        value = attribute.value
        entries = value.get(self.manifest_list) if isinstance(value, dict) else None
        if not isinstance(entries, list):
            raise InvalidAnswer("", f"This label holds no list called `{self.manifest_list}`.")
        whole = attribute.ours.get("masks")
        masks = _masks(attribute, entries, q)
        read = []
        for place, (entry, mask) in enumerate(zip(entries, masks, strict=True)):
            own = whole[place] if isinstance(whole, list) and place < len(whole) else None
            geometry = {"size": list(mask.size), "counts": own or mask.counts}
            read.append({**{key: one for key, one in entry.items() if key != "mask-uri"}, **geometry})
        shown = super().from_manifest(replace(attribute, value={**value, self.manifest_list: read}), q)
        return self._uncovered(shown, attribute.ours.get("covered"), q)

    def _uncovered(self, shown: Instances, covered: Any, q: Question) -> Instances:
        if not isinstance(covered, list):
            return shown
        listed = list(self.dump(shown)["instances"])
        for one in covered:
            if not isinstance(one, dict) or not isinstance(one.get("at"), int):
                raise InvalidAnswer("", "`covered` is not a list of places and instances.")
            listed.insert(one["at"], one.get("instance"))
        return self.parse({**self.dump(shown), "instances": listed}, q)

    def careless(self, answer: Instances, q: Question, generator: np.random.Generator) -> Instances:
        """One instance is missing, or has slipped away from its place."""
        if not answer.instances:
            return answer
        listed = list(answer.instances)
        place = int(generator.integers(len(listed)))
        chosen = listed.pop(place)
        moved = slipped(chosen.geometry, generator)
        if moved is not None and generator.random() < 0.6:
            listed.insert(place, replace(chosen, geometry=moved))
        return replace(answer, instances=tuple(listed))

    def worker_answer(self, answer: Instances, q: Question) -> Json:
        listed = [
            {"color": hex_of(colour(place)), "label": q.categories[one.category].name}
            for place, one in enumerate(answer.instances, start=1)
        ]
        png = write_png(_picture(answer.instances, q), palette(len(listed)))
        content: Mapping[str, Any] = {
            self.widget_list: listed,
            "inputImageProperties": image_properties(q),
            "labeledImage": labeled_image(png),
        }
        return {self.widget: content}


def _picture(listed: Sequence[Any], q: Question) -> Any:
    masks = [(one.geometry, place) for place, one in enumerate(listed, start=1)]
    return painted(masks, (q.media.height, q.media.width))


def _masks(attribute: LabelAttribute, entries: Sequence[Any], q: Question) -> list[Mask]:
    """What the PNG shows of each entry. Raises InvalidAnswer when an entry has no pixel, or a pixel no entry."""
    if not entries:
        return []
    names = []
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise InvalidAnswer(f"/instances/{place}", f"This must be an object, and is {kind_of(entry)}.")
        names.append(entry.get("mask-uri"))
        if names[-1] != names[0]:
            raise InvalidAnswer(f"/instances/{place}/mask-uri", "All instances of a line stand in one PNG.")
    png = read_side_png(attribute, names[0], q, "/instances/0/mask-uri", grey=True)
    found = masks_in(png.picture)
    for place in range(len(entries)):
        if place + 1 not in found:
            raise InvalidAnswer(f"/instances/{place}", f"The PNG has no pixel of value {place + 1}.")
    extra = max(found)
    if extra > len(entries):
        said = f"The PNG holds the value {extra}, and there are {len(entries)} instances."
        raise InvalidAnswer("/instances", said)
    return [found[place + 1] for place in range(len(entries))]
