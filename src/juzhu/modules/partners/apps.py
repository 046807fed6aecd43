"""The `partners` module as a Django app."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Labels the tables `partners_...`."""

    name = "juzhu.modules.partners"
    label = "partners"
    verbose_name = "使用部门"
    default_auto_field = "django.db.models.BigAutoField"
