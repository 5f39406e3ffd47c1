"""One frame of a video as a picture, for browsers that can't decode it themselves.

A miss decodes a run of frames in one child and keeps them all: starting the child costs as much as ten frames, and who
looks at one frame looks at its neighbours next, whichever way they go.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from labeling.errors import NotFound
from labeling.jobs.files import frame_cache, store
from labeling.jobs.frame_tables import frame_table_of, is_sequence, picture_of
from labeling.jobs.models import Media
from labeling.media.films import frames_of, proxy_table
from labeling.media.frame_table import PROXY_GOP, FrameTable

RUN: Final = PROXY_GOP
_decoding = BoundedSemaphore(2)  # children of this process at once: the other threads answer other requests


@dataclass(frozen=True)
class Frame:
    """A stored file (`path`) or bytes of our making; `key` changes when the bytes do."""

    key: str
    content_type: str
    path: Path | None = None
    content: bytes = b""


def frame_of(media: Media, number: int) -> Frame:
    """Frame `number` of a video, px as stored. Raises NotFound outside of it, Problem when it can't be decoded."""
    table = frame_table_of(media)
    if not 0 <= number < len(table):
        raise NotFound
    if is_sequence(media):
        picture = picture_of(media, number)
        return Frame(picture.key, picture.content_type, path=store().path(picture.key))
    key, table = _quickest(media, table)
    return Frame(f"{key}-{number}", "image/jpeg", content=_decoded(key, table, number))


def _quickest(media: Media, table: FrameTable) -> tuple[str, FrameTable]:
    """The proxy where there is one: it has the same frames, and a key frame every 30."""
    if media.proxy_key:
        return media.proxy_key, proxy_table(table)
    return media.digest, table


def _decoded(key: str, table: FrameTable, number: int) -> bytes:
    start = number // RUN * RUN
    name = f"{key}-{start}"
    kept = frame_cache().get(name)
    if kept is None:
        with _decoding:
            kept = frame_cache().get(name) or _make(name, key, table, range(start, min(start + RUN, len(table))))
    return _unpack(kept, number - start)


def _make(name: str, key: str, table: FrameTable, numbers: range) -> bytes:
    made = frames_of(store().path(key), table, numbers)
    packed = struct.pack(f">{len(made) + 1}I", len(made), *map(len, made)) + b"".join(made)
    with suppress(OSError):  # a full disk: the frames are shown all the same
        frame_cache().put(name, packed)
    return packed


def _unpack(packed: bytes, place: int) -> bytes:
    (count,) = struct.unpack_from(">I", packed)
    sizes = struct.unpack_from(f">{count}I", packed, 4)
    starts = list(accumulate(sizes, initial=4 * (count + 1)))
    return packed[starts[place] : starts[place + 1]]
