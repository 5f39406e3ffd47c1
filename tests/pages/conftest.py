"""A team, and its lead signed in: what most pages are looked at with."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import Staff, staff


@pytest.fixture
def people(db: None) -> Staff:
    return staff("Crossings", workers=1)


@pytest.fixture
def lead(people: Staff) -> Client:
    client = Client()
    client.force_login(people.lead)
    return client
