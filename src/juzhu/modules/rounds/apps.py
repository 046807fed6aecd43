"""The `rounds` module as a Django app."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """Labels the tables `rounds_...`."""

    name = "juzhu.modules.rounds"
    label = "rounds"
    default_auto_field = "django.db.models.BigAutoField"
