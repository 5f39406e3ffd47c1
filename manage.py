#!/usr/bin/env python
"""Touchstone's commands: `python manage.py help` lists them."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.config.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018  (reading it loads the settings: an odd one is told in one sentence, not a traceback)
    except ImproperlyConfigured as refused:
        sys.exit(f"{refused}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
