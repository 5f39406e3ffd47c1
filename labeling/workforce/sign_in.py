"""allauth's sign-in, which tells programs too when somebody has tried too often."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse

PAUSE = 300  # seconds: the window of ACCOUNT_RATE_LIMITS["login_failed"] per account


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    def form_invalid(self, form: Any) -> HttpResponse:
        """The same page and words; status 429 and Retry-After when the password was not even looked at."""
        response: HttpResponse = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, code="too_many_login_attempts"):
            response.status_code = 429
            response.headers["Retry-After"] = str(PAUSE)
        return response
