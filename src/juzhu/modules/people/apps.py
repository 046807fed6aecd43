"""The `people` module as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Labels the tables `people_...`."""

    name = "juzhu.modules.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
