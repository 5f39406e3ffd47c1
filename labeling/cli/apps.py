from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "labeling.cli"
