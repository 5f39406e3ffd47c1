"""A sequence's own frame numbers and names in SeqLabel files (spec sections 7.10, 7.11), and the way back to indexes.

Task types write and read files whose frames are called by their index: what a question knows. A film keeps that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Json, LabelAttribute

TOPS = ("tracking-annotations", "detection-annotations")
LISTS = ("annotations", "polygons", "polylines", "keypoints")


def with_frames(attribute: LabelAttribute, names: Sequence[str], numbers: Sequence[int]) -> LabelAttribute:
    """The label with the names and `frame-no` of the sequence file in its SeqLabel files; both in order of showing.

    Raises ValueError when a file has another number of frames.
    """
    if not names:
        return attribute
    files = {name: _named(content, names, numbers) for name, content in attribute.side_files.items()}
    return replace(attribute, side_files=files)


def _named(content: bytes, names: Sequence[str], numbers: Sequence[int]) -> bytes:
    whole = json.loads(content)
    for top in TOPS:
        for frame, name, number in zip(whole.get(top, ()), names, numbers, strict=top in whole):
            frame["frame-no"], frame["frame"] = number, name
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def by_index(attribute: LabelAttribute, names: Sequence[str], numbers: Sequence[int]) -> LabelAttribute:
    """The other way: files from elsewhere, whose frames are called as the sequence calls them. A frame is known by its
    name; where a file has none, by its number. Raises InvalidAnswer for a frame that is not in the sequence."""
    if not names:
        return attribute
    by_name = {name: index for index, name in enumerate(names)}
    by_number = {str(number): index for index, number in enumerate(numbers)}
    files = {name: _indexed(content, by_name, by_number) for name, content in attribute.side_files.items()}
    return replace(attribute, side_files=files)


def _indexed(content: bytes, by_name: dict[str, int], by_number: dict[str, int]) -> bytes:
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        return content  # the type says what is wrong with it
    for top in TOPS:
        frames = whole.get(top) if isinstance(whole, dict) else None
        for place, frame in enumerate(frames if isinstance(frames, list) else ()):
            if isinstance(frame, dict):
                frame["frame-no"] = _index(frame, by_name, by_number, f"/{top}/{place}")
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _index(frame: Json, by_name: dict[str, int], by_number: dict[str, int], pointer: str) -> int:
    name: Any = frame.get("frame")
    if isinstance(name, str) and name:
        index, called = by_name.get(name), name
    else:
        called = str(frame.get("frame-no"))
        index = by_number.get(called)
    if index is None:
        problem = f"The frame {called[:120]!r} is not in the sequence."
        raise InvalidAnswer(pointer, problem, todo="Import it beside the sequence that it was made of.")
    return index
