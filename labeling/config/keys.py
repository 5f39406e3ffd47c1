"""The secret key: from the environment, or made on first run and kept under home for its owner alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from labeling.config.env import SettingRefused

NAME = "TOUCHSTONE_SECRET_KEY"
SHORTEST = 32
KNOWN = ("secret", "changeme", "change-me", "example", "django-insecure", "password")


def checked(key: str) -> str:
    """`key` itself, or SettingRefused when it is short, monotonous or one that everybody knows."""
    todo = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(50))".'
    if len(key) < SHORTEST:
        raise SettingRefused(NAME, f"is shorter than {SHORTEST} characters", todo)
    if len(set(key)) < 12 or any(word in key.lower() for word in KNOWN):
        raise SettingRefused(NAME, "is easy to guess", todo)
    return key


def kept(file: Path) -> str:
    """The key in `file`; made there with mode 0600 when there is none. Processes that start together agree on one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(50) + "\n")
        with suppress(FileExistsError):  # another process was first: its key holds
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()
