"""The frame table of a film, from its packets alone where these can be trusted.

Reading packets costs a hundredth of decoding them. They tell the truth when each has its own time and the decoder
shows each one; the first pictures are decoded to see whether it does. Where that fails (a container without times,
pictures that are never shown), the whole film is decoded and its frames are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Final

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from labeling.errors import TooLarge, UnsupportedMedia
from labeling.media.frame_table import FrameTable
from labeling.media.limits import Limits

HEAD: Final = 32  # packets that are decoded to compare
SHORT: Final = 32  # frames between key frames of a film that is quick to step through
_ONE_EACH: Final = {"h264", "hevc", "vp9", "av1", "mpeg4", "mjpeg"}
"""Codecs with one shown picture a packet (VP8 and Theora have packets that show nothing)."""


@dataclass(frozen=True)
class Seen:
    """One packet."""

    pts: int | None
    length: int
    is_key: bool
    is_shown: bool  # not cut away by the container's edit list


@dataclass
class Walk:
    """What all packets of a film say, in the order of the file."""

    time_base: Fraction
    packets: list[Seen] = field(default_factory=list)
    head: list[int | None] = field(default_factory=list)  # times of the first pictures, as the decoder has them
    picture: VideoFrame | None = None  # the first

    @property
    def shown(self) -> list[Seen]:
        return [packet for packet in self.packets if packet.is_shown]


def walk(container: InputContainer, stream: VideoStream, path: Path, limits: Limits) -> Walk:
    """Read every packet. Raises UnsupportedMedia on damage, TooLarge on too many."""
    found = Walk(stream.time_base or Fraction(1, 1000))
    for packet in container.demux(stream):
        if len(found.packets) < HEAD or not found.head:
            _decode(packet, found)
        if packet.size == 0:
            continue
        if packet.is_corrupt:
            raise UnsupportedMedia(
                f"The video is cut off or damaged at frame {len(found.packets)}.",
                where=path.name,
                todo="Copy it again.",
            )
        found.packets.append(_seen(packet))
        if len(found.packets) > limits.video_frames:
            raise TooLarge(
                f"The video has more than {limits.video_frames:,} frames.", where=path.name, todo="Cut it into parts."
            )
    return found


def _decode(packet: Packet[VideoStream], found: Walk) -> None:
    for frame in packet.decode():
        found.picture = found.picture or frame
        found.head.append(frame.pts)


def _seen(packet: Packet[VideoStream]) -> Seen:
    return Seen(packet.pts, packet.duration or 0, packet.is_keyframe, not packet.is_discard)


def table_by_packets(found: Walk, codec: str) -> FrameTable | None:
    """None when the packets can't be trusted."""
    shown = [packet for packet in found.shown if packet.pts is not None]
    if codec not in _ONE_EACH or not shown or any(packet.pts is None for packet in found.packets):
        return None
    shown.sort(key=_time)
    pts = [_time(packet) for packet in shown]
    twice = any(before == after for before, after in pairwise(pts))
    if twice or found.head != pts[: len(found.head)] or not shown[0].is_key:
        return None
    keys = tuple(number for number, packet in enumerate(shown) if packet.is_key)
    return FrameTable("film", _ratio(found.time_base), tuple(pts), keys, pts[-1] + _last_step(pts, shown[-1].length))


def _time(packet: Seen) -> int:
    return packet.pts or 0


def table_by_decoding(container: InputContainer, stream: VideoStream, found: Walk) -> FrameTable:
    """Every frame as the decoder shows it, times made ascending where the file's are missing or repeat."""
    container.seek(0)
    stream.codec_context.flush_buffers()
    base = found.time_base
    step = max(1, round(1 / (stream.average_rate or Fraction(25)) / base))
    pts: list[int] = []
    keys: list[int] = []
    for number, frame in enumerate(container.decode(stream)):
        given = frame.pts if frame.pts is not None else (pts[-1] + step if pts else 0)
        pts.append(max(given, pts[-1] + 1) if pts else given)
        if frame.key_frame:
            keys.append(number)
    last = found.packets[-1].length
    return FrameTable("film", _ratio(base), tuple(pts), tuple(keys), pts[-1] + _last_step(pts, last), counted=True)


def check_claim(packets: int, claimed: int, path: Path) -> None:
    """Raises UnsupportedMedia when the file's header promised more frames than there are."""
    if packets < claimed:
        raise UnsupportedMedia(
            f"The video ends after {packets:,} of {claimed:,} frames.",
            where=path.name,
            todo="Copy the whole file again.",
        )


def is_quick(table: FrameTable, packets: Sequence[Seen]) -> bool:
    """Whether stepping through the file itself is quick and exact: key frames near each other, no B-frames, no cuts."""
    if table.counted or not all(packet.is_shown for packet in packets):
        return False
    in_order = all(_time(before) < _time(after) for before, after in pairwise(packets))
    return in_order and all(after - before <= SHORT for before, after in pairwise((*table.keys, len(table))))


def _last_step(pts: Sequence[int], length: int) -> int:
    """How long the last frame is shown: as its packet says, else as long as the one before."""
    return length or (pts[-1] - pts[-2] if len(pts) > 1 else 1)


def _ratio(base: Fraction) -> tuple[int, int]:
    return base.numerator, base.denominator
