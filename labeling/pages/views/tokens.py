"""A person's own keys for programs: made, shown once, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from labeling.errors import Invalid
from labeling.flow import tokens
from labeling.pages.doors import Page, now
from labeling.workforce.access import leads_any
from labeling.workforce.models import ApiToken

SHOWN = 100


class Tokens(Page):
    section = "tokens"
    template = "tokens.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.list({})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {"name": request.POST.get("name", "").strip()[:120], "days": request.POST.get("days", "")}
        scopes = [scope for scope in request.POST.getlist("scopes") if scope == "work" or leads_any(self.me)]
        try:
            if not typed["name"]:
                raise Invalid(_("The token has no name."), where="name", todo=_("Say what it is for."))
            days = int(typed["days"]) if typed["days"].isascii() and typed["days"].isdecimal() else 0
            lifetime = timedelta(days=min(days, 10_000))
            secret = tokens.mint_token(self.me, name=typed["name"], scopes=scopes, lifetime=lifetime, now=now())
        except Invalid as problem:
            return self.list({"problem": problem, **typed}, status=problem.status)
        return self.list({"secret": secret, "secret_for": typed["name"]})

    def list(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        moment = now()
        rows = ApiToken.objects.filter(user=self.me).order_by("-pk")[:SHOWN]
        shown = {"rows": [(row, row.expires_at > moment) for row in rows], "leads": leads_any(self.me), "days": 90}
        return self.show({**shown, **context}, status=status)


class Revoke(Page):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        tokens.revoke_token(self.me, pk, now=now())
        return self.back("tokens", said=_("This token works no more."))
