"""Sequence files: a folder of pictures as one data object (spec section 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from labeling.errors import Invalid, ManifestLineError
from labeling.formats.findings import pointer
from labeling.formats.references import Reference, classify
from labeling.formats.strictjson import parse_object
from labeling.task_types.base import Json

MOST_BYTES = 16 << 20  # of a sequence file
MOST_FRAMES = 20_000


class SequenceFault(NamedTuple):
    """What is wrong with a sequence file: the rule, where in it, and a sentence."""

    rule: str
    pointer: str
    message: str


class SequenceRefused(Invalid):
    """A sequence file that can't be read as one."""

    code = "sequence-refused"


@dataclass(frozen=True)
class SequenceFrame:
    """One frame: its order number, its file's name, and when it was taken (Unix seconds), if that is known."""

    number: int
    name: str
    stamp: float | None = None


@dataclass(frozen=True)
class FrameSequence:
    """`frames` in the order in which they are shown: the UTF-8 byte order of their names, as the service has it."""

    number: int
    prefix: str
    frames: tuple[SequenceFrame, ...]

    def reference(self, frame: SequenceFrame) -> Reference:
        """Where a frame's picture is. Raises ReferenceRefused."""
        return classify(self.prefix + frame.name)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


_Wanted: TypeAlias = tuple[tuple[str, Callable[[Any], bool], str], ...]
_HEAD: _Wanted = (
    ("seq-no", _is_whole, "a whole number"),
    ("prefix", _is_text, "a text"),
    ("number-of-frames", _is_whole, "a whole number"),
)
_FRAME: _Wanted = (("frame-no", _is_whole, "a whole number"), ("frame", _is_text, "the name of a file"))


def names_sequence(reference: Reference) -> bool:
    """Whether a `source-ref` of a video job names a sequence file and not a film."""
    return reference.name.lower().endswith(".json")


def read_sequence(content: bytes) -> FrameSequence:
    """The sequence in a file. Raises SequenceRefused with the first error (W-SEQ-ORDER is none)."""
    parsed = parse(content)
    if isinstance(parsed, SequenceFault):
        raise _refused(parsed)
    for fault in faults(parsed):
        if fault.rule.startswith("E-"):
            raise _refused(fault)
    frames = [SequenceFrame(one["frame-no"], one["frame"], one.get("unix-timestamp")) for one in parsed["frames"]]
    frames.sort(key=lambda frame: frame.name.encode())
    return FrameSequence(parsed["seq-no"], parsed["prefix"], tuple(frames))


def parse(content: bytes) -> Json | SequenceFault:
    """The file's JSON object, unchecked; E-SEQ-JSON when there is none."""
    if len(content) > MOST_BYTES:
        return SequenceFault("E-SEQ-JSON", "", f"The sequence file is larger than {MOST_BYTES >> 20} MiB.")
    try:
        return parse_object(content)
    except ManifestLineError as error:
        said = "The sequence file holds no JSON object." if error.rule == "E-OBJ" else error.what
        return SequenceFault("E-SEQ-JSON", error.pointer, said.replace("of the line ", "of the file "))


def faults(value: Json) -> Iterator[SequenceFault]:
    """Everything that is wrong with a sequence file's object, in its order."""
    yield from _fields(value, _HEAD, "")
    prefix, frames = value.get("prefix"), value.get("frames")
    if isinstance(prefix, str) and prefix and not prefix.endswith("/"):
        yield SequenceFault("E-SEQ-PREFIX", "/prefix", f"The prefix {prefix[:80]!r} does not end with /.")
    if not isinstance(frames, list) or not frames:
        yield SequenceFault("E-SEQ-FIELD", "/frames", "frames is not a list of frames.")
        return
    count = value.get("number-of-frames")
    if _is_whole(count) and count != len(frames):
        yield SequenceFault("E-SEQ-COUNT", "/number-of-frames", f"It says {count:,} frames, and lists {len(frames):,}.")
    if len(frames) > MOST_FRAMES:
        yield SequenceFault("E-SEQ-COUNT", "/frames", f"It has more than {MOST_FRAMES:,} frames.")
    good = []
    for place, frame in enumerate(frames[:MOST_FRAMES]):
        found = list(_frame(frame, place))
        yield from found
        good += [] if found else [(place, frame)]
    yield from _twice(good, "frame-no")
    yield from _twice(good, "frame")
    yield from _order([frame for _, frame in good])


def _fields(value: Mapping[str, Any], wanted: _Wanted, at: str) -> Iterator[SequenceFault]:
    for key, fits, kind in wanted:
        if key not in value:
            yield SequenceFault("E-SEQ-FIELD", at, f"{key} is missing.")
        elif not fits(value[key]):
            yield SequenceFault("E-SEQ-FIELD", at + pointer(key), f"{key} is not {kind}.")


def _frame(frame: Any, place: int) -> Iterator[SequenceFault]:
    at = pointer("frames", place)
    if not isinstance(frame, dict):
        yield SequenceFault("E-SEQ-FIELD", at, "The frame is no object.")
        return
    yield from _fields(frame, _FRAME, at)
    stamp = frame.get("unix-timestamp", 0)
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        yield SequenceFault("E-SEQ-FIELD", at + "/unix-timestamp", "unix-timestamp is no number of seconds.")


def _twice(frames: list[tuple[int, Json]], key: str) -> Iterator[SequenceFault]:
    seen: set[Any] = set()
    for place, frame in frames:
        if frame[key] in seen:
            said = f"{key} {str(frame[key])[:80]!r} stands twice."
            yield SequenceFault("E-SEQ-DUP", pointer("frames", place, key), said)
        seen.add(frame[key])


def _order(frames: list[Json]) -> Iterator[SequenceFault]:
    by_name = sorted(frames, key=lambda frame: frame["frame"].encode())
    numbers = [frame["frame-no"] for frame in by_name]
    if numbers != sorted(numbers):
        first = next(one for one, number in zip(by_name, sorted(numbers), strict=True) if one["frame-no"] != number)
        said = f"By name {first['frame'][:80]!r} (frame-no {first['frame-no']}) comes at another place than by number."
        yield SequenceFault("W-SEQ-ORDER", "/frames", said)


def _refused(fault: SequenceFault) -> SequenceRefused:
    return SequenceRefused(
        f"{fault.message} ({fault.rule})",
        where=f"sequence file {fault.pointer}".strip(),
        todo="Mend the sequence file; validate_manifest --files lists all that is wrong with it.",
    )
