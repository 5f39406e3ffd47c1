"""Counters of rate limits in Redis, and going on without them while Redis is away: people can still sign in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Nothing that matters is in here. Without Redis every key is missing and every write is forgotten."""

    def _try(self, act: Callable[[], Any], without: Any) -> Any:
        try:
            return act()
        except (RedisError, OSError) as error:
            log.warning("Redis does not answer (%s): rate limits are off until it does", error)
            return without

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._try(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, *arguments: Any, **named: Any) -> None:
        self._try(lambda: super(ForgivingRedisCache, self).set(*arguments, **named), None)

    def add(self, *arguments: Any, **named: Any) -> bool:
        return bool(self._try(lambda: super(ForgivingRedisCache, self).add(*arguments, **named), True))  # noqa: FBT003

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        return int(self._try(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), delta))

    def touch(self, *arguments: Any, **named: Any) -> bool:
        return bool(self._try(lambda: super(ForgivingRedisCache, self).touch(*arguments, **named), False))  # noqa: FBT003

    def delete(self, *arguments: Any, **named: Any) -> bool:
        return bool(self._try(lambda: super(ForgivingRedisCache, self).delete(*arguments, **named), False))  # noqa: FBT003
