"""Guessing passwords is slowed down per account and per address, by the settings that ship."""

from __future__ import annotations

import pytest
from django.test import Client

from labeling.workforce.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet brown fox"


def sign_in(client: Client, password: str, *, username: str = "lena", forwarded: str = "") -> bool:
    """Whether it worked."""
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    client.post("/accounts/login/", {"login": username, "password": password}, headers=headers)
    return "_auth_user_id" in client.session


@pytest.fixture
def lena() -> User:
    return User.objects.create_user("lena", password=PASSWORD)


def test_the_right_password_signs_in(client: Client, lena: User) -> None:
    assert sign_in(client, PASSWORD)


def test_after_five_wrong_passwords_the_right_one_has_to_wait(client: Client, lena: User) -> None:
    for _ in range(5):
        assert not sign_in(client, "wrong")
    assert not sign_in(client, PASSWORD)


def test_whoever_tried_too_often_is_told_so_with_429_and_when_to_come_back(client: Client, lena: User) -> None:
    form = {"login": "lena", "password": "wrong"}
    replies = [client.post("/accounts/login/", form) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [429]
    assert replies[-1]["Retry-After"] == "300"


def test_an_invented_forwarding_header_does_not_start_the_count_anew(client: Client, lena: User) -> None:
    for number in range(12):
        sign_in(client, "wrong", username=f"someone{number}", forwarded=f"10.0.0.{number}")
    assert not sign_in(client, PASSWORD, forwarded="10.0.0.99")


def test_sign_up_is_closed(client: Client) -> None:
    form = {"username": "mallory", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", form)
    assert not User.objects.filter(username="mallory").exists()
