"""Settings about other servers: which model servers there are, and which private networks may be reached."""

from __future__ import annotations

import re
from collections.abc import Sequence

from labeling.config.env import SettingRefused
from labeling.errors import BadRequest
from labeling.storage.egress import Network, networks, parsed

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


def model_servers(variable: str, words: Sequence[str]) -> dict[str, str]:
    """`name=URL` words -> {name: URL without a slash at its end}. Raises SettingRefused."""
    found: dict[str, str] = {}
    for word in words:
        name, _, url = word.partition("=")
        if not NAME.fullmatch(name) or name in found:
            raise SettingRefused(
                variable,
                f'has a server named "{name[:40]}"' + (" twice" if name in found else ""),
                "Write name=URL for each, the names in small letters, digits and hyphens.",
            )
        try:
            parsed(url)
        except BadRequest as problem:
            raise SettingRefused(variable, f'has an odd address for "{name}": {problem.what}', problem.todo) from None
        found[name] = url.rstrip("/")
    return found


def private_networks(variable: str, words: Sequence[str]) -> tuple[Network, ...]:
    """Networks as "10.0.0.0/8" or single addresses. Raises SettingRefused."""
    try:
        return networks(words)
    except ValueError as error:
        raise SettingRefused(variable, f"is odd: {error}", "Write networks as 10.1.0.0/16, or addresses.") from None
