"""The `webhooks` module as a Django app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Labels the tables `webhooks_...`."""

    name = "juzhu.modules.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"
