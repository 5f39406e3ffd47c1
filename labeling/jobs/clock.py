"""The database's clock: the only one that decides about leases."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

SQL = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')",
    "postgresql": "SELECT clock_timestamp()",
}


def database_now() -> datetime:
    """Now in UTC, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor])
        value = cursor.fetchone()[0]
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.fromisoformat(value).replace(tzinfo=UTC)
