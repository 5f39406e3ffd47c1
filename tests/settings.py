"""The product's settings on a home of each test process's own, with passwords that cost nothing to check."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="touchstone-test-"))
atexit.register(shutil.rmtree, _home, ignore_errors=True)

for _name in [name for name in os.environ if name.startswith("TOUCHSTONE_")]:
    del os.environ[_name]
os.environ.pop("REDIS_URL", None)  # a test that wants Redis asks for the fixture `redis_url`
os.environ["TOUCHSTONE_HOME"] = str(_home)
os.environ["TOUCHSTONE_DATABASE_POOL"] = "0"  # races need more connections than a web process has threads

from labeling.config.settings import *  # noqa: E402, F403
from labeling.config.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file: in memory, threads share one connection and meet "database table is locked".
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "test.sqlite3")}
CELERY_TASK_ALWAYS_EAGER = False
