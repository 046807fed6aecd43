"""The `webhooks` module as a Django app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Labels the tables `webhooks_...`."""

    name = "juzhu.modules.webhooks"
    label = "webhooks"
    verbose_name = "变更提醒"
    default_auto_field = "django.db.models.BigAutoField"
