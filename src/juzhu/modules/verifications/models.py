"""Receipts, and alerts about those who ask too often."""

from django.db import models

from juzhu.modules.vault.fields import SealedBytesField


class Receipt(models.Model):
    """An answer as it was given, signed; for the same partner, two years.

    The number begins with the time, so that the newest stand together and the oldest can be
    cleared by number.
    """

    id = models.UUIDField(primary_key=True)
    partner_id = models.BigIntegerField()
    content = SealedBytesField()

    def __str__(self) -> str:
        return str(self.pk)


class Alert(models.Model):
    """A partner has asked about one person more often in a day than its purpose explains."""

    at = models.DateTimeField(db_index=True)
    partner_id = models.BigIntegerField()
    purpose = models.CharField(max_length=32)
    person_id = models.BigIntegerField()
    receipt = models.UUIDField()
    limit = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.purpose} {self.person_id}"
