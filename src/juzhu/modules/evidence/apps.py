"""The `evidence` module as a Django app."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Labels the tables `evidence_...`."""

    name = "juzhu.modules.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"
