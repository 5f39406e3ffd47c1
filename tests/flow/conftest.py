from __future__ import annotations

import pytest

from tests.factories import Staff, staff


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


@pytest.fixture
def strangers(people: Staff) -> Staff:
    """Another team of the same house."""
    return staff("Harbour")
