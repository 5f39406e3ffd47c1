"""The family of video labels: one SeqLabel file a tool, beside the manifest (spec sections 7.10, 7.11, 12.1)."""

from __future__ import annotations

import json
import uuid
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from labeling.errors import InvalidAnswer, InvalidJob
from labeling.task_types.attributes import OURS, object_ours, object_values_of_ours, without_required
from labeling.task_types.base import Category, Json, LabelAttribute, MediaFacts, Question, Verdict
from labeling.task_types.frames import asked_frames, frame_fields, joined, within
from labeling.task_types.frames_seqlabel import (
    Drawn,
    Found,
    only_known,
    place_in,
    place_of,
    read,
    stretches_of,
    untold,
    written,
)
from labeling.task_types.instances import Instance, Instances, Shape
from labeling.task_types.located import Located
from labeling.task_types.manifest_lists import class_map
from labeling.task_types.naming import named_category
from labeling.task_types.tracks_chunks import Linked, in_turn, ranges

FILE = "{object}/SeqLabel.json"
AT_ONCE, IN_COMMON = 3_000, 30  # frames
EXACT = "answer"  # in `ours`: the whole answer, with key frames and sub-pixel places


class VideoLabels(Located):
    """`manifest_list`: the file's top key."""

    media = "video"
    sequences: ClassVar[bool] = True  # a folder of images with its sequence file is a video too
    lan_suffix = "-ref"
    tools = ("box", "polygon", "polyline", "keypoint")
    usual_tools = ("box",)
    own_settings: ClassVar[Mapping[str, Json]] = {
        "rotation": {"type": "boolean", "default": False, "description": "Boxes may be turned about their centre."},
        "frames_at_once": {
            "type": "integer",
            "minimum": 0,
            "maximum": 200_000,
            "default": AT_ONCE,
            "title": "Frames asked for at once",
            "description": "A longer video is asked for in parts, which several people may take. 0: always as a whole.",
        },
        "frames_in_common": {
            "type": "integer",
            "minimum": 2,
            "maximum": 1_000,
            "default": IN_COMMON,
            "title": "Frames that parts share",
            "description": "By them the parts are joined: what is in the same place there is the same thing.",
        },
    }

    def check_settings(self, settings: Json, categories: Sequence[Category]) -> None:
        most, common = settings.get("frames_at_once", AT_ONCE), settings.get("frames_in_common", IN_COMMON)
        if most and most < 2 * common:
            problem = f"Parts of {most:,} frames can't share {common:,} with each neighbour."
            raise InvalidJob(problem, where="settings/frames_at_once", todo="Ask for more at once, or share fewer.")

    def parts_asked(self, settings: Json, media: MediaFacts) -> tuple[tuple[int, int], ...]:
        most, common = settings.get("frames_at_once", AT_ONCE), settings.get("frames_in_common", IN_COMMON)
        return ranges(media.frames, most, common)

    def part_of(self, answer: Instances, q: Question) -> Instances:
        if q.frames is None:
            return answer
        instances = tuple(part for one in answer.instances if (part := self.part_of_instance(one, q)) is not None)
        return replace(answer, instances=instances, frames=joined(within(answer.frames, *asked_frames(q))))

    def whole_of(self, parts: Sequence[tuple[Question, Verdict[Instances]]], q: Question) -> Verdict[Instances]:
        """As sure as its least sure part, and each thing as the least sure of those that it is made of."""
        found = self.linked([(asked, verdict.answer.instances) for asked, verdict in parts], q)
        turns = in_turn([asked_frames(asked) for asked, _ in parts])
        frames = [one for (_, v), turn in zip(parts, turns, strict=True) for one in within(v.answer.frames, *turn)]
        told: dict[str, Any] = {}
        for _, verdict in parts:
            for name, value in verdict.answer.attributes:
                told.setdefault(name, value)
        sure = {
            ident: [parts[number][1].parts[one] for number, one in sources if one in parts[number][1].parts]
            for ident, sources in found.sources.items()
        }
        names = {(number, one): ident for ident, sources in found.sources.items() for number, one in sources}
        notes = [
            replace(note, part=names.get((number, note.part or "")))
            for number, (_, verdict) in enumerate(parts)
            for note in verdict.notes
        ]
        return Verdict(
            answer=Instances(found.tracks, tuple(told.items()), frames=joined(frames)),
            confidence=min(verdict.confidence for _, verdict in parts),
            parts={ident: min(told) for ident, told in sure.items() if told},
            votes=min(verdict.votes for _, verdict in parts),
            notes=(*notes, *found.notes),
        )

    @abstractmethod
    def part_of_instance(self, instance: Instance, q: Question) -> Instance | None:
        """What of it lies in the frames that `q` asks for; None for nothing."""

    @abstractmethod
    def linked(self, parts: Sequence[tuple[Question, Sequence[Instance]]], q: Question) -> Linked:
        """The instances of all parts, each once."""

    @abstractmethod
    def drawn(self, answer: Instances, tool: str, q: Question) -> list[Drawn]:
        """What a file of this tool shows, frame by frame."""

    @abstractmethod
    def undrawn(self, found: Sequence[Found], categories: Sequence[int], q: Question) -> list[Json]:
        """Instances of a file's entries, as an answer holds them."""

    @abstractmethod
    def inner(self, tool: str) -> Shape[Any]:
        """The shape of a single frame."""

    def to_manifest(self, v: Verdict[Instances], q: Question) -> LabelAttribute:
        """The first tool's label; `further_labels` has the others'. `ours` holds the exact answer, of all tools."""
        tool = next(iter(self._allowed(q)))
        made = self._label(v.answer, tool, FILE, q)
        exact = {key: value for key, value in self.dump(v.answer).items() if key != "attributes"}
        return replace(made, ours={EXACT: exact, **object_ours(v.answer.attributes)})

    def further_labels(self, v: Verdict[Instances], q: Question) -> Mapping[str, LabelAttribute]:
        return {
            tool: self._label(v.answer, tool, f"{{object}}/SeqLabel-{tool}.json", q) for tool in self.further_names(q)
        }

    def further_names(self, q: Question) -> tuple[str, ...]:
        return tuple(self._allowed(q))[1:]

    def lost(self, v: Verdict[Instances], attribute: LabelAttribute, q: Question) -> tuple[str, ...]:
        """Files say where things are in whole frames and px, and nothing of how they came to be there."""
        instances = v.answer.instances
        found = dict.fromkeys(
            name
            for one in instances
            for name, there in (("groups", one.group), ("origins", one.origin), *self.untold(one, q))
            if there
        )
        return tuple(found) + ((OURS,) if OURS in attribute.ours else ())

    def untold(self, instance: Instance, q: Question) -> Sequence[tuple[str, bool]]:
        """What of an instance's geometry a file has no place for: (words, whether it is there)."""
        inner = self.inner(instance.shape)
        return [
            pair
            for at in self.placed(instance)
            for pair in (
                ("places between pixels", place_of(inner, at, q.media) != place_in(inner, at)),
                *((name, True) for name in inner.ours(at)),
            )
        ]

    @abstractmethod
    def placed(self, instance: Instance) -> Sequence[Any]:
        """The shapes of single frames that were drawn."""

    def _label(self, answer: Instances, tool: str, name: str, q: Question) -> LabelAttribute:
        content = written(self.drawn(answer, tool, q), self.inner(tool), self.manifest_list, answer.frames, q)
        used = [one for one in answer.instances if one.shape == tool]
        return LabelAttribute(name, {"class-map": class_map(used, q)}, {name: content})

    def side_names(self, attribute: LabelAttribute) -> tuple[str, ...]:
        return (attribute.value,) if isinstance(attribute.value, str) and attribute.value else ()

    def from_manifest(self, attribute: LabelAttribute, q: Question) -> Instances:
        """From the file: of a track a key frame for every frame that interpolation does not give back. From `ours`
        where it says what the file says, exactly."""
        return self.from_manifests([attribute], q)

    def from_manifests(self, attributes: Sequence[LabelAttribute], q: Question) -> Instances:
        """One answer of several labels of a video, one a tool. Raises InvalidAnswer."""
        eased = without_required(q)
        exact = self._exact(attributes[0], eased)
        if exact is not None and self._says(exact, attributes, q):
            return exact
        instances: list[Json] = []
        told: dict[int, Json] = {}
        for attribute in attributes:
            found, frames = read(_content(attribute), self.manifest_list, q)
            categories = [_category(one, attribute.metadata, q) for one in found]
            instances += self.undrawn(found, categories, eased)
            told |= {frame: values for frame, values in frames.items() if values}
        fields = frame_fields(q)
        for frame, values in told.items():
            only_known(values, fields, f"/{self.manifest_list}/{frame}/frame-attributes")
        framed = stretches_of({frame: untold(values, fields, "") for frame, values in told.items()})
        ours = attributes[0].ours
        return self.parse(
            {"instances": instances, **({"frames": framed} if framed else {}), **object_values_of_ours(ours)}, eased
        )

    def _exact(self, attribute: LabelAttribute, q: Question) -> Instances | None:
        given = attribute.ours.get(EXACT)
        if not isinstance(given, dict):
            return None
        names = attribute.metadata.get("class-map")
        known: Json = names if isinstance(names, dict) else {}
        listed = given.get("instances")
        renamed = [
            {**one, "category": named_category(one.get("category"), known.get(str(one.get("category"))), "", q)}
            if isinstance(one, dict)
            else one
            for one in (listed if isinstance(listed, list) else ())
        ]
        return self.parse({**given, "instances": renamed, **object_values_of_ours(attribute.ours)}, q)

    def _says(self, exact: Instances, attributes: Sequence[LabelAttribute], q: Question) -> bool:
        """Whether the files hold what this answer would write: somebody may have changed them since."""
        verdict = Verdict(exact, 0.0)
        labels = [self.to_manifest(verdict, q), *self.further_labels(verdict, q).values()]
        for attribute, label in zip(attributes, labels, strict=False):
            name = self.side_names(attribute)
            content = attribute.side_files.get(name[0]) if name else None
            if content is not None and _shown(content, self.manifest_list) != _shown(
                next(iter(label.side_files.values())), self.manifest_list
            ):
                return False
        return True

    def worker_answer(self, answer: Instances, q: Question) -> Json:
        dumped = self.dump(answer)
        listed = [{"label": q.categories[one["category"]].name, **one} for one in dumped["instances"]]
        size = {"width": q.media.width, "height": q.media.height}
        part = {"part": list(asked_frames(q))} if q.frames else {}  # its first and last frame
        return {self.widget: {**dumped, "instances": listed, "inputImageProperties": size, **part}}


def _content(attribute: LabelAttribute) -> bytes:
    if not isinstance(attribute.value, str):
        raise InvalidAnswer("", "This label is the address of a SeqLabel file.")
    content = attribute.side_files.get(attribute.value)
    if content is None:
        raise InvalidAnswer("", f"There is no file {attribute.value[:120]!r} beside the manifest.")
    return content


def _category(found: Found, metadata: Json, q: Question) -> int:
    class_id = found.entry.get("class-id")
    names = metadata.get("class-map")
    name = names.get(str(class_id)) if isinstance(names, dict) else None
    return named_category(class_id, name, f"{found.pointer}/class-id", q)


def _shown(content: bytes, top: str) -> Any:
    """What a file says, but for the frames' numbers and names, which a sequence has of its own."""
    try:
        frames = json.loads(content).get(top)
        return [{key: one[key] for key in one if key not in ("frame", "frame-no")} for one in frames]
    except (ValueError, RecursionError, AttributeError, TypeError):
        return None


def made_id(*content: Any) -> str:
    """An id out of what something is: reading twice gives equal answers."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(content, sort_keys=True, default=str)))
