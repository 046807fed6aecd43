"""The `cases` module as a Django app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Labels the tables `cases_...`."""

    name = "juzhu.modules.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
