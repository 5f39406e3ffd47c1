"""Which tests run on both databases, and which on one of them.

What lies in the folders ON_BOTH talks to the database, and runs on SQLite and on PostgreSQL: queue, leases, states,
consolidation, sweeps, constraints, races, kills. A test there that is marked `one_database` only passes through it: its
time goes into learning, HTTP or parsing, and others that run on both send the statements that it sends. It runs once:
on PostgreSQL, as production does; where there is none, on SQLite. What commits for real, as a race does, has no mark.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ON_BOTH = ["tests/flow", "tests/jobs", "tests/api", "tests/workforce"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuses marks that would leave a test out (no suite would run it), or a race on one database."""
    for item in items:
        if item.get_closest_marker("one_database"):
            database = item.get_closest_marker("django_db")
            if database and database.kwargs.get("transaction"):
                raise pytest.UsageError(f"{item.nodeid} commits for real: it must run on both databases, unmarked")
            if not any(item.path.is_relative_to(ROOT / folder) for folder in ON_BOTH):
                raise pytest.UsageError(f"{item.nodeid}: one_database is for tests in {', '.join(ON_BOTH)}")
