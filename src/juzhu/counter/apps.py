"""The staff pages as a Django app."""

from django.apps import AppConfig


class CounterConfig(AppConfig):
    """Holds templates and static files; it owns no table."""

    name = "juzhu.counter"
    label = "counter"
