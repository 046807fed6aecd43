"""The `lives` module as a Django app."""

from django.apps import AppConfig


class LivesConfig(AppConfig):
    """Labels the tables `lives_...`."""

    name = "juzhu.modules.lives"
    label = "lives"
    default_auto_field = "django.db.models.BigAutoField"
