"""What is made of a film or a frame sequence: single frames, a proxy, a strip. All in a child process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import BinaryIO

from labeling.media import sandbox
from labeling.media.frame_table import PROXY_GOP, FrameTable
from labeling.media.limits import FRAMES, PROXY, STRIP, Limits
from labeling.media.probe import format_of
from labeling.media.strips import HEIGHT, spread
from labeling.task_types.base import Json


@dataclass(frozen=True)
class MadeStrip:
    """A WebP of `frames`, row by row; `width` and `height` of one of them in px."""

    content: bytes
    width: int
    height: int
    columns: int
    frames: tuple[int, ...]


def frames_of(path: Path, table: FrameTable, numbers: range, *, limits: Limits = FRAMES) -> list[bytes]:
    """JPEGs of frames that follow each other, px as stored. Raises Problem when one can't be shown exactly."""
    task = {"path": str(path), "format": format_of(path, "video", limits), **_seek(table, numbers)}
    reply = sandbox.run_one("film-frames", task, limits)
    ends = accumulate(reply.facts["sizes"], initial=0)
    return [reply.content[start:end] for start, end in pairwise(ends)]


def _seek(table: FrameTable, numbers: range) -> Json:
    """How the child finds them: by time from a key frame, or by counting where times are not to be trusted."""
    starts = [key for key in table.keys if key <= numbers[0]][:-4:-1]
    return {
        "pts": list(table.pts[numbers.start : numbers.stop]),
        "from": [table.pts[key] for key in starts],
        "skip": numbers[0] if table.counted else None,
    }


def proxy_of(
    path: Path, table: FrameTable, output: BinaryIO, told: Callable[[float], None], *, limits: Limits = PROXY
) -> None:
    """Write a film with the same frames at the same times into `output`, a key frame every PROXY_GOP.

    Raises Problem when it can't be made exactly, ReaderEnded when the child was ended on the way.
    """
    task = {
        "path": str(path),
        "format": format_of(path, "video", limits),
        "time_base": table.time_base,
        "pts": table.pts,
        "end": table.end,
        "counted": table.counted,
    }
    sandbox.run_one("film-proxy", task, limits, output=output.fileno(), told=told)


def proxy_table(table: FrameTable) -> FrameTable:
    """The frame table of the proxy's own file: the same times, in ticks of 1/den s."""
    num, den = table.time_base
    pts = tuple(tick * num for tick in table.pts)
    return FrameTable("film", (1, den), pts, tuple(range(0, len(pts), PROXY_GOP)), table.end * num)


def strip_of(path: Path, table: FrameTable, *, limits: Limits = STRIP) -> MadeStrip:
    """Small frames from the whole film. Key frames are taken where one is near: they are the cheapest to decode."""
    numbers = _near_keys(spread(len(table)), table)
    task = {
        "path": str(path),
        "format": format_of(path, "video", limits),
        "height": HEIGHT,
        "seeks": [_seek(table, range(number, number + 1)) for number in numbers],
    }
    return _strip(sandbox.run_one("film-strip", task, limits), numbers)


def strip_of_pictures(paths: Sequence[Path], *, limits: Limits = STRIP) -> MadeStrip:
    """The same of a frame sequence, whose frames are picture files in order."""
    numbers = spread(len(paths))
    pictures = [{"path": str(paths[number]), "format": format_of(paths[number], "image", limits)} for number in numbers]
    task = {"path": str(paths[0]), "height": HEIGHT, "pictures": pictures}
    return _strip(sandbox.run_one("image-strip", task, limits), numbers)


def _strip(reply: sandbox.Reply, numbers: Sequence[int]) -> MadeStrip:
    said = reply.facts
    return MadeStrip(reply.content, said["width"], said["height"], said["columns"], tuple(numbers))


def _near_keys(numbers: Sequence[int], table: FrameTable) -> list[int]:
    """Each number, or the key frame before it when that is not the one of the number before."""
    snapped: list[int] = []
    for number in numbers:
        key = table.key_before(number)
        snapped.append(key if not snapped or key > snapped[-1] else number)
    return snapped
