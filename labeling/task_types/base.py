"""The seam: what a kind of question must say about itself, and the plain data that passes through it.

A task type is one module here and one TypeScript module of the same name, a line in each side's list and one example
file. Nothing outside these modules may ask which type it deals with. Points are px of the stored file (EXIF not
applied), text offsets are code points, frames are indexes into the frame table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Json: TypeAlias = dict[str, Any]
Scope: TypeAlias = Literal["object", "frame", "instance", "track"]
Medium: TypeAlias = Literal["image", "text", "video"]
Floats: TypeAlias = NDArray[np.float64]
A = TypeVar("A")


@dataclass(frozen=True)
class Attribute:
    """A further field that workers fill in: of the object, a frame, an instance or a track."""

    name: str
    kind: Literal["choice", "number", "text", "tick"]
    scope: Scope = "instance"
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    required: bool = False


@dataclass(frozen=True)
class Category:
    """A class; its id is its place in the job's list. `colour`: 1..12 (a label colour of the design), `key` a digit."""

    name: str
    colour: int = 1
    key: str = ""
    attributes: tuple[Attribute, ...] = ()
    skeleton: Json | None = None


@dataclass(frozen=True)
class MediaFacts:
    """What is known about the bytes. Unused fields of other media stay at their default."""

    kind: Medium
    width: int = 0  # px as stored
    height: int = 0
    depth: int = 3  # channels
    orientation: int = 1  # EXIF 1..8
    text: str = ""
    frames: int = 0
    duration: float = 0.0  # seconds


@dataclass(frozen=True)
class Base:
    """An earlier answer to verify or adjust, with the task type that reads it."""

    task_type: str
    answer: Json


@dataclass(frozen=True)
class Question:
    """All that job and data object say about one answer; plain data, also sent to the editor (`as_json`)."""

    categories: tuple[Category, ...]
    media: MediaFacts
    attributes: tuple[Attribute, ...] = ()
    tools: tuple[str, ...] = ()
    settings: Json = field(default_factory=dict)
    frames: tuple[int, int] | None = None
    base: Base | None = None


@dataclass(frozen=True)
class Vote(Generic[A]):
    """What one worker answered. `worker` is an opaque id that is stable over the job."""

    worker: str
    answer: A


@dataclass(frozen=True)
class Answered(Generic[A]):
    """A question with its votes, and the model's voice (class probabilities) where there is one."""

    question: Question
    votes: tuple[Vote[A], ...]
    prior: Floats | None = None
    known: A | None = None  # a gold answer


Skills: TypeAlias = Mapping[str, Any]
"""What consolidation believes of each worker, by worker id; the family decides what a value holds. Opaque outside."""


@dataclass(frozen=True)
class Note:
    """Something for whoever reviews a label: in plain words, of which part of it (its id) and frame, where known."""

    said: str
    part: str | None = None
    frame: int | None = None


@dataclass(frozen=True)
class Verdict(Generic[A]):
    """A consolidated answer: confidence in [0, 1]; `parts` maps an instance's id to its own confidence."""

    answer: A
    confidence: float
    parts: Mapping[str, float] = field(default_factory=dict)
    votes: int = 0
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class LabelAttribute:
    """What stands under a label attribute name in a manifest: the value, the type's own metadata, files beside it.

    `metadata` holds only the keys that the type adds (spec section 7); `formats` adds type, job-name and the rest.
    `side_files` maps a name to bytes. What a type writes is called after a pattern below
    `annotations/consolidated-annotation/output/`, such as "{object}_{created}.png", and the value names the pattern
    where the file's address belongs: whoever writes the folder puts both in. What an import hands back is called as the
    value calls it. `ours` is what Ground Truth has no place for (spec section 12.1: ids, attributes ...): written as
    `x-ours` by the profile `extended` only; an import hands it back, and from_manifest then gives an equal answer.
    """

    value: Any
    metadata: Json
    side_files: Mapping[str, bytes] = field(default_factory=dict)
    ours: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Marked:
    """A stretch of a text with its class, for the formats that hold such: code points, and what stands there."""

    id: str
    start: int
    end: int
    text: str
    label: str
    confidence: float
    attributes: Json = field(default_factory=dict)


class Target(StrEnum):
    """What a learner learns of a type."""

    CLASS = "class"
    CLASSES = "classes"
    TOKENS = "tokens"


class TaskType(ABC, Generic[A]):
    """One kind of question. A is a frozen dataclass of tuples, numbers, str and bytes: equal by value."""

    name: ClassVar[str]
    media: ClassVar[Medium]
    manifest_type: ClassVar[str]  # "groundtruth/..."
    title: ClassVar[str]  # a few words for people: "One class an image"
    min_categories: ClassVar[int] = 1
    most_categories: ClassVar[int] = 1_000_000  # of a job; fewer where the manifest's form has no place for more
    lan_suffix: ClassVar[str] = ""  # "-ref" where the spec's section 4 asks for it
    tools: ClassVar[tuple[str, ...]] = ()  # shapes that the editor offers
    usual_tools: ClassVar[tuple[str, ...]] = ()  # of a job that names none; empty: no job chooses, all are offered
    hint: ClassVar[str] = ""  # a sentence for who sets up a job: what people will do
    picture: ClassVar[str] = ""  # of it: an SVG path on 48 x 36 units, to be drawn in lines
    scopes: ClassVar[tuple[Scope, ...]] = ("object",)  # of the attributes that a job of this type may have
    skeletons: ClassVar[bool] = False  # a category may have one
    sequences: ClassVar[bool] = False  # of a video type: folders of pictures are taken, too (spec section 3.2)
    formats: ClassVar[tuple[str, ...]] = ()  # of an export, beside the manifest: "conll", "csv"

    def settings_schema(self) -> Json:
        """JSON Schema of the type's own job settings."""
        return {"type": "object", "properties": {}, "additionalProperties": False}

    def check_settings(self, settings: Json, categories: Sequence[Category]) -> None:
        """What the schema can't say of settings that fit it. Raises InvalidJob, `where` beginning with "settings/"."""

    def suggesting(self, settings: Json) -> bool:
        """Whether a job with these settings has suggestions of its own, such as a list of known terms."""
        return False

    def suggested(self, q: Question, seed: str) -> Verdict[A] | None:
        """What the job's settings alone suggest; None for nothing. `seed` makes ids: the same for the same object."""
        return None

    @abstractmethod
    def schema(self, q: Question) -> Json:
        """JSON Schema of an answer to `q`."""

    @abstractmethod
    def parse(self, raw: Json, q: Question) -> A:
        """Read an answer. Raises InvalidAnswer with a JSON pointer."""

    @abstractmethod
    def dump(self, answer: A) -> Json:
        """The inverse: parse(dump(a), q) == a."""

    @abstractmethod
    def agreement(self, a: A, b: A, q: Question) -> float:
        """Likeness in [0, 1]; symmetric; 1 for equal answers."""

    @abstractmethod
    def right(self, machine: A, people: A, q: Question) -> bool:
        """What an audit counts as a right machine label."""

    def parts_asked(self, settings: Json, media: MediaFacts) -> tuple[tuple[int, int], ...]:
        """Of a long video the ranges of frames (first, one past the last) that are asked for by themselves, ascending;
        neighbours overlap. Empty where all of it is asked for at once."""
        return ()

    def part_of(self, answer: A, q: Question) -> A:
        """What of an answer to the whole lies in the frames that `q` asks for."""
        return answer

    def whole_of(self, parts: Sequence[tuple[Question, Verdict[A]]], q: Question) -> Verdict[A]:
        """One label of those of all parts that were asked for, in their order; `q` asks for the whole."""
        return parts[0][1]

    @abstractmethod
    def skills(self, job: Sequence[Answered[A]]) -> Skills:
        """What the votes of a whole job say of its workers. The order of votes and objects never matters."""

    @abstractmethod
    def consolidate(self, asked: Answered[A], skills: Skills) -> Verdict[A]:
        """One label from the votes. The order of votes never matters."""

    @abstractmethod
    def to_manifest(self, v: Verdict[A], q: Question) -> LabelAttribute:
        """The label as the manifest's format has it."""

    def further_labels(self, v: Verdict[A], q: Question) -> Mapping[str, LabelAttribute]:
        """Labels beside the first one, for what a label has no place for: by the middle of their names, such as the
        tool's in a video job with several (spec section 12.1)."""
        return {}

    def further_names(self, q: Question) -> tuple[str, ...]:
        """The middles of the names of all labels that `further_labels` gives for this question."""
        return ()

    def lost(self, v: Verdict[A], attribute: LabelAttribute, q: Question) -> tuple[str, ...]:
        """What of `attribute`, which to_manifest made, the profile `pure` has no place for: words for people."""
        return tuple(attribute.ours)

    def side_names(self, attribute: LabelAttribute) -> tuple[str, ...]:
        """The files that a label of a manifest names, as it names them: an import puts their bytes into side_files."""
        return ()

    @abstractmethod
    def from_manifest(self, attribute: LabelAttribute, q: Question) -> A:
        """Read a label of a manifest. Raises InvalidAnswer."""

    def from_manifests(self, attributes: Sequence[LabelAttribute], q: Question) -> A:
        """Read a label that stands in a line as several: the first one's, then those of `further_names`."""
        return self.from_manifest(attributes[0], q)

    def entry_ids(self, attribute: LabelAttribute, answer: A, q: Question) -> tuple[str | None, ...]:
        """Of each entry that the metadata's `objects` run beside, the id of the instance that begins with it in
        `answer`, which from_manifest made; None where an instance goes on. Empty for a type without such a list."""
        return ()

    def marked(self, v: Verdict[A], q: Question) -> tuple[Marked, ...]:
        """The label as stretches of a text, for a type that `formats` says has them."""
        return ()

    def flat(self, v: Verdict[A]) -> tuple[Verdict[A], int]:
        """The label without overlaps, for readers that refuse them, and how many parts had to go."""
        return v, 0

    @abstractmethod
    def careless(self, answer: A, q: Question, generator: np.random.Generator) -> A:
        """Another valid answer, as somebody who doesn't look might give it; for simulated workers."""

    @abstractmethod
    def worker_answer(self, answer: A, q: Question) -> Json:
        """`answerContent` of a worker-response file: {widget: value} (spec section 10.1)."""


class Learnable(ABC, Generic[A]):
    """Beside TaskType, for types that a learner serves."""

    target: ClassVar[Target]

    def least(self, q: Question) -> int:
        """Of Target.CLASSES: how many classes an answer has at least, 0 or 1."""
        return 0

    @abstractmethod
    def encode(self, answer: A, q: Question) -> Floats:
        """(classes,), 1 at each class of the answer and 0 elsewhere; or (tokens, tags)."""

    @abstractmethod
    def decode(self, scores: Floats, q: Question) -> Verdict[A]:
        """A machine label from class probabilities (of Target.CLASSES: the chance of each class by itself); its
        confidence is the score of what it says."""
