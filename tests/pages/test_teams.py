"""Teams and invitations: a link is shown once, works once, and makes one account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labeling.flow import people as flow_people
from labeling.workforce.models import Invitation, Role, Team, User
from tests.factories import Staff, staff

GOOD = {"username": "ada", "display_name": "Ada Lindqvist", "password": "five short words here"}


@pytest.fixture
def link(lead: Client, people: Staff) -> str:
    reply = lead.post(reverse("team-invite", args=[people.team.pk]), {"role": "worker", "note": "Ada"})
    found = re.search(r'value="http://testserver(/invitation/[^"]+)"', reply.content.decode())
    assert found is not None
    return found[1]


def test_an_invitation_makes_an_account_in_its_team_and_signs_it_in(people: Staff, link: str) -> None:
    client = Client()
    assert b"Join Crossings" in client.get(link).content
    assert client.post(link, GOOD).headers["Location"] == "/"
    ada = User.objects.get(username="ada")
    assert [(m.team, m.role) for m in ada.memberships.all()] == [(people.team, Role.WORKER)]
    assert client.get(reverse("work")).status_code == 200


def test_looking_at_an_invitation_does_not_use_it_up(link: str) -> None:
    for _ in range(3):
        assert Client().get(link).status_code == 200


def test_a_link_works_once(link: str) -> None:
    Client().post(link, GOOD)
    reply = Client().post(link, {**GOOD, "username": "eve"})
    assert reply.status_code == 404
    assert not User.objects.filter(username="eve").exists()


def test_an_old_link_an_unknown_link_and_a_used_link_look_alike(link: str) -> None:
    unknown = Client().get(reverse("invitation", args=["made-up"]))
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).content == unknown.content
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "crossings-lead"}, "This name is taken."),
        ({"username": ""}, 'id="username-e"'),
        ({"username": "no blanks allowed"}, 'id="username-e"'),
        ({"password": "short"}, 'id="password-e"'),
        ({"password": "1234567890"}, 'id="password-e"'),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_stays(link: str, wrong: dict[str, str], said: str) -> None:
    reply = Client().post(link, {**GOOD, **wrong})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert said in page
    assert 'value="Ada Lindqvist"' in page
    assert GOOD["password"] not in page
    assert not User.objects.filter(username="ada").exists()


def test_the_link_is_shown_once_and_only_its_digest_is_kept(lead: Client, people: Staff, link: str) -> None:
    secret = link.split("/")[2]
    assert secret not in lead.get(reverse("team", args=[people.team.pk])).content.decode()
    assert not Invitation.objects.filter(token_digest__contains=secret).exists()


def test_a_lead_makes_a_team_and_leads_it(lead: Client, people: Staff) -> None:
    lead.post(reverse("teams"), {"name": "Night shift"})
    team = Team.objects.get(name="Night shift")
    assert team.organisation == people.team.organisation
    assert team.memberships.get().user == people.lead


@pytest.mark.parametrize("name", ["", "   ", "Crossings"])
def test_a_team_without_a_name_of_its_own_is_refused_beside_the_field(lead: Client, name: str) -> None:
    reply = lead.post(reverse("teams"), {"name": name})
    assert reply.status_code == 422
    assert 'id="name-e"' in reply.content.decode()


def test_a_removed_member_is_gone_and_a_lead_can_not_remove_themselves(lead: Client, people: Staff) -> None:
    worker, own = people.team.memberships.get(role=Role.WORKER), people.team.memberships.get(role=Role.LEAD)
    lead.post(reverse("team-remove", args=[people.team.pk, worker.pk]))
    assert not people.team.memberships.filter(pk=worker.pk).exists()
    assert lead.post(reverse("team-remove", args=[people.team.pk, own.pk])).status_code == 422
    assert people.team.memberships.filter(pk=own.pk).exists()


def test_an_unknown_role_is_refused(lead: Client, people: Staff) -> None:
    assert lead.post(reverse("team-invite", args=[people.team.pk]), {"role": "owner"}).status_code == 422
    assert not Invitation.objects.exists()


def test_somebody_with_an_account_joins_with_it_and_no_second_time(people: Staff) -> None:
    theirs = staff("Theirs")
    _, secret = flow_people.invite(theirs.team, role=Role.WORKER, by=theirs.lead, now=timezone.now())
    client = Client()
    client.force_login(people.lead)
    page = client.get(reverse("invitation", args=[secret]))
    assert b"Join as" in page.content
    assert not theirs.team.memberships.filter(user=people.lead).exists()
    assert client.post(reverse("invitation", args=[secret])).status_code == 302
    assert theirs.team.memberships.get(user=people.lead).role == Role.WORKER
    assert client.post(reverse("invitation", args=[secret])).status_code == 404
