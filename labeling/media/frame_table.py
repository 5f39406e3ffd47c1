"""When each frame of a film or a sequence is shown: the one truth that a frame's number means.

Times are whole ticks of `time_base` (seconds a tick, as a fraction), never seconds as floats.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import Final, Literal

from labeling.task_types.base import Json

PROXY_GOP: Final = 30  # frames from one key frame of a proxy to the next


@dataclass(frozen=True)
class FrameTable:
    """`pts`: strictly ascending ticks, one a frame; a frame's number is its place here.

    keys: numbers of the frames that can be decoded by themselves; `end`: the tick at which the last one is over.
    counted: the file's own times are missing or doubtful, so that a frame is found by counting from the beginning.
    names, numbers, stamps: of a frame sequence only (`frame`, `frame-no`, `unix-timestamp` of its file).
    """

    kind: Literal["film", "sequence"]
    time_base: tuple[int, int]
    pts: tuple[int, ...]
    keys: tuple[int, ...]
    end: int
    counted: bool = False
    names: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    stamps: tuple[float | None, ...] = ()

    def __len__(self) -> int:
        return len(self.pts)

    @property
    def duration(self) -> float:
        """Seconds from the first picture to the end of the last."""
        return (self.end - self.pts[0]) * self.time_base[0] / self.time_base[1] if self.pts else 0.0

    def key_before(self, number: int) -> int:
        """The frame from which decoding must start to show frame `number`."""
        place = bisect_right(self.keys, number) - 1
        return self.keys[place] if place >= 0 else 0

    def as_json(self) -> Json:
        """What the API sends."""
        return {
            "kind": self.kind,
            "frames": len(self.pts),
            "time_base": list(self.time_base),
            "pts": list(self.pts),
            "keys": list(self.keys),
            "end": self.end,
            "names": list(self.names) or None,
            "frame_nos": list(self.numbers) or None,
            "stamps": list(self.stamps) if any(stamp is not None for stamp in self.stamps) else None,
        }

    def packed(self) -> Json:
        """What storage keeps: steps in runs, so that a film of constant rate takes a line whatever its length."""
        return {
            "kind": self.kind,
            "time_base": list(self.time_base),
            "first": self.pts[0] if self.pts else 0,
            "steps": _runs([after - before for before, after in pairwise(self.pts)]),
            "keys": _runs([after - before for before, after in pairwise((0, *self.keys))]),
            "end": self.end,
            "counted": self.counted,
            "names": list(self.names),
            "numbers": list(self.numbers),
            "stamps": list(self.stamps),
        }


def unpacked(packed: Json) -> FrameTable:
    steps = _unrolled(packed["steps"])
    num, den = packed["time_base"]
    return FrameTable(
        kind=packed["kind"],
        time_base=(num, den),
        pts=tuple(accumulate(steps, initial=packed["first"])),
        keys=tuple(accumulate(_unrolled(packed["keys"]))),
        end=packed["end"],
        counted=packed["counted"],
        names=tuple(packed["names"]),
        numbers=tuple(packed["numbers"]),
        stamps=tuple(packed["stamps"]),
    )


def _runs(steps: Sequence[int]) -> list[list[int]]:
    return [[step, len(list(same))] for step, same in groupby(steps)]


def _unrolled(runs: Sequence[Sequence[int]]) -> list[int]:
    return [step for step, times in runs for _ in range(times)]
