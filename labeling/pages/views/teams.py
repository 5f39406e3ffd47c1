"""Teams and the invitations into them; the page behind an invitation's link."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from labeling.errors import Invalid, NotFound
from labeling.flow import people
from labeling.pages.doors import LeadPage, now
from labeling.workforce.access import access_team, teams_of
from labeling.workforce.models import Role, Team


class Teams(LeadPage):
    section = "teams"
    template = "teams.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.list({})

    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("name", "").strip()[:120]
        first = teams_of(self.me, Role.LEAD).select_related("organisation").order_by("id").first()
        if first is None:
            raise NotFound
        try:
            team = people.create_team(first.organisation, name=name, by=self.me, now=now())
        except Invalid as problem:
            return self.list({"problem": problem, "name": name}, status=problem.status)
        return self.back("team", team.pk, said=_("Team made. Invite its people."))

    def list(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        teams = teams_of(self.me, Role.LEAD).prefetch_related("memberships__user").order_by("name")
        return self.show({"teams": teams, **context}, status=status)


class OneTeam(LeadPage):
    section = "teams"
    template = "team.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(team_context(access_team(pk, self.me)))


def team_context(team: Team) -> dict[str, Any]:
    moment = now()
    invitations = team.invitations.select_related("invited_by", "accepted_by").order_by("-id")[:50]
    return {
        "team": team,
        "members": team.memberships.select_related("user").order_by("role", "user__username"),
        "invitations": [(row, row.accepted_at is None and row.expires_at > moment) for row in invitations],
        "roles": Role.choices,
    }


class Invite(LeadPage):
    """Makes a link and shows it once: only its digest is kept."""

    section = "teams"
    template = "team.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        team = access_team(pk, self.me)
        role = request.POST.get("role", Role.WORKER)
        if role not in Role.values:
            raise Invalid(_("There is no such role."), where="role", todo=_("Choose lead or worker."))
        note = request.POST.get("note", "").strip()
        _invitation, secret = people.invite(team, role=Role(role), note_for=note, by=self.me, now=now())
        link = request.build_absolute_uri(reverse("invitation", args=[secret]))
        return self.show({**team_context(team), "link": link, "link_for": note})


class Remove(LeadPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, member: int) -> HttpResponse:
        team = access_team(pk, self.me)
        membership = team.memberships.select_related("user").filter(pk=member).first()
        if membership is None:
            raise NotFound
        people.remove_member(membership, by=self.me, now=now())
        return self.back("team", pk, said=_("%(name)s is no longer in this team.") % {"name": membership.user})


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class Accept(View):
    """The only way to an account. Looking at the page changes nothing."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotFound as problem:
            return render(request, "invitation_over.html", {"problem": problem}, status=404)

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        invitation = people.find_invitation(secret, now=now())
        return render(request, "invitation.html", {"invitation": invitation})

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        if request.user.is_authenticated:
            people.join(secret, user=request.user, now=now())
            return redirect("home")
        invitation = people.find_invitation(secret, now=now())
        typed = {name: request.POST.get(name, "").strip()[:150] for name in ("username", "display_name")}
        try:
            user = people.accept_invitation(
                secret, **typed, password=request.POST.get("password", "")[:1024], now=now()
            )
        except Invalid as problem:
            context = {"invitation": invitation, "problem": problem, **typed}
            return render(request, "invitation.html", context, status=problem.status)
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect("home")
