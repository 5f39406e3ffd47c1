"""The settings as a whole, in a process of their own: what is refused, and in which words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRINT = "from labeling.config import settings as s; print({})"


def run(home: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {
        "PATH": os.environ["PATH"],
        "TOUCHSTONE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "labeling.config.settings",
    }
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**plain, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TOUCHSTONE_SECRET_KEY", "changeme", "TOUCHSTONE_SECRET_KEY is shorter than 32 characters."),
        ("DATABASE_URL", "mysql://h/n", 'DATABASE_URL begins with "mysql:".'),
        ("REDIS_URL", "http://h", 'REDIS_URL begins with "http:".'),
        ("TOUCHSTONE_HOSTS", "*", "TOUCHSTONE_HOSTS holds *."),
        ("TOUCHSTONE_PORT", "eighty", 'TOUCHSTONE_PORT is "eighty".'),
        ("TOUCHSTONE_DEBGU", "1", "TOUCHSTONE_DEBGU is not a setting."),
    ],
)
def test_an_odd_setting_stops_every_command_with_one_sentence(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    ended = run(tmp_path, "manage.py", "check", **{name: value})
    assert ended.returncode == 1
    assert ended.stderr.startswith(sentence)
    assert "Traceback" not in ended.stderr


def test_debug_is_refused_where_others_can_reach_it(tmp_path: Path) -> None:
    ended = run(tmp_path, "manage.py", "check", TOUCHSTONE_DEBUG="1", TOUCHSTONE_HOSTS="label.example.org")
    assert ended.stderr.startswith("TOUCHSTONE_DEBUG is on for hosts beyond this machine.")


def test_the_defaults_are_sqlite_and_files_under_home_on_this_machine(tmp_path: Path) -> None:
    what = "s.DATABASES['default']['NAME'], s.CELERY_BROKER_URL, s.ALLOWED_HOSTS, s.DEBUG"
    ended = run(tmp_path, "-c", PRINT.format(what))
    wanted = (str(tmp_path / "touchstone.sqlite3"), "files://localhost/", ["localhost", "127.0.0.1", "[::1]"], False)
    assert ended.stdout.strip() == str(" ".join(map(str, wanted)))


def test_redis_serves_the_queue_and_the_rate_limits_when_it_is_named(tmp_path: Path) -> None:
    ended = run(
        tmp_path, "-c", PRINT.format("s.CELERY_BROKER_URL, s.CACHES['default']['LOCATION']"), REDIS_URL="redis://h/0"
    )
    assert ended.stdout.split() == ["redis://h/0", "redis://h/0"]


def test_https_makes_cookies_secure_and_nothing_trusts_a_proxy_that_is_not_there(tmp_path: Path) -> None:
    what = "s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.SECURE_PROXY_SSL_HEADER"
    assert run(tmp_path, "-c", PRINT.format(what), TOUCHSTONE_HTTPS="1").stdout.split() == ["True", "True", "None"]


def test_djangos_own_deployment_check_finds_nothing(tmp_path: Path) -> None:
    hosts = {"TOUCHSTONE_HTTPS": "1", "TOUCHSTONE_HOSTS": "label.example.org"}
    ended = run(tmp_path, "manage.py", "check", "--deploy", "--tag", "security", "--fail-level", "WARNING", **hosts)
    assert ended.returncode == 0, ended.stderr
