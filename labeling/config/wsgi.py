"""What gunicorn serves: `gunicorn labeling.config.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.config.settings")

application = get_wsgi_application()
