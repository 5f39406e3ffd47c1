"""Which door an address leads to. Of allauth only sign-in, sign-out and passwords.

Accounts come by invitation. A forgotten password is not reset by mail, since no mail goes out from here: whoever runs
the server sets a new one.
"""

from __future__ import annotations

from allauth.account import views as account
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from labeling.api.missing import unknown
from labeling.workforce.sign_in import SignIn


def health(_request: HttpRequest) -> HttpResponse:
    """200 when the web process and its database answer; for load balancers and the compose file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


accounts = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),  # closed by the adapter; allauth links to it by name
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
]

urlpatterns = [
    path("health", health, name="health"),
    path("accounts/", include(accounts)),
    path("api/v1/", include("labeling.api.urls")),
    re_path(r"^api/", unknown),
    path("", include("labeling.pages.urls")),
]

handler400 = "labeling.api.missing.refused"
handler500 = "labeling.api.missing.broken"
