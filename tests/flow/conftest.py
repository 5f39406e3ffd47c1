from __future__ import annotations

import pytest

from tests.factories import Staff, staff


@pytest.fixture
def people(db: None) -> Staff:
    return staff()
