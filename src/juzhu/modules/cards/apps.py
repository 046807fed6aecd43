"""The `cards` module as a Django app."""

from django.apps import AppConfig


class CardsConfig(AppConfig):
    """Labels the tables `cards_...`."""

    name = "juzhu.modules.cards"
    label = "cards"
    default_auto_field = "django.db.models.BigAutoField"
