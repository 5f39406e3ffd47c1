"""The one door for new files: what is it, may we read it, and what must be known about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from labeling.errors import NotFound, Problem, TooLarge, UnsupportedMedia
from labeling.media import sandbox
from labeling.media.frame_table import FrameTable, unpacked
from labeling.media.image import check_header
from labeling.media.limits import Limits
from labeling.media.sniff import HEAD, MEDIA, content_type_of, sniff, stranger
from labeling.media.text import read_text
from labeling.task_types.base import Json, MediaFacts, Medium

DEFAULT = Limits()


@dataclass(frozen=True)
class Probed:
    """Facts of a file that was read to its end."""

    facts: MediaFacts
    content_type: str
    digest: str  # SHA-256: the store's key of these bytes
    size: int  # bytes
    format: str
    codec: str = ""
    shown: bool = True  # a browser shows or plays the file itself; else an image needs its view variant
    quick: bool = False  # of a film: the editor steps through the file itself; else it needs a proxy
    table: FrameTable | None = None  # of a film


@dataclass(frozen=True)
class _Look:
    """What our own process sees without decoding."""

    path: Path
    format: str
    size: int
    digest: str


def probe(path: Path, medium: Medium, *, limits: Limits = DEFAULT) -> Probed:
    """Read one file. Raises TooLarge, UnsupportedMedia or NotFound, `where` being the file's name."""
    (result,) = probe_many([path], medium, limits=limits)
    if isinstance(result, Problem):
        raise result
    return result


def probe_many(paths: Sequence[Path], medium: Medium, *, limits: Limits = DEFAULT) -> list[Probed | Problem]:
    """Read files in one child; the same order as `paths`, a Problem for each that we don't take."""
    if medium == "text":
        return [_probe_text(path, limits) for path in paths]
    looks = [_look_or_problem(path, medium, limits) for path in paths]
    tasks: list[Json] = [{"path": str(look.path), "format": look.format} for look in looks if isinstance(look, _Look)]
    replies = sandbox.run(f"{medium}-facts", tasks, limits)
    return [look if isinstance(look, Problem) else _join(look, medium, next(replies)) for look in looks]


def format_of(path: Path, medium: Medium, limits: Limits = DEFAULT) -> str:
    """The format of a file of this medium, by our own look. Raises NotFound, TooLarge, UnsupportedMedia."""
    if not path.is_file():
        raise NotFound("There is no such file.", where=path.name)
    cap = limits.video_bytes if medium == "video" else limits.image_bytes
    if path.stat().st_size > cap:
        raise TooLarge(f"The file is larger than {cap / 1e6:,.0f} MB.", where=path.name, todo="Make it smaller.")
    with path.open("rb") as file:
        head = file.read(HEAD)
    found = sniff(head)
    if found is None:
        raise UnsupportedMedia(f"The file is {stranger(head)}.", where=path.name, todo=_wanted(medium))
    if MEDIA[found] != medium:
        raise UnsupportedMedia(f"The file is {_article(MEDIA[found])}, not {_article(medium)}.", where=path.name)
    if found == "tiff" and not limits.tiff:
        raise UnsupportedMedia("TIFF pictures are not switched on here.", where=path.name, todo=_wanted(medium))
    return found


def _look(path: Path, medium: Medium, limits: Limits) -> _Look:
    found = format_of(path, medium, limits)
    if medium == "image":
        check_header(path, found, limits)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return _Look(path, found, path.stat().st_size, digest)


def _look_or_problem(path: Path, medium: Medium, limits: Limits) -> _Look | Problem:
    try:
        return _look(path, medium, limits)
    except Problem as problem:
        return problem


def _join(look: _Look, medium: Medium, reply: sandbox.Reply | Problem) -> Probed | Problem:
    if isinstance(reply, Problem):
        return reply
    said = dict(reply.facts)
    codec, shown = said.pop("codec", ""), said.pop("shown", look.format != "tiff")
    quick = said.pop("quick", False)
    facts = MediaFacts(kind=medium, **said)
    table = unpacked(json.loads(reply.content)) if medium == "video" else None
    return Probed(facts, content_type_of(look.format), look.digest, look.size, look.format, codec, shown, quick, table)


def _probe_text(path: Path, limits: Limits) -> Probed | Problem:
    if not path.is_file():
        return NotFound("There is no such file.", where=path.name)
    try:
        text = read_text(path, limits)
    except Problem as problem:
        return problem
    raw = text.encode()
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return Probed(MediaFacts(kind="text", text=text), content_type_of("text"), digest, len(raw), "text")


def _wanted(medium: Medium) -> str:
    return "Use JPEG, PNG, WebP or GIF." if medium == "image" else "Use MP4 (H.264), WebM or Ogg."


def _article(medium: Medium) -> str:
    return {"image": "a picture", "video": "a video", "text": "a text"}[medium]
