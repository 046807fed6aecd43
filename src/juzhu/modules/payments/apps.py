"""The `payments` module as a Django app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Labels the tables `payments_...`."""

    name = "juzhu.modules.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
