"""What every suite may use: a database file per process, a live server, a browser, and servers when they are there."""

from __future__ import annotations

import gc
import os

import pytest
from django.conf import settings
from django.core.cache import cache

from labeling.flow import beliefs, doubts, leasing
from labeling.jobs import voices

pytest_plugins = ["tests.browsing", "tests.databases"]


def pytest_collection_finish() -> None:
    """What was imported stays to the end: looking through it for garbage again and again is a 14th of the time."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    on_postgres = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if "redis_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.redis)
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: make test starts one"))


@pytest.fixture(autouse=True)
def _nothing_remembered_from_the_test_before() -> None:
    """Rate limits, skills, places in the queue: all by ids, and every test's first job has the same one."""
    cache.clear()
    beliefs.forget()
    doubts._ranked.cache_clear()
    voices._voices.clear()
    leasing._stood.clear()


@pytest.fixture
def redis_url() -> str:
    """A Redis of the tests' own: started by `make test`, or named by TEST_REDIS_URL."""
    url = os.environ.get("TEST_REDIS_URL", "")
    if not url:
        pytest.skip("needs Redis: make test starts one")
    return url
