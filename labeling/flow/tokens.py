"""API tokens of a user: made once, shown once, revoked at any time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from labeling.errors import Invalid, NotFound
from labeling.flow.audit_trail import note
from labeling.jobs.dialect import write
from labeling.workforce import tokens
from labeling.workforce.models import ApiToken, User

SCOPES = ("work", "lead")
LONGEST = timedelta(days=366)


def mint_token(user: User, *, name: str, scopes: Sequence[str], lifetime: timedelta, now: datetime) -> str:
    """A new token, which can't be read again. Raises Invalid for an unknown scope or an odd lifetime."""
    if not scopes or set(scopes) - set(SCOPES):
        raise Invalid("A token needs scopes that exist.", where="scopes", todo=f"Choose from {', '.join(SCOPES)}.")
    if not timedelta() < lifetime <= LONGEST:
        raise Invalid("A token lasts for a day to a year.", where="days", todo="Write a number from 1 to 366.")
    with write():
        secret = tokens.mint(user, name=name, scopes=list(scopes), lifetime=lifetime, now=now)
        note("token-minted", by=user, now=now, name=name, scopes=list(scopes))
    return secret


def revoke_token(user: User, pk: int, *, now: datetime) -> None:
    """End one of the user's own tokens. Raises NotFound for anything else."""
    with write():
        deleted, _ = ApiToken.objects.filter(user=user, pk=pk).delete()
        if not deleted:
            raise NotFound
        note("token-revoked", by=user, now=now, token=pk)
