"""Single frames of a film as JPEG, and the strip of thumbnails. In the child of labeling.media.sandbox.

A frame is found by its time in the frame table: seek to the key frame before it, decode forward, keep what has exactly
the time that was asked for. What has another time is never shown in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from labeling.errors import UnsupportedMedia
from labeling.media.film_files import opened_film
from labeling.media.limits import Limits
from labeling.media.strips import Strip
from labeling.task_types.base import Json

QUALITY: Final = 88


def film_frames(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """The frames with the times `pts` (ascending), one JPEG after the other, px as stored; `sizes`: bytes of each.

    from: times of key frames at which decoding may start, latest first; none of them: from the beginning.
    skip: frames before the first one wanted, for a film whose times are not to be trusted; else None.
    """
    with opened_film(task, limits) as (container, stream):
        made = [_jpeg(frame) for frame in _wanted(container, stream, task)]
    if len(made) < len(task["pts"]):
        raise UnsupportedMedia(
            f"{len(task['pts']) - len(made)} of {len(task['pts'])} frames can't be decoded.",
            where=Path(task["path"]).name,
        )
    return {"sizes": [len(one) for one in made]}, b"".join(made)


def film_strip(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """One WebP of many small frames, upright; the task is that of `film_frames` with `seeks`: a list of its parts."""
    with opened_film(task, limits) as (container, stream):
        strip: Strip | None = None
        for part in task["seeks"]:
            for frame in _wanted(container, stream, part):
                small = _small(frame, task["height"])
                strip = strip or Strip(len(task["seeks"]), small.size)
                strip.add(small)
    if strip is None or strip.count < len(task["seeks"]):
        raise UnsupportedMedia("Not every frame of the strip can be decoded.", where=Path(task["path"]).name)
    return strip.facts(), strip.webp()


def _wanted(container: InputContainer, stream: VideoStream, task: Json) -> list[VideoFrame] | Iterator[VideoFrame]:
    if task["skip"] is not None:
        return _counted(container, stream, task["skip"], len(task["pts"]))
    return _timed(container, stream, task["pts"], task["from"])


def _counted(container: InputContainer, stream: VideoStream, skip: int, count: int) -> Iterator[VideoFrame]:
    _rewind(container, stream)
    for number, frame in enumerate(container.decode(stream)):
        if number >= skip + count:
            return
        if number >= skip:
            yield frame


def _timed(
    container: InputContainer, stream: VideoStream, pts: Sequence[int], starts: Sequence[int]
) -> Iterator[VideoFrame]:
    """Some containers seek by decoding time and land behind the key frame that was meant: then from an earlier one."""
    for start in (*starts, None):
        if start is None:
            _rewind(container, stream)
        else:
            container.seek(start, stream=stream, backward=True)
        frames = _until(container, stream, pts[-1])
        first = next(frames, None)
        if first is None or first.pts is None or (first.pts > (start if start is not None else pts[0])):
            continue
        wanted = set(pts)
        if first.pts in wanted:
            yield first
        yield from (frame for frame in frames if frame.pts in wanted)
        return


def _until(container: InputContainer, stream: VideoStream, last: int) -> Iterator[VideoFrame]:
    for frame in container.decode(stream):
        if frame.pts is not None and frame.pts > last:
            return
        yield frame


def _rewind(container: InputContainer, stream: VideoStream) -> None:
    container.seek(0)
    stream.codec_context.flush_buffers()


def _picture(frame: VideoFrame) -> Image.Image:
    return Image.fromarray(frame.to_ndarray(format="rgb24"))


def _jpeg(frame: VideoFrame) -> bytes:
    buffer = BytesIO()
    _picture(frame).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def _small(frame: VideoFrame, height: int) -> Image.Image:
    """Upright, `height` px high; made small before it becomes RGB, which is most of the cost."""
    turned = round(frame.rotation) % 180 == 90
    shown = frame.width if turned else frame.height
    scale = height / shown
    small = frame.reformat(max(2, round(frame.width * scale)), max(2, round(frame.height * scale)), "rgb24")
    return Image.fromarray(small.to_ndarray()).rotate(frame.rotation, expand=True)
