"""The ledger's table. A trigger refuses UPDATE and DELETE (see migrations)."""

from django.db import models


class Entry(models.Model):
    """One look at, or act on, a person's data. Subject and actor are text, never keys."""

    at = models.DateTimeField()
    person_id = models.BigIntegerField()
    actor = models.CharField(max_length=64)
    purpose = models.CharField(max_length=32)
    fields = models.CharField(max_length=200)
    occasion = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person_id", "-at"], name="audit_entry_person")]

    def __str__(self) -> str:
        return f"{self.actor} {self.purpose} {self.person_id}"
