"""There may be no Docker where tests run: the file is read, and its commands are taken at their word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_django.live_server_helper import LiveServer

from labeling.config.env import OURS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURSELVES = ("web", "worker", "beat", "migrate")


def test_it_has_web_worker_beat_postgres_and_redis() -> None:
    assert set(COMPOSE["services"]) == {"web", "worker", "beat", "migrate", "postgres", "redis"}


@pytest.mark.parametrize("name", OURSELVES)
def test_our_services_reap_orphans_and_have_no_rights_to_spare(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["init"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True


def test_only_the_web_is_reachable_and_from_this_machine_alone() -> None:
    ports = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:${TOUCHSTONE_PORT:-8000}:8000"]}


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET_KEY)\w*)([^}]*)\}", text)
    assert secrets
    assert {rest for _, rest in secrets} == {":?"}


def test_it_sets_only_settings_that_exist() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    given = {name for name in COMPOSE["services"]["web"]["environment"] if name.startswith(OURS)}
    assert given <= documented


def test_the_image_runs_as_an_ordinary_user_and_installs_by_hash() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER touchstone$", text, re.MULTILINE)
    assert "--require-hashes" in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("names", "well"),
    [
        ("label.example.org", True),
        ("label.example.org,localhost", True),
        (" label.example.org other.example.org", True),
        (".example.org", True),
        ("127.0.0.1", False),
    ],
)
def test_the_health_check_asks_by_a_name_that_is_let_in(
    live_server: LiveServer, settings: Any, names: str, well: bool
) -> None:
    settings.ALLOWED_HOSTS = ["label.example.org", ".example.org"]
    word, python, option, code = COMPOSE["services"]["web"]["healthcheck"]["test"]
    assert (word, python, option) == ("CMD", "python", "-c")
    code = code.replace("http://127.0.0.1:8000", live_server.url)
    assert "$" not in code  # compose would put a variable there
    asked = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "TOUCHSTONE_HOSTS": names}, capture_output=True, check=False
    )
    assert (asked.returncode == 0) is well, asked.stderr
