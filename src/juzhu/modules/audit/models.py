"""The ledger's table. A trigger refuses UPDATE and DELETE (see migrations)."""

from django.db import models


class Entry(models.Model):
    """One look at, or act on, a person's data. Subject and actor are text, never keys."""

    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    subject = models.BinaryField(max_length=32, null=True)
    actor = models.CharField(max_length=64)
    purpose = models.CharField(max_length=32)
    fields = models.CharField(max_length=200)
    occasion = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    basis = models.CharField(max_length=200, blank=True, db_default="")
    visible_from = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-at"], name="audit_entry_person"),
            models.Index(
                fields=["subject", "-at"],
                name="audit_entry_subject",
                condition=models.Q(subject__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person_id__isnull=False) | models.Q(subject__isnull=False),
                name="audit_entry_about_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.purpose} {self.person_id}"
