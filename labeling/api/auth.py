"""Programs sign in by token: `Authorization: Bearer ts_...`, in the header and nowhere else."""

from __future__ import annotations

from datetime import timedelta

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from labeling.jobs.clock import database_now
from labeling.jobs.dialect import write
from labeling.workforce import tokens
from labeling.workforce.models import ApiToken, User

SCHEME = "bearer "
NOTED_EVERY = timedelta(
    minutes=10
)  # last use is for people; a write for each call would cost too much, and reading writes nothing


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = request.headers.get("Authorization", "")
        if not header.lower().startswith(SCHEME):
            return None
        now = database_now()
        token = tokens.find(header[len(SCHEME) :].strip(), now=now)
        if token is None:
            raise AuthenticationFailed("This token is unknown or has run out.")
        if request.method not in SAFE_METHODS and (
            token.last_used_at is None or now - token.last_used_at > NOTED_EVERY
        ):
            with write():
                ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, _request: Request) -> str:
        return "Bearer"
