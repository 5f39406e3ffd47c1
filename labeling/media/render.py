"""What is made from a stored file: thumbnails, a view for browsers, pixels for learners. All in a child process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labeling.errors import Problem, UnsupportedMedia
from labeling.media import sandbox
from labeling.media.limits import Limits
from labeling.media.probe import DEFAULT, format_of
from labeling.task_types.base import Json, Medium

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Rendered:
    """New bytes and their type."""

    content: bytes
    content_type: str


def thumbnail(path: Path, medium: Medium, side: int = 256, *, limits: Limits = DEFAULT) -> Rendered:
    """At most `side` px wide and high, upright; of a video its first frame. Raises Problem; a text has none."""
    (made,) = thumbnails([path], medium, side, limits=limits)
    if isinstance(made, Problem):
        raise made
    return made


def thumbnails(
    paths: Sequence[Path], medium: Medium, side: int = 256, *, limits: Limits = DEFAULT
) -> Iterator[Rendered | Problem]:
    """Of many files in one child, in order, as they come."""
    if medium == "text":
        raise UnsupportedMedia("A text has no thumbnail.")
    work = "image-thumbnail" if medium == "image" else "video-poster"
    for reply in _each(work, paths, medium, {"side": side}, limits):
        yield reply if isinstance(reply, Problem) else Rendered(reply.content, reply.facts["content_type"])


def view(path: Path, *, limits: Limits = DEFAULT) -> Rendered:
    """An image that browsers don't show, as one that they do: the px as stored, EXIF not applied. Raises Problem."""
    task: Json = {"path": str(path), "format": format_of(path, "image", limits)}
    reply = sandbox.run_one("image-view", task, limits)
    return Rendered(reply.content, reply.facts["content_type"])


def decode(path: Path, max_side: int, *, limits: Limits = DEFAULT) -> Pixels:
    """(h, w) grey or (h, w, 3) RGB, upright, the larger side at most `max_side` px. Raises Problem."""
    (pixels,) = decode_many([path], max_side, limits=limits)
    if isinstance(pixels, Problem):
        raise pixels
    return pixels


def decode_many(paths: Sequence[Path], max_side: int, *, limits: Limits = DEFAULT) -> Iterator[Pixels | Problem]:
    """`decode` of many files in one child, in order, as they come: memory stays that of one picture."""
    for reply in _each("image-pixels", paths, "image", {"side": max_side}, limits):
        yield reply if isinstance(reply, Problem) else _as_array(reply)


def _as_array(reply: sandbox.Reply) -> Pixels:
    width, height, depth = (reply.facts[key] for key in ("width", "height", "depth"))
    flat = np.frombuffer(reply.content, dtype=np.uint8)
    return flat.reshape((height, width) if depth == 1 else (height, width, depth))


def _each(
    work: str, paths: Sequence[Path], medium: Medium, more: Json, limits: Limits
) -> Iterator[sandbox.Reply | Problem]:
    looks = [_format_or_problem(path, medium, limits) for path in paths]
    tasks = [
        {"path": str(path), "format": look, **more}
        for path, look in zip(paths, looks, strict=True)
        if isinstance(look, str)
    ]
    replies = sandbox.run(work, tasks, limits)
    for look in looks:
        yield look if isinstance(look, Problem) else next(replies)


def _format_or_problem(path: Path, medium: Medium, limits: Limits) -> str | Problem:
    try:
        return format_of(path, medium, limits)
    except Problem as problem:
        return problem
