"""The Celery app: `celery -A labeling.config worker`. Entry points live in labeling/flow/background.py."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import worker_ready

from labeling.config import files_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.config.settings")
files_transport.register()

app = Celery("labeling")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["labeling.flow"], related_name="background")


@worker_ready.connect
def look_at_once(**_: object) -> None:
    """A worker that comes up looks for what a lost message left undone, without waiting for beat."""
    app.send_task("labeling.flow.background.sweep")
