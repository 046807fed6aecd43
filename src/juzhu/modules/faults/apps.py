"""The `faults` module as a Django app."""

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    """Labels the tables `faults_...`."""

    name = "juzhu.modules.faults"
    label = "faults"
    default_auto_field = "django.db.models.BigAutoField"
