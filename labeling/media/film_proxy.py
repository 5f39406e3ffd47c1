"""A film that can be stepped through: H.264, no B-frames, a key frame every 30, the index in front, the same times.

In the child of labeling.media.sandbox, which writes to the one descriptor that it was handed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from io import RawIOBase
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import av
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from labeling.errors import UnsupportedMedia
from labeling.media import reporting
from labeling.media.film_files import open_container, opened_film
from labeling.media.frame_table import PROXY_GOP
from labeling.media.limits import Limits
from labeling.task_types.base import Json

QUALITY: Final = 21  # x264's rate factor: hard to tell from the original, a third of the size of 18
FASTEST: Final = 2**31 - 1  # ticks a second that MP4 can hold
ENCODER: Final = {
    "preset": "veryfast",
    "crf": str(QUALITY),
    "bf": "0",
    "g": str(PROXY_GOP),
    "sc_threshold": "0",
    "threads": "1",
    "x264-params": "open-gop=0:rc-lookahead=10",
}


class _File(RawIOBase):
    """A descriptor with a place of its own: reader and writer of one file don't move each other."""

    def __init__(self, handle: int) -> None:
        self._handle, self._place = handle, 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: os.fstat(self._handle).st_size}[whence]
        self._place = base + offset
        return self._place

    def read(self, size: int = -1) -> bytes:
        wanted = size if size >= 0 else os.fstat(self._handle).st_size
        content = os.pread(self._handle, wanted, self._place)
        self._place += len(content)
        return content

    def write(self, content: Any) -> int:
        view = memoryview(content)
        while view:
            done = os.pwrite(self._handle, view, self._place)
            self._place += done
            view = view[done:]
        return len(content)


def film_proxy(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """Write the proxy to the task's `output`; what came out is read again and compared with the frame table.

    pts, time_base, end: of the table; counted: the file's own times are not to be trusted. Raises UnsupportedMedia when
    it can't be made exactly.
    """
    num, den = task["time_base"]
    ticks = [tick * num for tick in (*task["pts"], task["end"])]
    where = Path(task["path"]).name
    with opened_film(task, limits) as (_, stream):
        _check_size(stream, den, where)
    with opened_film(task, limits) as (container, stream):
        frames = _numbered(container.decode(stream), task, where)
        _encode(frames, ticks, den, stream, task["output"])
    _check_made(task["output"], ticks[:-1], den, where)
    return {"size": os.fstat(task["output"]).st_size}, b""


def _check_size(stream: VideoStream, den: int, where: str) -> None:
    codec = stream.codec_context
    if codec.width % 2 or codec.height % 2:
        raise UnsupportedMedia(f"Its size, {codec.width} x {codec.height} px, is odd.", where=where)
    if den > FASTEST:
        raise UnsupportedMedia(f"Its times are counted in 1/{den} s, too fine for MP4.", where=where)


def _numbered(frames: Iterator[VideoFrame], task: Json, where: str) -> Iterator[VideoFrame]:
    """The frames, each checked against the table."""
    pts: Sequence[int] = task["pts"]
    number = 0
    for number, frame in enumerate(frames, start=1):
        if number > len(pts) or (not task["counted"] and frame.pts != pts[number - 1]):
            raise UnsupportedMedia(
                f"Its decoder shows another picture than the frame table at {number - 1}.", where=where
            )
        yield frame
        reporting.tell(number, len(pts))
    if number != len(pts):
        raise UnsupportedMedia(f"Its decoder shows {number} of {len(pts)} frames.", where=where)


def _encode(frames: Iterator[VideoFrame], ticks: Sequence[int], den: int, like: VideoStream, output: int) -> None:
    base = Fraction(1, den)
    # The track's clock is the film's own (left alone, the muxer doubles slow ones), and so is the movie's: in its usual
    # thousandths a late start would be rounded. The index gets its room in front beforehand.
    options = {
        "video_track_timescale": str(den),
        "movie_timescale": str(den),
        "moov_size": str(64 * 1024 + 40 * len(ticks)),
    }
    lengths = {before: after - before for before, after in pairwise(ticks)}
    with av.open(_File(output), "w", format="mp4", options=options) as container:
        stream: Any = container.add_stream("libx264", rate=like.average_rate or 25, options=ENCODER)
        stream.width, stream.height = like.codec_context.width, like.codec_context.height
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = base
        for number, frame in enumerate(frames):
            plain = frame.reformat(stream.width, stream.height, "yuv420p")
            plain.pts, plain.time_base, plain.pict_type = ticks[number], base, PictureType.NONE
            _mux(container, stream.encode(plain), lengths)
        _mux(container, stream.encode(None), lengths)


def _mux(container: Any, packets: Any, lengths: dict[int, int]) -> None:
    for packet in packets:
        packet.duration = lengths[packet.pts]
        container.mux(packet)


def _check_made(output: int, ticks: Sequence[int], den: int, where: str) -> None:
    """Read the proxy again. Raises UnsupportedMedia when its frames, their times or its key frames are others."""
    with open_container(_File(output), "mp4") as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        same_clock = stream.time_base == Fraction(1, den)
    if not same_clock or [one.pts for one in packets] != list(ticks) or any(one.is_discard for one in packets):
        raise UnsupportedMedia("Its times can't be kept in an MP4.", where=where)
    if [number for number, one in enumerate(packets) if one.is_keyframe] != list(range(0, len(ticks), PROXY_GOP)):
        raise UnsupportedMedia("Its proxy has key frames at other places than it should.", where=where)
