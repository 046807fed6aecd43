"""The `channels` module as a Django app."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Labels the tables `channels_...`."""

    name = "juzhu.modules.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"
