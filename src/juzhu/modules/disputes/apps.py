"""The `disputes` module as a Django app."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """Labels the tables `disputes_...`."""

    name = "juzhu.modules.disputes"
    label = "disputes"
    default_auto_field = "django.db.models.BigAutoField"
