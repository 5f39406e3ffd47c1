"""Signing in, out, and what it never says."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from labeling.workforce.models import User
from tests.factories import Staff, staff

PASSWORD = "correct-horse-battery"


@pytest.fixture
def people(db: None) -> Staff:
    return staff("Crossings", workers=1)


def attempt(name: str, password: str, **more: str) -> tuple[int, str, str]:
    """Status, where it leads, and the page without its one-time token."""
    reply = Client().post(reverse("account_login"), {"login": name, "password": password, **more})
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", reply.content.decode())
    return reply.status_code, reply.headers.get("Location", ""), page.replace(f'value="{name}"', "")


def test_the_right_password_leads_to_the_start(people: Staff) -> None:
    assert attempt(people.lead.username, PASSWORD)[:2] == (302, "/")


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(people: Staff) -> None:
    known, unknown = attempt(people.lead.username, "wrong"), attempt("nobody-at-all", "wrong")
    assert known == unknown
    assert "do not fit together" in known[2]


def test_an_inactive_account_gets_the_same_answer(people: Staff) -> None:
    User.objects.filter(pk=people.lead.pk).update(is_active=False)
    assert "do not fit together" in attempt(people.lead.username, "wrong")[2]
    assert attempt(people.lead.username, PASSWORD)[1] != "/"


@pytest.mark.parametrize("place", ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/"])
def test_no_address_leads_out_after_signing_in(people: Staff, place: str) -> None:
    assert attempt(people.lead.username, PASSWORD, next=place)[:2] == (302, "/")


def test_a_place_of_ours_is_found_again_after_signing_in(people: Staff) -> None:
    assert attempt(people.lead.username, PASSWORD, next="/teams/")[:2] == (302, "/teams/")


def test_too_many_wrong_passwords_are_answered_with_wait(people: Staff) -> None:
    statuses = [attempt(people.lead.username, "wrong")[0] for _ in range(7)]
    assert statuses[0] == 200
    assert statuses[-1] == 429 or "Too many tries" in attempt(people.lead.username, "wrong")[2]


def test_nobody_signs_up_without_an_invitation(db: None) -> None:
    data = {"username": "stranger", "password1": PASSWORD, "password2": PASSWORD}
    reply = Client().post(reverse("account_signup"), data)
    assert b"By invitation only" in reply.content
    assert not User.objects.exists()


def test_signing_out_needs_a_post(people: Staff) -> None:
    client = Client()
    client.force_login(people.lead)
    client.get(reverse("account_logout"))
    assert client.get(reverse("work")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("work")).status_code == 302


def test_a_changed_password_is_the_one_that_counts(people: Staff) -> None:
    client = Client()
    client.login(username=people.lead.username, password=PASSWORD)
    form = {"oldpassword": PASSWORD, "password1": "another-long-one", "password2": "another-long-one"}
    client.post(reverse("account_change_password"), form)
    assert attempt(people.lead.username, "another-long-one")[0] == 302
    assert attempt(people.lead.username, PASSWORD)[0] == 200


def test_a_wrong_old_password_is_said_beside_its_field(people: Staff) -> None:
    client = Client()
    client.force_login(people.lead)
    form = {"oldpassword": "nonsense", "password1": "another-long-one", "password2": "another-long-one"}
    reply = client.post(reverse("account_change_password"), form)
    assert b"This is not your current password." in reply.content


@pytest.mark.parametrize("name", ["account_signup", "account_inactive", "account_login"])
def test_pages_around_signing_in_have_our_look(db: None, name: str) -> None:
    assert b"Touchstone" in Client().get(reverse(name)).content


@pytest.mark.parametrize("rest", ["", "done/", "key/1-abc/", "key/done/"])
def test_without_mail_nobody_is_promised_any(db: None, rest: str) -> None:
    client = Client(raise_request_exception=False)
    assert client.post(f"/accounts/password/reset/{rest}", {"email": "nobody@example.org"}).status_code == 404
    page = client.get(reverse("account_login")).content
    assert b"password/reset" not in page
    assert b"Password forgotten? Ask your lead" in page
