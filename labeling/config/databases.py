"""DATABASE_URL -> Django's settings of one database. Numbers and reasons: docs/decisions/0003-databases.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from labeling.config.env import SettingRefused

TODO = "Write sqlite:///folder/file.sqlite3 or postgresql://user:password@host:5432/name."

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; "
    "PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000; PRAGMA journal_size_limit=67108864;"
)


def database(url: str, *, pool: int) -> dict[str, Any]:
    """Settings of the database that `url` names. `pool`: most connections of a process to PostgreSQL, 0: no pool."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(parts, pool)
    raise SettingRefused("DATABASE_URL", f'begins with "{parts.scheme}:"', TODO)


def sqlite_url(file: Path) -> str:
    return f"sqlite:///{file}"


def _sqlite(parts: SplitResult) -> dict[str, Any]:
    name = unquote(parts.path.removeprefix("/"))
    if parts.netloc or not name or ":memory:" in name:
        raise SettingRefused("DATABASE_URL", "names no file", TODO)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(name).expanduser().absolute()),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
    }


def _postgresql(parts: SplitResult, pool: int) -> dict[str, Any]:
    name = unquote(parts.path.removeprefix("/"))
    try:
        port = parts.port
    except ValueError:
        raise SettingRefused("DATABASE_URL", "has an odd port", TODO) from None
    if not name or "/" in name:
        raise SettingRefused("DATABASE_URL", "names no database after its host", TODO)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    if pool:
        options["pool"] = {"min_size": min(2, pool), "max_size": pool, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 0 if pool else None,
        "CONN_HEALTH_CHECKS": not pool,
        "OPTIONS": options,
    }
