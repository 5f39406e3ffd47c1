"""allauth's adapter: accounts come by invitation, never by sign-up; sign-in never says which half was wrong."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Name and password do not fit together."),
        "invalid_login": _("Name and password do not fit together."),
        "account_inactive": _("Name and password do not fit together."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your current password."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Nothing: "you have signed in" tells a person what they see anyway."""
