from __future__ import annotations

import logging

import pytest

from labeling.config.caching import ForgivingRedisCache

NOBODY_THERE = "redis://127.0.0.1:1/0"


def test_without_redis_nothing_is_remembered_and_nobody_is_kept_out(caplog: pytest.LogCaptureFixture) -> None:
    cache = ForgivingRedisCache(NOBODY_THERE, {"OPTIONS": {"socket_connect_timeout": 0.2}})
    with caplog.at_level(logging.WARNING):
        cache.set("tries", 3)
        assert cache.get("tries", 0) == 0
        assert cache.add("tries", 1)
        assert cache.incr("tries") == 1
        assert not cache.touch("tries")
        assert not cache.delete("tries")
    assert "rate limits are off" in caplog.text
