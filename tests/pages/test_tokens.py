from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labeling.workforce import tokens
from labeling.workforce.models import ApiToken
from tests.factories import Staff, staff


@pytest.fixture
def ours(db: None) -> Staff:
    return staff("Ours", workers=1)


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_a_token_is_shown_once_and_works_as_its_owner(ours: Staff) -> None:
    client = signed_in(ours.lead)
    made = client.post(reverse("tokens"), {"name": "Nightly", "days": "30", "scopes": ["work", "lead"]})
    secret = re.search(r'id="secret" readonly value="(ts_[^"]+)"', made.content.decode())
    assert secret is not None
    found = tokens.find(secret[1], now=timezone.now())
    assert found is not None
    assert found.user == ours.lead
    again = client.get(reverse("tokens")).content.decode()
    assert secret[1] not in again
    assert "Nightly" in again


def test_a_worker_can_not_give_a_token_what_they_may_not_do(ours: Staff) -> None:
    signed_in(ours.workers[0]).post(reverse("tokens"), {"name": "Mine", "days": "5", "scopes": ["work", "lead"]})
    assert ApiToken.objects.get(user=ours.workers[0]).scopes == ["work"]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "", "days": "5", "scopes": ["work"]},
        {"name": "x", "days": "0", "scopes": ["work"]},
        {"name": "x", "days": "367", "scopes": ["work"]},
        {"name": "x", "days": "soon", "scopes": ["work"]},
        {"name": "x", "days": "5", "scopes": []},
    ],
)
def test_what_is_wrong_stands_in_the_form_and_nothing_typed_is_lost(ours: Staff, typed: dict[str, object]) -> None:
    reply = signed_in(ours.lead).post(reverse("tokens"), typed)
    assert reply.status_code == 422
    assert f'value="{typed["name"]}"' in reply.content.decode()
    assert not ApiToken.objects.exists()


def test_ending_a_token_ends_only_ones_own(ours: Staff) -> None:
    signed_in(ours.lead).post(reverse("tokens"), {"name": "x", "days": "5", "scopes": ["work"]})
    token = ApiToken.objects.get()
    assert signed_in(ours.workers[0]).post(reverse("token-revoke", args=[token.pk])).status_code == 404
    assert ApiToken.objects.exists()
    signed_in(ours.lead).post(reverse("token-revoke", args=[token.pk]))
    assert not ApiToken.objects.exists()
