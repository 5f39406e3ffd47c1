"""The frame table of a video, and the pictures of a frame sequence, from storage."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from labeling.errors import NotFound
from labeling.jobs.files import store
from labeling.jobs.models import Media
from labeling.media.frame_table import FrameTable, unpacked
from labeling.storage import get_json, put_json
from labeling.task_types.base import Json


@dataclass(frozen=True)
class Picture:
    """A frame's own file."""

    key: str
    content_type: str


def keep_table(table: FrameTable) -> str:
    """Its key in storage."""
    return put_json(store(), table.packed())


def frame_table_of(media: Media) -> FrameTable:
    """When each frame is shown; of a sequence with its names. Raises NotFound for what is no video."""
    if not media.frame_table_key:
        raise NotFound("There is no frame table of this.")
    return _table(media.frame_table_key)


@lru_cache(maxsize=16)  # a key never comes to mean another table
def _table(key: str) -> FrameTable:
    return unpacked(get_json(store(), key))


def frame_names_of(media: Media | None) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The names and order numbers of a frame sequence's frames, as they are shown; empty for all else."""
    if media is None or not is_sequence(media):
        return (), ()
    table = frame_table_of(media)
    return table.names, table.numbers


def is_sequence(media: Media) -> bool:
    return bool(media.facts.get("sequence"))


def has_proxy(media: Media) -> bool:
    """Whether there is a file whose frames a browser decodes one by one: made for it, or the original as it came."""
    return bool(media.proxy_key or media.facts.get("quick"))


def strip_waits(media: Media) -> bool:
    """Whether its strip is still to be made."""
    return media.state == Media.State.WAITING and not media.strip_key


def picture_of(media: Media, number: int) -> Picture:
    """A frame of a sequence. Raises NotFound when it has not so many."""
    frames = _record(media.digest)["frames"]
    if not 0 <= number < len(frames):
        raise NotFound
    return Picture(frames[number]["key"], frames[number]["type"])


def sequence_file_of(media: Media) -> str:
    """The key of the sequence file as it came."""
    return str(_record(media.digest)["file"])


@lru_cache(maxsize=16)
def _record(digest: str) -> Json:
    record: Json = get_json(store(), digest)
    return record
