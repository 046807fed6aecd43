"""The `mandates` module as a Django app."""

from django.apps import AppConfig


class MandatesConfig(AppConfig):
    """Labels the tables `mandates_...`."""

    name = "juzhu.modules.mandates"
    label = "mandates"
    default_auto_field = "django.db.models.BigAutoField"
