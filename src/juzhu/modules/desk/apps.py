"""The `desk` module as a Django app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Labels the tables `desk_...`."""

    name = "juzhu.modules.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
