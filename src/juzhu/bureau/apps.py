"""The dashboard as a Django app."""

from django.apps import AppConfig


class BureauConfig(AppConfig):
    """Holds templates; it owns no table."""

    name = "juzhu.bureau"
    label = "bureau"
