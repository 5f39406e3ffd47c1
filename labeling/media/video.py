"""Films: facts without decoding all of them, and a poster. Called in the child of labeling.media.sandbox.

The bytes reach the demuxer through a Python file object, the demuxer is the one that our own look at the file chose,
and no protocol is allowed: a file can't make the reader open anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from labeling.errors import TooLarge, UnsupportedMedia
from labeling.media.limits import Limits
from labeling.task_types.base import Json

# What current browsers play by themselves, by container.
_PLAYED: Final = {"mp4": {"h264", "av1", "vp9"}, "webm": {"vp8", "vp9", "av1"}, "ogg": set[str]()}
_PLAIN_PIXELS: Final = {"yuv420p", "yuvj420p"}  # 8 bit, 4:2:0
_TURNS: Final = {0: 1, 180: 3, 90: 8, 270: 6}  # degrees against the clock, as PyAV has them -> EXIF's number


@dataclass
class Count:
    """What a walk over all packets shows."""

    frames: int = 0
    first: float = 0.0
    last: float = 0.0
    picture: VideoFrame | None = None


def video_facts(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """Size, frames, seconds and codec. Each packet is read, only the first picture is decoded."""
    path = Path(task["path"])
    with path.open("rb") as file, _open(file, task["format"]) as container:
        stream = _stream(container, path, limits)
        count = _walk(container, stream, path, limits)
        if count.picture is None:
            raise UnsupportedMedia("The video holds no frame that can be read.", where=path.name)
        if count.frames < stream.frames:
            raise UnsupportedMedia(
                f"The video ends after {count.frames} of {stream.frames} frames.",
                where=path.name,
                todo="Copy the whole file again.",
            )
        return {
            "width": count.picture.width,
            "height": count.picture.height,
            "orientation": _TURNS.get(round(count.picture.rotation) % 360, 1),
            "frames": count.frames,
            "duration": round(_duration(stream, count), 6),
            "codec": stream.codec_context.name,
            "shown": _is_played(stream, task["format"]),
        }, b""


def video_poster(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """The first frame, at most `side` px wide and high, turned upright; WebP."""
    path = Path(task["path"])
    with path.open("rb") as file, _open(file, task["format"]) as container:
        stream = _stream(container, path, limits)
        frame = next(iter(container.decode(stream)), None)
        if frame is None:
            raise UnsupportedMedia("The video holds no frame that can be read.", where=path.name)
        picture = Image.fromarray(frame.to_ndarray(format="rgb24")).rotate(frame.rotation, expand=True)
    picture.thumbnail((task["side"], task["side"]), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "WEBP", quality=78, method=3)
    return {"content_type": "image/webp"}, buffer.getvalue()


def _open(file: object, format_name: str) -> InputContainer:
    return av.open(
        file,
        "r",
        format=format_name,
        metadata_errors="replace",
        container_options={"protocol_whitelist": "none", "enable_drefs": "0"}
        if format_name == "mp4"
        else {"protocol_whitelist": "none"},
    )


def _stream(container: InputContainer, path: Path, limits: Limits) -> VideoStream:
    """The first film in the file; covers of songs don't count."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            break
    else:
        raise UnsupportedMedia("The file holds no video, only sound or data.", where=path.name)
    if stream.codec_context is None:
        raise UnsupportedMedia("The video's coding is unknown.", where=path.name, todo="Save it as H.264 in MP4.")
    if stream.codec_context.width * stream.codec_context.height > limits.image_pixels:
        raise TooLarge(
            f"The video's frames claim more than {limits.image_pixels / 1e6:g} million pixels.", where=path.name
        )
    stream.codec_context.thread_count = 1
    return stream


def _walk(container: InputContainer, stream: VideoStream, path: Path, limits: Limits) -> Count:
    count = Count(first=float("inf"))
    for packet in container.demux(stream):
        if count.picture is None:
            count.picture = next(iter(packet.decode()), None)
        if packet.size == 0:
            continue
        if packet.is_corrupt:
            raise UnsupportedMedia(
                f"The video is cut off or damaged at frame {count.frames}.", where=path.name, todo="Copy it again."
            )
        count.frames += 1
        _note_time(count, packet)
        if count.frames > limits.video_frames:
            raise TooLarge(
                f"The video has more than {limits.video_frames:,} frames.", where=path.name, todo="Cut it into parts."
            )
    return count


def _note_time(count: Count, packet: Packet[VideoStream]) -> None:
    if packet.pts is not None and packet.time_base is not None:
        count.first = min(count.first, float(packet.pts * packet.time_base))
        count.last = max(count.last, float((packet.pts + (packet.duration or 0)) * packet.time_base))


def _duration(stream: VideoStream, count: Count) -> float:
    """Seconds from the first picture to the end of the last; by the rate where packets have no times."""
    rate = float(stream.average_rate or 0)
    by_rate = count.frames / rate if rate > 0 else 0.0
    return max(count.last - min(count.first, count.last), 0.0) or by_rate


def _is_played(stream: VideoStream, format_name: str) -> bool:
    codec = stream.codec_context
    return codec.name.removeprefix("lib") in _PLAYED[format_name] and codec.pix_fmt in _PLAIN_PIXELS
