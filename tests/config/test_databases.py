from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from labeling.config.databases import database, sqlite_url
from labeling.config.env import SettingRefused


def test_sqlite_waits_takes_its_lock_at_once_and_survives_a_power_cut(tmp_path: Path) -> None:
    settings = database(sqlite_url(tmp_path / "a.sqlite3"), pool=8)
    assert settings["NAME"] == str(tmp_path / "a.sqlite3")
    assert settings["CONN_MAX_AGE"] is None
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert settings["OPTIONS"]["timeout"] == 20
    assert "synchronous=FULL" in settings["OPTIONS"]["init_command"]


@pytest.mark.django_db
def test_the_pragmas_are_in_force() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own")
    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert found == ["wal", 2]


def test_postgresql_takes_user_password_host_port_and_options_apart() -> None:
    settings = database("postgresql://us%40er:pa%2Fss@db.example:5433/labels?sslmode=require", pool=0)
    wanted = {"USER": "us@er", "PASSWORD": "pa/ss", "HOST": "db.example", "PORT": "5433", "NAME": "labels"}
    assert settings.items() >= wanted.items()
    assert settings["OPTIONS"] == {"sslmode": "require"}
    assert settings["CONN_MAX_AGE"] is None


def test_a_pool_bounds_the_connections_and_replaces_persistent_ones() -> None:
    settings = database("postgres://u@h/n", pool=4)
    assert settings["OPTIONS"]["pool"] == {"min_size": 2, "max_size": 4, "timeout": 10}
    assert settings["CONN_MAX_AGE"] == 0
    assert database("postgres://u@h/n", pool=1)["OPTIONS"]["pool"]["min_size"] == 1


def test_a_socket_folder_is_a_host() -> None:
    assert database("postgresql:///labels?host=/run/postgresql", pool=0)["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://h/n",
        "labels",
        "postgresql://h",
        "postgresql://h/",
        "postgresql://h:x/n",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_an_odd_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(SettingRefused, match=r"DATABASE_URL .* Write sqlite:///"):
        database(url, pool=0)
