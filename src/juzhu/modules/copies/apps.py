"""The `copies` module as a Django app."""

from django.apps import AppConfig


class CopiesConfig(AppConfig):
    """Labels the tables `copies_...`."""

    name = "juzhu.modules.copies"
    label = "copies"
    default_auto_field = "django.db.models.BigAutoField"
