"""A media row and a variant's name -> a file that a browser can show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from labeling.errors import NotFound
from labeling.jobs.files import derived, store
from labeling.jobs.frame_tables import (
    frame_table_of,
    has_proxy,
    is_sequence,
    picture_of,
    sequence_file_of,
    strip_waits,
)
from labeling.jobs.models import Media
from labeling.media.render import Rendered, thumbnail, thumbnails, view
from labeling.storage import get_json
from labeling.task_types.base import Json, Medium

WEBP = "image/webp"
SIDE = 320  # px of a thumbnail's longer side: the grid's tiles at twice the density
THUMBNAIL = f"thumbnail-{SIDE}.webp"


def variant_of(media: Media, variant: str) -> tuple[Path, str]:
    """The file and its content type. Raises NotFound for a variant that the medium has not."""
    makers: Mapping[str, Callable[[Media], tuple[Path, str]]] = {
        "original": _original,
        "view": _view,
        "thumbnail": _thumbnail,
        "proxy": _proxy,
        "strip": _strip,
    }
    if variant not in makers:
        raise NotFound
    return makers[variant](media)


def told_of(media: Media, variant: str) -> Json | None:
    """The variants of a video that are JSON: when its frames are shown, which of them its strip holds."""
    if variant == "frame-table":
        return {**frame_table_of(media).as_json(), "proxy": proxy_state(media)}
    if variant == "strip-index":
        return _strip_index(media)
    return None


def _strip_index(media: Media) -> Json | None:
    """None where there is no strip and none is to come."""
    if not media.strip_key:
        return {"state": "waiting"} if strip_waits(media) else None
    return {"state": "ready", **get_json(store(), media.strip_key)["index"]}


def proxy_state(media: Media) -> str:
    """Whether the editor can decode the frames itself: ready, waiting, or none (single frames from the server)."""
    if has_proxy(media):
        return "ready"
    return "waiting" if media.state == Media.State.WAITING and not is_sequence(media) else "none"


def _original(media: Media) -> tuple[Path, str]:
    key = sequence_file_of(media) if is_sequence(media) else media.digest
    return store().path(key), media.content_type


def _proxy(media: Media) -> tuple[Path, str]:
    """A film that can be stepped through: its own file where that suits."""
    if media.proxy_key:
        return store().path(media.proxy_key), "video/mp4"
    if not has_proxy(media):
        raise NotFound
    return _original(media)


def _strip(media: Media) -> tuple[Path, str]:
    if not media.strip_key:
        raise NotFound
    return store().path(get_json(store(), media.strip_key)["image"]), WEBP


def _picture(media: Media) -> tuple[Path, Medium]:
    """What a thumbnail is made of: of a frame sequence its first frame."""
    if is_sequence(media):
        return store().path(picture_of(media, 0).key), "image"
    return store().path(media.digest), media.kind  # type: ignore[return-value]


def _view(media: Media) -> tuple[Path, str]:
    """The original where a browser shows it; else the same pixels in a format that it knows. Of a sequence a frame."""
    if is_sequence(media):
        first = picture_of(media, 0)
        return store().path(first.key), first.content_type
    if media.facts.get("shown", True) or media.kind != "image":
        return _original(media)
    return _made(media, "view.webp", lambda: view(store().path(media.digest)))


def _thumbnail(media: Media) -> tuple[Path, str]:
    if media.kind not in ("image", "video"):
        raise NotFound
    return _made(media, THUMBNAIL, lambda: thumbnail(*_picture(media), SIDE))


def make_thumbnails(medias: Sequence[Media]) -> None:
    """What a page of tiles is about to show, in one child: a child for each would take a third of a second.

    A file that has no thumbnail is left for its own request to complain about.
    """
    wanting = [one for one in medias if one.kind != "text" and not derived().has(one.digest, THUMBNAIL)]
    pictures = [(one, *_picture(one)) for one in wanting]
    for kind in ("image", "video"):
        missing = [media for media, _, medium in pictures if medium == kind]
        if not missing:
            continue
        made = thumbnails([path for _, path, medium in pictures if medium == kind], kind, SIDE)
        for media, rendered in zip(missing, made, strict=True):
            if isinstance(rendered, Rendered):
                content = rendered.content
                derived().get_or_make(media.digest, THUMBNAIL, lambda content=content: content)  # type: ignore[misc]


def _made(media: Media, variant: str, make: Callable[[], Rendered]) -> tuple[Path, str]:
    """Made on first sight, kept as WebP; `render` says what it made and it is always this."""
    path = derived().get_or_make(media.digest, variant, lambda: make().content)
    return path, WEBP
