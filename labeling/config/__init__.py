"""Settings from the environment, addresses, the Celery app."""

from labeling.config.celery import app as celery_app

__all__ = ["celery_app"]
