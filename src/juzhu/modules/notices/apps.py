"""The `notices` module as a Django app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Labels the tables `notices_...`."""

    name = "juzhu.modules.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
