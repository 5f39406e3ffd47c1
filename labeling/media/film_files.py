"""How a film's file is opened: for the child of labeling.media.sandbox only.

The bytes reach the demuxer through a Python file object, the demuxer is the one that our own look at the file chose,
and no protocol is allowed: a file can't make the reader open anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from labeling.errors import TooLarge, UnsupportedMedia
from labeling.media.limits import Limits
from labeling.task_types.base import Json


@contextmanager
def opened_film(task: Json, limits: Limits) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and the first film in it, decoded by one thread. Raises UnsupportedMedia or TooLarge."""
    path = Path(task["path"])
    with path.open("rb") as file, open_container(file, task["format"]) as container:
        yield container, film_in(container, path, limits)


def open_container(file: object, format_name: str) -> InputContainer:
    options = {"protocol_whitelist": "none"}
    if format_name == "mp4":
        options["enable_drefs"] = "0"  # references to other files
    return av.open(file, "r", format=format_name, metadata_errors="replace", container_options=options)


def film_in(container: InputContainer, path: Path, limits: Limits) -> VideoStream:
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
