"""Secrets that are shown once and kept as a digest: API tokens and invitation links."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from labeling.workforce.models import ApiToken, User

PREFIX = "ts_"


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def mint(user: User, *, name: str, scopes: list[str], lifetime: timedelta, now: datetime) -> str:
    """Make an API token and return it; it can't be read again."""
    secret = PREFIX + new_secret()
    ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:8],
        digest=digest(secret),
        scopes=scopes,
        created_at=now,
        expires_at=now + lifetime,
    )
    return secret


def find(secret: str, *, now: datetime) -> ApiToken | None:
    """The live token of an active user, or None."""
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=digest(secret), expires_at__gt=now, user__is_active=True)
        .first()
    )
