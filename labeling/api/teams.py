"""A lead's calls about people: teams, members, invitations; and everybody's about their own tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Body, Door, me, read
from labeling.errors import NotFound
from labeling.flow import people, tokens
from labeling.jobs.clock import database_now
from labeling.workforce.access import access_team, teams_of
from labeling.workforce.models import ApiToken, Membership, Role, Team


class TeamIn(Body):
    name = serializers.CharField(max_length=120)


class InviteIn(Body):
    role = serializers.ChoiceField(choices=Role.values, default=Role.WORKER)
    note = serializers.CharField(max_length=120, allow_blank=True, default="")


class TokenNewIn(Body):
    name = serializers.CharField(max_length=120)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=list(tokens.SCOPES)), max_length=2)
    days = serializers.IntegerField(min_value=1, max_value=366, default=90)


class MemberOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.CharField()


class TeamOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    members = MemberOut(many=True)


class InvitationOut(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Shown once; the page is /invitation/<secret>/")
    expires_at = serializers.DateTimeField()


class TokenOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class SecretOut(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown once")


def _team(team: Team) -> dict[str, Any]:
    return _teams([team])[0]


def _teams(teams: Sequence[Team]) -> list[dict[str, Any]]:
    members: dict[int, list[dict[str, Any]]] = {team.pk: [] for team in teams}
    for row in Membership.objects.filter(team__in=members).select_related("user").order_by("pk"):
        members[row.team_id].append({"id": row.pk, "name": str(row.user), "role": row.role})
    return [{"id": team.pk, "name": team.name, "members": members[team.pk]} for team in teams]


class TeamsView(Door):
    @extend_schema(operation_id="teams_list", responses=TeamOut(many=True))
    def get(self, request: Request) -> Response:
        """Teams that you lead."""
        return Response(_teams(list(teams_of(me(request), Role.LEAD).order_by("name"))))

    @extend_schema(request=TeamIn, responses={201: TeamOut})
    def post(self, request: Request) -> Response:
        """A new team in your organisation, led by you."""
        body = read(TeamIn, request)
        first = teams_of(me(request), Role.LEAD).select_related("organisation").order_by("pk").first()
        if first is None:
            raise NotFound
        team = people.create_team(first.organisation, name=body["name"], by=me(request), now=database_now())
        return Response(_team(team), status=201)


class InviteView(Door):
    @extend_schema(request=InviteIn, responses={201: InvitationOut})
    def post(self, request: Request, pk: int) -> Response:
        """Invite somebody into a team."""
        body = read(InviteIn, request)
        invitation, secret = people.invite(
            access_team(pk, me(request)),
            role=Role(body["role"]),
            note_for=body["note"],
            by=me(request),
            now=database_now(),
        )
        return Response({"secret": secret, "expires_at": invitation.expires_at}, status=201)


class MemberView(Door):
    @extend_schema(responses={204: OpenApiResponse(description="removed")})
    def delete(self, request: Request, pk: int, member: int) -> Response:
        """End a membership; the person's answers stay."""
        row = access_team(pk, me(request)).memberships.filter(pk=member).first()
        if row is None:
            raise NotFound
        people.remove_member(row, by=me(request), now=database_now())
        return Response(status=204)


class TokensView(Door):
    scope = "work"

    @extend_schema(operation_id="tokens_list", responses=TokenOut(many=True))
    def get(self, request: Request) -> Response:
        """Your own tokens, without their secrets."""
        rows = ApiToken.objects.filter(user=me(request)).order_by("-pk")[:100]
        return Response(TokenOut(rows, many=True).data)

    @extend_schema(request=TokenNewIn, responses={201: SecretOut})
    def post(self, request: Request) -> Response:
        """Make a token. Only a signed-in person can: a token makes no tokens."""
        if isinstance(request.auth, ApiToken):
            raise PermissionDenied("A token can't make tokens. Sign in.")
        body = read(TokenNewIn, request)
        secret = tokens.mint_token(
            me(request),
            name=body["name"],
            scopes=body["scopes"],
            lifetime=timedelta(days=body["days"]),
            now=database_now(),
        )
        return Response({"token": secret}, status=201)


class TokenView(Door):
    scope = "work"

    @extend_schema(responses={204: OpenApiResponse(description="revoked")})
    def delete(self, request: Request, pk: int) -> Response:
        """Revoke one of your tokens. Only a signed-in person can."""
        if isinstance(request.auth, ApiToken):
            raise PermissionDenied("A token can't end tokens. Sign in.")
        tokens.revoke_token(me(request), pk, now=database_now())
        return Response(status=204)
