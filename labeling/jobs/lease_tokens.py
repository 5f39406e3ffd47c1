"""A lease's token: signed, so that even a stale one proves who held the place."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from labeling.errors import NotFound
from labeling.jobs.models import Assignment, GlancePage
from labeling.workforce.models import User


def _signer() -> Signer:
    return Signer(salt="lease")


def token_of(assignment: Assignment) -> str:
    """The lease's token as the client holds it: it proves for ever that this worker once held this place."""
    return _signer().sign(f"{assignment.pk}.{assignment.worker_id}.{assignment.token}")


def secret_in(token: str, assignment: Assignment, worker: User) -> str:
    """The lease's secret inside `token`. Raises NotFound when it was not given to `worker` for `assignment`."""
    try:
        pk, holder, secret = _signer().unsign(token).split(".")
    except (BadSignature, ValueError):
        raise NotFound from None
    if (int(pk), int(holder)) != (assignment.pk, worker.pk):
        raise NotFound
    return secret


def _page_signer() -> Signer:
    return Signer(salt="glance-page")


def page_token_of(page: GlancePage) -> str:
    """The same for a page of the grid, whose places share one secret."""
    return _page_signer().sign(f"{page.pk}.{page.worker_id}.{page.token}")


def secret_in_page(token: str, page: GlancePage, worker: User) -> str:
    """Raises NotFound when `token` was not given to `worker` for `page`."""
    try:
        pk, holder, secret = _page_signer().unsign(token).split(".")
    except (BadSignature, ValueError):
        raise NotFound from None
    if (int(pk), int(holder)) != (page.pk, worker.pk):
        raise NotFound
    return secret
