"""The `staff` module as a Django app."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Labels the tables `staff_...`."""

    name = "juzhu.modules.staff"
    label = "staff"
    default_auto_field = "django.db.models.BigAutoField"
