from __future__ import annotations

import pytest

from labeling.flow import consolidation
from tests.factories import Staff, staff


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


@pytest.fixture(autouse=True)
def _no_skills_of_the_test_before() -> None:
    consolidation._learned.clear()  # by job id, and every test's first job has the same
