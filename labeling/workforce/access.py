"""Teams that a user's memberships give. Everything else does not exist for them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from labeling.errors import NotFound
from labeling.workforce.models import Role, Team, User

Who = User | AnonymousUser


def teams_of(user: Who, *roles: Role) -> QuerySet[Team]:
    """Teams where `user` has one of `roles` (any role when none is named)."""
    if not user.is_authenticated or not user.is_active:
        return Team.objects.none()
    mine = user.memberships.filter(role__in=roles) if roles else user.memberships.all()
    return Team.objects.filter(pk__in=mine.values("team_id"))


def access_team(pk: int, user: Who) -> Team:
    """A team that `user` leads. Raises NotFound."""
    team = teams_of(user, Role.LEAD).select_related("organisation").filter(pk=pk).first()
    if team is None:
        raise NotFound
    return team


def leads_any(user: Who) -> bool:
    return teams_of(user, Role.LEAD).exists()
