"""A frame sequence -> one Media row, whose bytes are a record of which pictures it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from labeling.errors import Problem, UnsupportedMedia
from labeling.formats.sequences import FrameSequence
from labeling.jobs.dialect import write
from labeling.jobs.files import store
from labeling.jobs.frame_tables import keep_table
from labeling.jobs.models import Media
from labeling.media import Limits, Probed, probe_many
from labeling.media.frame_table import FrameTable
from labeling.storage import put_json
from labeling.task_types.base import MediaFacts


def sequence_row(file: str, sequence: FrameSequence, keys: Sequence[str], *, limits: Limits) -> Media:
    """The row of a sequence whose file and frames are in storage (`keys`, in the order in which they are shown).

    The same pictures in the same order are one row. Raises Problem, naming the frame that is at fault.
    """
    facts, pictures = _looked_at(sequence, keys, limits)
    record = {
        "file": file,
        "names": [frame.name for frame in sequence.frames],
        "frames": [{"key": one.digest, "type": one.content_type} for one in pictures],
    }
    with write():
        row, _ = Media.objects.get_or_create(
            digest=put_json(store(), record),
            kind="video",
            defaults={
                "content_type": "application/json",
                "size": sum(one.size for one in pictures),
                "facts": {**asdict(facts), "shown": False, "codec": "", "sequence": True},
                "frame_table_key": keep_table(_table(sequence)),
                "state": Media.State.WAITING,
            },
        )
    return row


def _looked_at(sequence: FrameSequence, keys: Sequence[str], limits: Limits) -> tuple[MediaFacts, list[Probed]]:
    """Facts of the sequence and of each of its pictures: all of one size, turned alike, shown by browsers."""
    distinct = list(dict.fromkeys(keys))
    found = dict(
        zip(distinct, probe_many([store().path(key) for key in distinct], "image", limits=limits), strict=True)
    )
    pictures: list[Probed] = []
    for frame, key in zip(sequence.frames, keys, strict=True):
        one = found[key]
        if isinstance(one, Problem):
            raise UnsupportedMedia(f"Frame {frame.name[:80]!r}: {one.what}", todo=one.todo)
        pictures.append(one)
        _check_alike(sequence.frames[0].name, pictures[0], frame.name, one)
    first = pictures[0].facts
    return MediaFacts(
        kind="video",
        width=first.width,
        height=first.height,
        depth=first.depth,
        orientation=first.orientation,
        frames=len(pictures),
    ), pictures


def _check_alike(first_name: str, first: Probed, name: str, one: Probed) -> None:
    before, after = first.facts, one.facts
    if (before.width, before.height, before.orientation) == (after.width, after.height, after.orientation):
        return
    how = "turned" if (before.width, before.height) == (after.width, after.height) else "sized"
    raise UnsupportedMedia(
        f"Frames are {how} differently: {first_name[:80]!r} is {before.width} x {before.height} px (orientation "
        f"{before.orientation}), {name[:80]!r} {after.width} x {after.height} px ({after.orientation}).",
        todo="Save all frames at one size.",
    )


def _table(sequence: FrameSequence) -> FrameTable:
    count = len(sequence.frames)
    return FrameTable(
        kind="sequence",
        time_base=(1, 1),
        pts=tuple(range(count)),
        keys=tuple(range(count)),
        end=count,
        names=tuple(frame.name for frame in sequence.frames),
        numbers=tuple(frame.number for frame in sequence.frames),
        stamps=tuple(frame.stamp for frame in sequence.frames),
    )
