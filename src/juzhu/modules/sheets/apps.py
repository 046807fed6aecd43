"""The `sheets` module as a Django app."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """Labels the tables `sheets_...`."""

    name = "juzhu.modules.sheets"
    label = "sheets"
    default_auto_field = "django.db.models.BigAutoField"
