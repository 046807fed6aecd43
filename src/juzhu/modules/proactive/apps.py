"""The `proactive` module as a Django app."""

from django.apps import AppConfig


class ProactiveConfig(AppConfig):
    """Labels the tables `proactive_...`."""

    name = "juzhu.modules.proactive"
    label = "proactive"
    default_auto_field = "django.db.models.BigAutoField"
