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


class Seal(models.Model):
    """A seal over all entries numbered after `after_id` up to `upto_id`; see `audit.chain`."""

    number = models.BigIntegerField(primary_key=True)
    after_id = models.BigIntegerField()
    upto_id = models.BigIntegerField()
    entries = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    key_id = models.BinaryField(max_length=8)
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(upto_id__gt=models.F("after_id")), name="audit_seal_forward"
            ),
            models.UniqueConstraint(fields=["after_id"], name="audit_seal_follows_once"),
        ]
        indexes = [models.Index(fields=["sealed_at"], name="audit_seal_time")]

    def __str__(self) -> str:
        return f"seal {self.number}"
