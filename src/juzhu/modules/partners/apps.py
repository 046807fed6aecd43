"""The `partners` module as a Django app."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Labels the tables `partners_...`."""

    name = "juzhu.modules.partners"
    label = "partners"
    default_auto_field = "django.db.models.BigAutoField"
