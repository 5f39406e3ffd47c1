"""Logging to standard error, without what would let a reader of the log act as somebody else."""

from __future__ import annotations

import logging
import re
from typing import Any

_SECRETS = re.compile(r"(?i)((?:token|bearer|basic)\s+|[?&](?:s|token|key|next_key)=)[^\s&\"']+")


class WithoutSecrets(logging.Filter):
    """Replaces tokens of headers and signatures of addresses by three dots."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cleaned = _SECRETS.sub(r"\1...", message)
        if cleaned != message:
            record.msg, record.args = cleaned, None
        return True


def logging_settings(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_secrets": {"()": "labeling.config.logs.WithoutSecrets"}},
        "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django would add a console of its own, and mail to nobody.
            "django": {"handlers": [], "propagate": True, "level": level},
            "django.server": {"handlers": [], "propagate": True, "level": level},
        },
    }
