"""The `audit` module as a Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Labels the tables `audit_...`."""

    name = "juzhu.modules.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
