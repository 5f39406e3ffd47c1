from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "labeling.api"

    def ready(self) -> None:
        from labeling.api import schema  # noqa: F401 - registers the token with the schema
