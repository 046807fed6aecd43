"""The `permits` module as a Django app."""

from django.apps import AppConfig


class PermitsConfig(AppConfig):
    """Labels the tables `permits_...`."""

    name = "juzhu.modules.permits"
    label = "permits"
    default_auto_field = "django.db.models.BigAutoField"
