"""The `verifications` module as a Django app."""

from django.apps import AppConfig


class VerificationsConfig(AppConfig):
    """Labels the tables `verifications_...`."""

    name = "juzhu.modules.verifications"
    label = "verifications"
    default_auto_field = "django.db.models.BigAutoField"
