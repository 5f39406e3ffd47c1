"""A media row and a variant's name -> a file that a browser can show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from labeling.errors import NotFound
from labeling.jobs.files import derived, store
from labeling.jobs.models import Media
from labeling.media.render import Rendered, thumbnail, thumbnails, view

WEBP = "image/webp"
SIDE = 320  # px of a thumbnail's longer side: the grid's tiles at twice the density
THUMBNAIL = f"thumbnail-{SIDE}.webp"


def variant_of(media: Media, variant: str) -> tuple[Path, str]:
    """The file and its content type. Raises NotFound for a variant that the medium has not."""
    makers: Mapping[str, Callable[[Media], tuple[Path, str]]] = {
        "original": _original,
        "view": _view,
        "thumbnail": _thumbnail,
    }
    if variant not in makers:
        raise NotFound
    return makers[variant](media)


def _original(media: Media) -> tuple[Path, str]:
    return store().path(media.digest), media.content_type


def _view(media: Media) -> tuple[Path, str]:
    """The original where a browser shows it; else the same pixels in a format that it knows."""
    if media.facts.get("shown", True) or media.kind != "image":
        return _original(media)
    return _made(media, "view.webp", lambda: view(store().path(media.digest)))


def _thumbnail(media: Media) -> tuple[Path, str]:
    if media.kind not in ("image", "video"):
        raise NotFound
    return _made(media, THUMBNAIL, lambda: thumbnail(store().path(media.digest), media.kind, SIDE))  # type: ignore[arg-type]


def make_thumbnails(medias: Sequence[Media]) -> None:
    """What a page of tiles is about to show, in one child: a child for each would take a third of a second.

    A file that has no thumbnail is left for its own request to complain about.
    """
    for kind in ("image", "video"):
        missing = [one for one in medias if one.kind == kind and not derived().has(one.digest, THUMBNAIL)]
        if not missing:
            continue
        made = thumbnails([store().path(one.digest) for one in missing], kind, SIDE)
        for media, rendered in zip(missing, made, strict=True):
            if isinstance(rendered, Rendered):
                content = rendered.content
                derived().get_or_make(media.digest, THUMBNAIL, lambda content=content: content)  # type: ignore[misc]


def _made(media: Media, variant: str, make: Callable[[], Rendered]) -> tuple[Path, str]:
    """Made on first sight, kept as WebP; `render` says what it made and it is always this."""
    path = derived().get_or_make(media.digest, variant, lambda: make().content)
    return path, WEBP
