"""The citizen's pages as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Holds templates, static files and the English catalogue; it owns no table."""

    name = "juzhu.web"
    label = "web"
