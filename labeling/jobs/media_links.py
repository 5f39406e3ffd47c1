"""Addresses of a data object's bytes: signed for a lease, or for a lead's own eyes."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from labeling.errors import NotFound
from labeling.jobs.frame_tables import has_proxy, strip_waits
from labeling.jobs.models import Assignment, DataObject, Media

VARIANTS = ("original", "view", "thumbnail")
FRAME = "frame/{n}"  # the editor puts in the number


def _signer() -> Signer:
    return Signer(salt="media", sep="~")


def links_for(assignment: Assignment, data_object: DataObject) -> dict[str, str]:
    """Addresses that work while `assignment` is held; nothing for a text that stands in its line."""
    if data_object.media is None:
        return {}
    signature = _signer().sign(f"{assignment.pk}.{assignment.token}")
    variants = {variant: variant for variant in (*VARIANTS, *_of_video(data_object.media))}
    if "frame-table" in variants:
        variants["frame"] = FRAME
    return {name: f"/api/v1/media/{data_object.pk}/{path}?s={signature}" for name, path in variants.items()}


def _of_video(media: Media) -> list[str]:
    """What there is of a video by now; `proxy` comes when the background has made it. The index of a strip says itself
    whether that is still to come."""
    strip = media.strip_key or strip_waits(media)
    there = {"frame-table": media.frame_table_key, "proxy": has_proxy(media), "strip": strip, "strip-index": strip}
    return [name for name, is_there in there.items() if is_there]


def lead_link(data_object: DataObject, variant: str = "thumbnail") -> str:
    """An address for those who lead the job; it is as good as their session."""
    return f"/api/v1/media/{data_object.pk}/{variant}"


def lease_in(signature: str) -> tuple[int, str]:
    """The assignment and the lease's secret in a signed address. Raises NotFound."""
    try:
        pk, secret = _signer().unsign(signature).split(".")
        return int(pk), secret
    except (BadSignature, ValueError):
        raise NotFound from None
