"""Celery's settings: Redis when an address is given, otherwise messages as files in a folder under home.

A message is a hint, never the truth: whatever is lost, the sweep sends again.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from labeling.config.env import SettingRefused

SCHEMES = {"redis", "rediss"}


def checked_redis(url: str) -> str:
    if url and urlsplit(url).scheme not in SCHEMES:
        raise SettingRefused("REDIS_URL", f'begins with "{urlsplit(url).scheme}:"', "Write redis://host:6379/0.")
    return url


def make_folders(home: Path) -> None:
    """The folders of messages, bindings and beat, for their owner alone; they must stand before the first message."""
    for name in ("queue", "control", "beat"):
        (home / name).mkdir(parents=True, exist_ok=True, mode=0o700)


def celery_settings(redis_url: str, home: Path) -> dict[str, Any]:
    """Names without the prefix CELERY_. `home` holds the queue folder and beat's own file."""
    return {
        **(_redis(redis_url) if redis_url else _files(home)),
        "task_ignore_result": True,
        "accept_content": ["json"],
        "task_serializer": "json",
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "timezone": "UTC",
        "beat_schedule_filename": str(home / "beat" / "schedule"),
        "beat_schedule": {"sweep": {"task": "labeling.flow.background.sweep", "schedule": timedelta(seconds=20)}},
    }


def _redis(url: str) -> dict[str, Any]:
    options = {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 1,
        # Whoever sends a hint does not wait for a broker that is away: the sweep will look anyway.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    }
    return {"broker_url": url, "broker_transport_options": options}


def _files(home: Path) -> dict[str, Any]:
    queue, control = home / "queue", home / "control"
    return {
        "broker_url": "files://localhost/",  # without a host kombu warns at every start
        "broker_transport_options": {
            "data_folder_in": str(queue),  # one folder both ways
            "data_folder_out": str(queue),
            "control_folder": str(control),
            "polling_interval": 0.2,
        },
    }
