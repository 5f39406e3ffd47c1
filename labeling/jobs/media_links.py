"""Addresses of a data object's bytes: signed for a lease, or for a lead's own eyes."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from labeling.errors import NotFound
from labeling.jobs.models import Assignment, DataObject

VARIANTS = ("original", "view", "thumbnail")


def _signer() -> Signer:
    return Signer(salt="media", sep="~")


def links_for(assignment: Assignment, data_object: DataObject) -> dict[str, str]:
    """Addresses that work while `assignment` is held; nothing for a text that stands in its line."""
    if data_object.media is None:
        return {}
    signature = _signer().sign(f"{assignment.pk}.{assignment.token}")
    return {variant: f"/api/v1/media/{data_object.pk}/{variant}?s={signature}" for variant in VARIANTS}


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
