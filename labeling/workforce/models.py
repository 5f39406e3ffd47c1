"""Who works here: organisations, teams, memberships, invitations and API tokens.

A membership is the only thing that gives a user rows to see (DESIGN.md, "Who may what").
"""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person who signs in. `public_id` is the opaque id that leaves the house in worker responses."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    display_name = models.CharField(max_length=120, blank=True)
    keys = models.JSONField(default=dict, blank=True)  # the person's own keyboard map: {command: key}

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def worker_id(self) -> str:
        """As worker-response files name a person (spec section 10.1)."""
        return f"private.local.{self.public_id.hex[:16]}"


class Organisation(models.Model):
    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A work team: the people whom a job asks."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    LEAD = "lead"
    WORKER = "worker"


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "team", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} of {self.team}"


class Invitation(models.Model):
    """The only way to an account. Only a digest of the link's token is kept."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=8, choices=Role.choices)
    token_digest = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=120, blank=True)  # for whom, in the lead's words
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation to {self.team} as {self.role}"


class ApiToken(models.Model):
    """A key for programs: SHA-256 kept, scoped, expiring. `prefix` lets its owner tell one from another."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)  # of "work", "lead"
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}...)"
