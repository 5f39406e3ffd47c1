"""Teams and how people come into them: by invitation only."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from labeling.errors import Invalid, NotFound
from labeling.flow.audit_trail import note
from labeling.flow.later import later
from labeling.jobs.dialect import write
from labeling.jobs.models import LabelingJob
from labeling.jobs.states import JobState
from labeling.workforce.models import Invitation, Membership, Organisation, Role, Team, User
from labeling.workforce.tokens import digest, new_secret

INVITATION_LASTS = timedelta(days=7)


def create_team(organisation: Organisation, *, name: str, by: User, now: datetime) -> Team:
    """A new team, led by `by`."""
    if not name.strip():
        raise Invalid("A team needs a name.", where="name", todo="Write a name.")
    if Team.objects.filter(organisation=organisation, name=name).exists():
        raise Invalid("There is a team of this name already.", where="name", todo="Choose another name.")
    with write():
        team = Team.objects.create(organisation=organisation, name=name)
        Membership.objects.create(user=by, team=team, role=Role.LEAD)
        note("team-created", by=by, now=now, team=team.pk)
    return team


def invite(team: Team, *, role: Role, note_for: str = "", by: User, now: datetime) -> tuple[Invitation, str]:
    """An invitation and the secret of its link, which can't be read again."""
    secret = new_secret()
    with write():
        invitation = Invitation.objects.create(
            team=team,
            role=role,
            token_digest=digest(secret),
            note=note_for[:120],
            invited_by=by,
            created_at=now,
            expires_at=now + INVITATION_LASTS,
        )
        note("invited", by=by, now=now, team=team.pk, role=role)
    return invitation, secret


def find_invitation(secret: str, *, now: datetime) -> Invitation:
    """The open invitation behind a link. Raises NotFound for a used, old or unknown one, all alike."""
    invitation = (
        Invitation.objects.select_related("team", "invited_by")
        .filter(token_digest=digest(secret), accepted_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if invitation is None:
        raise NotFound("This invitation is not open any more.", todo="Ask your lead for a new link.")
    return invitation


def accept_invitation(secret: str, *, username: str, display_name: str, password: str, now: datetime) -> User:
    """Make the account that an invitation promises. Raises Invalid with the field that is wrong."""
    invitation = find_invitation(secret, now=now)
    user = User(username=username, display_name=display_name[:120])
    try:
        user.clean_fields(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        field = next(iter(error.message_dict), "password") if hasattr(error, "error_dict") else "password"
        raise Invalid(" ".join(error.messages), where=field, todo="Change it and send again.") from error
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid("This name is taken.", where="username", todo="Choose another name.")
    user.set_password(password)
    with write():
        _take(invitation, now)
        user.save()
        Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
        Membership.objects.create(user=user, team=invitation.team, role=invitation.role)
        note("invitation-accepted", by=user, now=now, team=invitation.team_id)
    return user


def join(secret: str, *, user: User, now: datetime) -> Team:
    """Take an invitation with the account that one has. Raises NotFound when it is not open any more."""
    invitation = find_invitation(secret, now=now)
    with write():
        _take(invitation, now)
        Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
        Membership.objects.get_or_create(user=user, team=invitation.team, role=invitation.role)
        note("invitation-accepted", by=user, now=now, team=invitation.team_id)
    return invitation.team


def _take(invitation: Invitation, now: datetime) -> None:
    """Only one can: whoever sets the date. Raises NotFound for the other."""
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).update(accepted_at=now):
        raise NotFound("This invitation is not open any more.", todo="Ask your lead for a new link.")


def look_again(team: Team, *, now: datetime) -> None:
    """Somebody left: tasks that wait for them alone must wait no longer. Call inside a transaction."""
    for job in LabelingJob.objects.filter(team=team, state=JobState.RUNNING):
        later(job, "left", now=now)


def remove_member(membership: Membership, *, by: User, now: datetime) -> None:
    """End a membership; the person's answers stay. Raises Invalid when a lead would remove themselves."""
    if membership.user_id == by.pk and membership.role == Role.LEAD:
        raise Invalid(
            "You can't remove yourself as lead.", where=membership.team.name, todo="Another lead of the team can."
        )
    with write():
        note("member-removed", by=by, now=now, team=membership.team_id, user=membership.user_id, role=membership.role)
        membership.delete()
        look_again(membership.team, now=now)
