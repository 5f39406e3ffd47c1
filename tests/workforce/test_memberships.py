"""A membership is the only thing that gives a user anything; tokens and invitations are kept as digests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from labeling.errors import Invalid, NotFound
from labeling.flow import people as flow
from labeling.jobs.models import AuditEvent
from labeling.workforce import tokens
from labeling.workforce.access import access_team, leads_any, teams_of
from labeling.workforce.models import Invitation, Membership, Role, Team, User
from tests.factories import MONDAY, Staff, answered, held, staff, text_job

PASSWORD = "long enough for anybody"


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


@pytest.fixture
def strangers(people: Staff) -> Staff:
    return staff("Harbour")


def test_teams_are_those_of_ones_memberships_by_role(people: Staff, strangers: Staff) -> None:
    Membership.objects.create(user=people.lead, team=strangers.team, role=Role.WORKER)
    assert set(teams_of(people.lead)) == {people.team, strangers.team}
    assert set(teams_of(people.lead, Role.LEAD)) == {people.team}
    assert set(teams_of(people.lead, Role.WORKER)) == {strangers.team}
    assert not teams_of(AnonymousUser())
    assert (leads_any(people.lead), leads_any(people.workers[0])) == (True, False)


def test_a_team_is_found_by_its_leads_alone(people: Staff, strangers: Staff) -> None:
    assert access_team(people.team.pk, people.lead) == people.team
    for user in (*people.workers, strangers.lead, AnonymousUser()):
        with pytest.raises(NotFound):
            access_team(people.team.pk, user)


def test_somebody_whose_account_was_closed_has_no_team(people: Staff) -> None:
    people.lead.is_active = False
    assert not teams_of(people.lead)


def test_a_membership_is_there_once_with_a_known_role(people: Staff) -> None:
    user = people.workers[0]
    for role in (Role.WORKER, "king"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=user, team=people.team, role=role)
    Membership.objects.create(user=user, team=people.team, role=Role.LEAD)


def invited(people: Staff, role: Role = Role.WORKER) -> str:
    return flow.invite(people.team, role=role, by=people.lead, now=MONDAY)[1]


def accept(secret: str, **changes: Any) -> User:
    asked = {"username": "jonas", "display_name": "Jonas", "password": PASSWORD, "now": MONDAY, **changes}
    return flow.accept_invitation(secret, **asked)


@pytest.mark.parametrize("role", Role)
def test_an_invitation_makes_an_account_with_its_role_in_its_team(people: Staff, role: Role) -> None:
    user = accept(invited(people, role))
    assert user.check_password(PASSWORD)
    assert list(user.memberships.values_list("team", "role")) == [(people.team.pk, role)]
    assert Invitation.objects.get().accepted_by == user


def test_an_invitations_secret_is_kept_as_a_digest(people: Staff) -> None:
    secret = invited(people)
    row = Invitation.objects.get()
    assert secret not in str(vars(row))
    assert row.token_digest == tokens.digest(secret)


def test_an_invitation_works_once_and_for_a_week(people: Staff) -> None:
    secret, old = invited(people), invited(people)
    accept(secret)
    with pytest.raises(NotFound):
        accept(secret, username="other")
    with pytest.raises(NotFound):
        accept(old, username="other", now=MONDAY + flow.INVITATION_LASTS)
    with pytest.raises(NotFound):
        accept("unknown", username="other")
    assert not User.objects.filter(username="other").exists()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"username": "CROSSINGS-LEAD"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": ""}, "username"),
        ({"password": "short"}, "password"),
        ({"password": "12345678901234"}, "password"),
        ({"password": "password1234"}, "password"),
    ],
)
def test_a_wrong_field_is_named_and_the_invitation_stays_open(
    people: Staff, change: dict[str, str], where: str
) -> None:
    secret = invited(people)
    with pytest.raises(Invalid) as told:
        accept(secret, **change)
    assert told.value.where == where
    assert accept(secret).username == "jonas"


def test_a_removed_members_answers_stay(people: Staff) -> None:
    job, worker = text_job(people), people.workers[0]
    kept = answered(held(job, worker, MONDAY), worker, 0, MONDAY)
    flow.remove_member(worker.memberships.get(), by=people.lead, now=MONDAY)
    kept.refresh_from_db()
    assert kept.worker == worker
    assert AuditEvent.objects.filter(what="member-removed", who=people.lead).count() == 1


def test_a_team_is_led_by_who_made_it_and_has_a_name_of_its_own(people: Staff) -> None:
    team = flow.create_team(people.team.organisation, name="Night shift", by=people.lead, now=MONDAY)
    assert access_team(team.pk, people.lead) == team
    for name in ("Night shift", "  ", ""):
        with pytest.raises(Invalid):
            flow.create_team(people.team.organisation, name=name, by=people.lead, now=MONDAY)
    assert Team.objects.count() == 2


def test_a_token_is_found_by_its_secret_until_it_ends(people: Staff) -> None:
    hour = timedelta(hours=1)
    secret = tokens.mint(people.lead, name="script", scopes=["lead"], lifetime=hour, now=MONDAY)
    found = tokens.find(secret, now=MONDAY)
    assert found is not None
    assert (found.user, found.scopes) == (people.lead, ["lead"])
    assert tokens.find(secret, now=MONDAY + hour) is None
    assert tokens.find(secret + "x", now=MONDAY) is None


def test_the_id_that_leaves_the_house_says_nothing_of_a_person(people: Staff) -> None:
    worker = people.workers[0]
    assert worker.username not in worker.worker_id
    assert str(worker.pk) != worker.worker_id
    assert worker.worker_id == User.objects.get(pk=worker.pk).worker_id
